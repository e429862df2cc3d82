"""What a page watches: the newest thing that was asked of it. Whatever it asked for before is left.

Answers come when they come. One to an earlier question must not be shown over the answer to a later one,
least of all in another conversation, and a turn that nobody watches any more is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Watch:
    """One question of a page, for as long as its answer is awaited. turn_in: the thread it is a turn in."""

    def __init__(self, turn_in: str | None = None) -> None:
        self.turn_in = turn_in
        self._left = asyncio.Event()

    @property
    def left(self) -> bool:
        """Whether the page has asked for something else since."""
        return self._left.is_set()

    def leave(self) -> None:
        self._left.set()

    async def follow(self, source: AsyncGenerator[T]) -> AsyncIterator[T]:
        """What a source gives until it ends or the page leaves; the source is closed then.

        Raises what the source raises.
        """
        leaving = asyncio.ensure_future(self._left.wait())
        coming: asyncio.Future[T] | None = None
        try:
            while not self.left:
                coming = asyncio.ensure_future(anext(source))
                await asyncio.wait((coming, leaving), return_when=asyncio.FIRST_COMPLETED)
                if self.left:
                    return
                try:
                    value = coming.result()
                except StopAsyncIteration:
                    return
                yield value
        finally:
            leaving.cancel()
            if coming is not None:
                coming.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await coming
            await source.aclose()


class Watches:
    """The newest watch of every page that waits for anything."""

    def __init__(self) -> None:
        self._newest: WeakValueDictionary[str, Watch] = WeakValueDictionary()

    def begin(self, page: str, turn_in: str | None = None) -> Watch:
        """A new watch of a page, which leaves what it watched before."""
        before = self._newest.get(page)
        if before is not None:
            before.leave()
        watch = self._newest[page] = Watch(turn_in)
        return watch

    def look(self, page: str, thread: str) -> Watch:
        """A new watch by which a thread is shown: left at once where the page watches a turn in it.

        Whoever goes to a conversation and says something there asked for the turn last, though it may reach
        the server first.
        """
        before = self._newest.get(page)
        if before is None or before.turn_in != thread:
            return self.begin(page)
        watch = Watch()
        watch.leave()
        return watch
