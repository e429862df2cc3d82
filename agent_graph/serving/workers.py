"""The threads that work for requests: how many at once, how many may wait, and what ends them.

Work for a client that has gone away is given up: it is told so at its next look (see given_up.py), and a
place is free again only when its thread is done with it, so that what is counted is what runs. It is free
before anybody hears of the result, so that a request may follow on an answer at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from ...motion_models.decoding.given_up import GIVEN_UP, given_up
from ...motion_models.errors import MotionAgentError
from ..serve_options import ServeOptions
from .errors import TooBusyError, TooLongError

T = TypeVar("T")
#: Tells whoever listens of an event: its kind and its data.
Tell = Callable[[str, dict[str, Any]], None]
#: Seconds of silence after which a stream shows that it is alive.
SILENCE = 15.0


class GivenUpError(MotionAgentError):
    """Nobody waits for this any more."""


@dataclass(frozen=True)
class Work(Generic[T]):
    """One piece of work in a thread. given_up: set when nobody waits for it."""

    future: Future[T]
    given_up: Event

    def give_up(self) -> None:
        self.given_up.set()
        self.future.cancel()


def require_somebody() -> None:
    """Raises GivenUpError where nobody waits for the work that is being done."""
    if given_up():
        raise GivenUpError("nobody waits for this any more")


class Workers:
    """A pool of threads with bounds on what is in work and what waits, in all and for each person."""

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self._pool = ThreadPoolExecutor(options.at_once, thread_name_prefix="motion-serve")
        self._lock = Lock()
        self._of: Counter[str] = Counter()
        self._open: set[Work[Any]] = set()

    @property
    def open(self) -> int:
        """How many requests are in work or wait."""
        with self._lock:
            return self._of.total()

    def begin(self, person: str, work: Callable[[], T]) -> Work[T]:
        """Have a thread do some work. Raises TooBusyError."""
        place, signal = ExitStack(), Event()
        place.enter_context(self.place(person))
        try:
            future = self._pool.submit(copy_context().run, _signalled, signal, place, work)
        except RuntimeError as error:  # the pool is closed
            place.close()
            raise TooBusyError("the server is being stopped") from error
        begun = Work(future, signal)
        with self._lock:
            self._open.add(begun)
        future.add_done_callback(lambda _: self._done(place, begun))
        return begun

    @contextmanager
    def place(self, person: str) -> Iterator[None]:
        """A place for work, for as long as it is done. Raises TooBusyError."""
        with self._lock:
            self._check(person)
            self._of[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[person] -= 1
                if not self._of[person]:
                    del self._of[person]

    async def result(self, person: str, work: Callable[[], T]) -> T:
        """What the work gives. Raises TooBusyError, TooLongError, and what the work raises."""
        begun = self.begin(person, work)
        try:
            async with asyncio.timeout(self.options.time_limit):
                return await asyncio.wrap_future(begun.future)
        except TimeoutError as error:
            raise self._too_long() from error
        finally:
            begun.give_up()

    async def events(
        self, person: str, work: Callable[[Tell], tuple[str, dict[str, Any]]]
    ) -> AsyncIterator[tuple[str, dict[str, Any]] | None]:
        """What the work tells, as it goes, and what it ends with; None after a silence.

        It is given up when nobody asks for the next event any more. Raises as `result` does.
        """
        loop, told = asyncio.get_running_loop(), asyncio.Queue[tuple[str, dict[str, Any]] | None]()

        def tell(kind: str, data: dict[str, Any]) -> None:
            require_somebody()
            loop.call_soon_threadsafe(told.put_nowait, (kind, data))

        begun = self.begin(person, lambda: work(tell))
        begun.future.add_done_callback(lambda _: _quietly(loop, told))
        deadline = loop.time() + self.options.time_limit
        try:
            while True:
                try:
                    # Not `wait_for`: before Python 3.12 it loses a cancellation that comes with an event.
                    async with asyncio.timeout(min(SILENCE, max(0.01, deadline - loop.time()))):
                        event = await told.get()
                except TimeoutError:
                    if loop.time() >= deadline:
                        raise self._too_long() from None
                    yield None
                    continue
                if event is None:
                    break
                yield event
            yield begun.future.result()
        finally:
            begun.give_up()

    def give_up(self) -> None:
        """Give up what is open."""
        with self._lock:
            still = list(self._open)
        for work in still:
            work.give_up()

    def close(self) -> None:
        """Take nothing more, give up what is open, and wait until no thread works any more."""
        self.give_up()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def require_room(self, person: str) -> None:
        """Raises TooBusyError where a request would be refused now: before an answer in parts is begun."""
        with self._lock:
            self._check(person)

    def _check(self, person: str) -> None:
        options, mine = self.options, self._of.get(person, 0)
        if self._of.total() >= options.at_once + options.queue:
            raise TooBusyError(f"{self._of.total()} requests are in work or waiting: try again later")
        if mine >= options.per_person:
            raise TooBusyError(f"you have {mine} requests in work or waiting: wait for them")

    def _done(self, place: ExitStack, work: Work[Any]) -> None:
        with self._lock:
            self._open.discard(work)
        place.close()  # of work that was cancelled before it began

    def _too_long(self) -> TooLongError:
        return TooLongError(f"this took longer than {self.options.time_limit:g} s and was given up")


def _signalled(signal: Event, place: ExitStack, work: Callable[[], T]) -> T:
    with place:
        GIVEN_UP.set(signal)
        require_somebody()
        try:
            return work()
        except Exception as error:
            if signal.is_set():  # what comes of work that is taken apart meanwhile is no fault of it
                raise GivenUpError("nobody waits for this any more") from error
            raise


def _quietly(loop: asyncio.AbstractEventLoop, told: asyncio.Queue[Any]) -> None:
    """Mark the end of what is told, unless the server has stopped meanwhile."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(told.put_nowait, None)
