"""Work for a client that goes away is given up, whatever comes at the same moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from motion_agent.agent_graph.config import ServeOptions
from motion_agent.agent_graph.serving.workers import Workers
from motion_agent.motion_models.decoding.given_up import given_up


@pytest.mark.parametrize("hops", range(5))
async def test_a_cancellation_that_comes_with_an_event_is_not_lost(hops: int) -> None:
    workers, left, loop = Workers(ServeOptions()), threading.Event(), asyncio.get_running_loop()
    following: asyncio.Task[Any]

    def cancelled_after(count: int) -> None:
        if count:
            loop.call_soon(cancelled_after, count - 1)
        else:
            following.cancel()

    def work(tell: Callable[[str, dict[str, Any]], None]) -> tuple[str, dict[str, Any]]:
        tell("event", {})
        loop.call_soon_threadsafe(cancelled_after, hops)
        while not given_up():
            left.wait(0.01)
        left.set()
        return "end", {}

    async def follow() -> None:
        async for _ in workers.events("somebody", work):
            pass

    following = asyncio.ensure_future(follow())
    assert await asyncio.to_thread(left.wait, 10)
    with pytest.raises(asyncio.CancelledError):
        await following
    workers.close()
