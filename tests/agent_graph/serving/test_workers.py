"""Work for a client that goes away is given up, whatever comes meanwhile; apps that cannot start say why."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from motion_agent.agent_graph.config import ServeOptions
from motion_agent.agent_graph.errors import StorageError
from motion_agent.agent_graph.serving.conversations import while_connected
from motion_agent.agent_graph.serving.errors import TooBusyError
from motion_agent.agent_graph.serving.run import run_app
from motion_agent.agent_graph.serving.workers import GivenUpError, Workers
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


@pytest.mark.parametrize("stopped", [True, False])
async def test_what_comes_of_work_that_was_given_up_is_no_fault_of_it(stopped: bool) -> None:
    workers, begun, go_on = Workers(ServeOptions()), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(10)
        raise RuntimeError("cannot schedule new futures after shutdown")

    asked = asyncio.ensure_future(workers.result("somebody", work))
    assert await asyncio.to_thread(begun.wait, 10)
    if stopped:
        workers.give_up()
    go_on.set()
    with pytest.raises(GivenUpError if stopped else RuntimeError):
        await asked
    workers.close()


@pytest.mark.parametrize("why", [StorageError("conversations cannot be kept there"), SystemExit(3)])
def test_an_app_that_cannot_be_started_says_why_and_nothing_else(
    why: BaseException, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise why
        yield

    with pytest.raises(type(why), match=str(why)):
        run_app(FastAPI(lifespan=lifespan), ServeOptions(port=0), pytest.fail)
    gc.collect()  # tasks whose errors nobody heard say so when they go
    assert capfd.readouterr() == ("", "") and not caplog.records


async def test_what_a_client_that_hangs_up_waited_for_is_given_up_and_answers_nothing() -> None:
    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    begun = asyncio.get_running_loop().create_future()
    with pytest.raises(GivenUpError):
        await while_connected(Request({"type": "http"}, receive), begun)
    assert begun.cancelled()


def test_a_server_that_ends_the_process_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(self: Any, sockets: Any = None) -> None:
        raise SystemExit(7)

    monkeypatch.setattr("uvicorn.Server.serve", serve)
    with pytest.raises(SystemExit, match="7"):
        run_app(FastAPI(), ServeOptions(port=0), pytest.fail)


def test_so_many_are_in_work_and_so_many_wait_and_no_more() -> None:
    workers = Workers(ServeOptions(at_once=2, queue=1, per_person=2))
    with ExitStack() as places:
        for person in ("ada", "ada", "ben"):
            workers.require_room(person)
            places.enter_context(workers.place(person))
        for person in ("ada", "ben", "eve"):
            with pytest.raises(TooBusyError, match="3 requests"):
                workers.require_room(person)
        assert workers.open == 3
    with workers.place("ada"), workers.place("ada"):
        with pytest.raises(TooBusyError, match="you have 2"):
            workers.begin("ada", lambda: None)
        workers.require_room("ben")
    assert workers.open == 0
    workers.close()
