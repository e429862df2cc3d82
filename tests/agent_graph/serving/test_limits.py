"""What a server refuses, what it gives up, and how it ends; over real sockets, with a backend that waits."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fakes import FakeBackend
from fastapi import HTTPException
from fastapi.testclient import TestClient
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.directory import Threads
from motion_agent.agent_graph.errors import ConfigError, CoordinatorError
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.app import create_app
from motion_agent.agent_graph.serving.guards import BodyLimit, check_binding, name_of
from motion_agent.agent_graph.serving.workers import Workers
from motion_agent.motion_models.decoding.given_up import given_up
from motion_agent.motion_models.errors import BackendError
from pydantic import SecretStr, ValidationError
from servers import PATIENCE, serving

WALK = {"description": "a person walks", "seconds": 1}
KEY = SecretStr("0123456789abcdef")
#: On a busy machine everything takes its time.
post, get = partial(httpx.post, timeout=90), partial(httpx.get, timeout=90)


class WaitingBackend(FakeBackend):
    """Generates when it is let, or gives up when nobody waits any more."""

    def __init__(self) -> None:
        super().__init__()
        self.let, self.working, self.abandoned = threading.Event(), 0, 0

    def generate(self, captions: Any, **options: Any) -> Any:
        self.working += 1
        try:
            while not self.let.wait(0.01):
                if given_up():
                    self.abandoned += 1
                    raise BackendError("withdrawn")
            return super().generate(captions, **options)
        finally:
            self.working -= 1


@contextmanager
def running(folder: Path, backend: Any, **options: Any) -> Iterator[str]:
    """The app on a port of this process."""
    config = AgentConfig(output_folder=folder, serve=ServeOptions(port=0, **options))
    server = uvicorn.Server(uvicorn.Config(create_app(config, backend), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        backend.let.set()
        server.should_exit = True
        thread.join(90)


def until(true: Any, patience: float = 90.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def in_background(count: int, address: str) -> list[threading.Thread]:
    """Requests that wait for the backend, each from a client of its own."""
    threads = [
        threading.Thread(target=post, args=(f"{address}/v1/generate",), kwargs={"json": WALK})
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads


def test_more_than_can_wait_is_refused(tmp_path: Path) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend, at_once=1, queue=1) as address:
        threads = in_background(2, address)
        until(lambda: get(f"{address}/health").json()["requests"] == 2)
        refused = post(f"{address}/v1/generate", json=WALK)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
        following = {"Accept": "text/event-stream"}
        said = {"text": "a person walks"}
        streamed = post(f"{address}/v1/threads/x/messages", json=said, headers=following)
        assert streamed.status_code == 429
        backend.let.set()
        for thread in threads:
            thread.join(90)
        assert post(f"{address}/v1/generate", json=WALK).status_code == 200


def test_files_that_are_written_count_as_those_that_are_uploaded(tmp_path: Path) -> None:
    backend = WaitingBackend()
    backend.let.set()
    with running(tmp_path, backend, max_files=3) as address:
        made = post(f"{address}/v1/generate", json=WALK).json()["motion"]["id"]
        assert httpx.put(f"{address}/v1/files/mine.bvh", content=b"HIERARCHY", timeout=90).status_code == 201
        both = {"motion_id": made, "formats": ["bvh", "npy"]}
        assert post(f"{address}/v1/export", json=both).status_code == 200
        refused = post(f"{address}/v1/export", json=both)
        assert refused.status_code == 422 and "3 of 3" in refused.json()["error"]["message"]
        other = httpx.put(f"{address}/v1/files/other.bvh", content=b"HIERARCHY", timeout=90)
        assert other.status_code == 422 and "all you may keep" in other.json()["error"]["message"]
        again = httpx.put(f"{address}/v1/files/mine.bvh", content=b"HIERARCHY anew", timeout=90)
        assert again.status_code == 201, "what takes the place of a file is no file more"
        assert httpx.get(f"{address}/v1/files/mine.bvh", timeout=90).content == b"HIERARCHY anew"
        assert len(get(f"{address}/v1/files").json()["files"]) == 3


def test_one_person_cannot_take_everything(tmp_path: Path) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend, at_once=4, per_person=1) as address:
        threads = in_background(1, address)
        until(lambda: backend.working == 1)
        refused = post(f"{address}/v1/generate", json=WALK)
        assert refused.status_code == 429 and "you have 1" in refused.json()["error"]["message"]
        backend.let.set()
        threads[0].join(90)


def test_a_place_is_free_before_the_result_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    calls_back = vars(Future)["_invoke_callbacks"]

    def late(future: Future[Any]) -> None:
        time.sleep(0.2)
        calls_back(future)

    monkeypatch.setattr(Future, "_invoke_callbacks", late)
    workers = Workers(ServeOptions(per_person=1))
    for _ in range(3):
        let = threading.Event()
        begun = workers.begin("ada", partial(let.wait, 30))
        let.set()
        assert begun.future.result() and workers.open == 0
    workers.close()


def test_work_that_never_began_leaves_its_place() -> None:
    workers, let = Workers(ServeOptions(at_once=1, per_person=2)), threading.Event()
    first, second = workers.begin("ada", lambda: let.wait(30)), workers.begin("ada", lambda: None)
    second.give_up()
    assert second.future.cancelled() and workers.open == 1
    let.set()
    assert first.future.result() and workers.open == 0
    workers.close()


def test_a_run_that_has_ended_is_followed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend, listed, over = WaitingBackend(), Threads.answered, threading.Event()
    backend.let.set()

    def slowly(threads: Threads, *what: Any) -> None:
        time.sleep(0.5)
        listed(threads, *what)
        over.set()

    monkeypatch.setattr(Threads, "answered", slowly)
    said = {"messages": [{"id": "1", "role": "user", "content": "a person walks"}]}
    nothing = {"state": {}, "tools": [], "context": [], "forwardedProps": {}}
    run = {"threadId": "x", "runId": "1"} | said | nothing
    with (
        running(tmp_path, backend, per_person=1) as address,
        httpx.stream("POST", f"{address}/ag-ui", json=run, timeout=90) as answer,
    ):
        assert any("RUN_FINISHED" in line for line in answer.iter_lines()) and over.is_set()
        again = post(f"{address}/v1/threads/x/messages", json={"text": "mirror it"})
        assert again.status_code == 200, again.text


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend, time_limit=0.3) as address:
        late = post(f"{address}/v1/generate", json=WALK)
        assert late.status_code == 504 and late.json()["error"]["code"] == "too_long"
        until(lambda: backend.abandoned == 1 and backend.working == 0)
        until(lambda: get(f"{address}/health").json()["requests"] == 0)


@pytest.mark.parametrize("streams", [True, False])
def test_a_client_that_hangs_up_leaves_nothing_running(tmp_path: Path, streams: bool) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend) as address:
        headers = {"Accept": "text/event-stream" if streams else "application/json"}

        async def hang_up() -> None:
            async with httpx.AsyncClient(base_url=address, timeout=30, headers=headers) as client:
                asking = asyncio.ensure_future(
                    client.post("/v1/threads/gone/messages", json={"text": "a person walks"})
                )
                await asyncio.to_thread(until, lambda: backend.working == 1)
                asking.cancel()

        asyncio.run(hang_up())
        until(lambda: backend.abandoned == 1 and backend.working == 0)
        until(lambda: get(f"{address}/health").json()["requests"] == 0)
        backend.let.set()  # and the conversation goes on
        again = post(f"{address}/v1/threads/gone/messages", json={"text": "a person waves"})
        assert len(again.json()["motions"]) == 1


def test_a_conversation_has_one_turn_at_a_time(tmp_path: Path) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend) as address:
        path, said = f"{address}/v1/threads/one/messages", {"text": "a person walks"}
        first = threading.Thread(target=post, args=(path,), kwargs={"json": said})
        first.start()
        until(lambda: backend.working == 1)
        assert post(path, json=said).status_code == 409
        assert post(path, json=said, headers={"Accept": "text/event-stream"}).status_code == 409
        assert httpx.delete(f"{address}/v1/threads/one").status_code == 409
        backend.let.set()
        first.join(90)


def test_a_plan_can_wait_for_a_word(tmp_path: Path) -> None:
    backend = WaitingBackend()
    backend.let.set()
    config = AgentConfig(output_folder=tmp_path, approve_above=0, serve=ServeOptions(port=0))
    with _running_with(config, backend) as address, httpx.Client(base_url=address, timeout=90) as client:
        asked = client.post("/v1/threads/a/messages", json={"text": "a person walks"}).json()
        assert asked["motions"] == [] and asked["waiting"]["plan"]["steps"][0]["tool"] == "generate_motion"
        assert client.get("/v1/threads/a").json()["waiting"] == asked["waiting"]
        changed = [{"tool": "generate_motion", "arguments": {"description": "a person waves"}}]
        done = client.post("/v1/threads/a/decision", json={"steps": changed}).json()
        assert done["motions"][0]["description"] == "a person waves"
        assert client.post("/v1/threads/a/decision", json={}).status_code == 404


def test_web_pages_of_elsewhere_cannot_reach_a_local_server(tmp_path: Path) -> None:
    backend = WaitingBackend()
    with running(tmp_path, backend) as address:
        rebound = get(f"{address}/v1/about", headers={"Host": "evil.example"})
        assert rebound.status_code == 400
        plain = post(f"{address}/v1/generate", content=b"{}", headers={"Content-Type": "text/plain"})
        assert plain.status_code == 422
        crossing = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        asked = httpx.options(f"{address}/v1/generate", headers=crossing, timeout=90)
        assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize("keys", [{}, {"ada": SecretStr("ada-key-0123456789")}])
def test_a_coordinator_that_is_none_is_told_before_anybody_asks(
    keys: dict[str, SecretStr], tmp_path: Path
) -> None:
    config = AgentConfig(coordinator="nonsense", output_folder=tmp_path, serve=ServeOptions(keys=keys))
    with pytest.raises(CoordinatorError, match="nonsense"), TestClient(create_app(config, FakeBackend())):
        pass


def test_no_key_no_network() -> None:
    check_binding(ServeOptions(host="127.0.0.1"))
    check_binding(ServeOptions(host="localhost"))
    check_binding(ServeOptions(host="0.0.0.0", keys={"ada": KEY}))
    for host in ("0.0.0.0", "::", "192.168.1.4", "example.org", ""):
        with pytest.raises(ConfigError, match="set a key for each person first"):
            check_binding(ServeOptions(host=host))


@pytest.mark.parametrize("keys", [{"ada": "short"}, {"../ada": "0123456789abcdef"}, {"a": KEY, "b": KEY}])
def test_keys_that_are_none(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ServeOptions(keys=keys)


def test_whose_key_it_is() -> None:
    keys = {"ada": KEY, "ben": SecretStr("fedcba9876543210")}
    assert name_of("Bearer fedcba9876543210", keys) == "ben"
    assert name_of("bearer 0123456789abcdef", keys) == "ada"
    assert name_of("Bearer 0123456789abcdeé", keys) is None and name_of(None, keys) is None
    assert name_of(None, {}) == "local"


def test_the_server_stops_in_good_order(tmp_path: Path) -> None:
    patient = {
        "MOTION_AGENT_SERVE__GRACE": "240"
    }  # a busy machine may need longer than the default for a turn
    with serving(tmp_path, environment=patient) as server:
        said = {"text": "a person walks for 8 seconds, then jumps, then waves, then sits down"}
        with httpx.stream(
            "POST",
            f"{server.address}/v1/threads/last/messages",
            json=said,
            headers={"Accept": "text/event-stream"},
            timeout=90,
        ) as answer:
            lines = answer.iter_lines()
            next(lines)
            server.process.send_signal(signal.SIGTERM)
            told = list(lines)
        assert "event: answer" in told, told
        assert server.process.wait(PATIENCE) == 0
        assert server.log.rstrip().endswith("stopped") and "Traceback" not in server.log


@contextmanager
def _running_with(config: AgentConfig, backend: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(config, backend), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(90)


@pytest.mark.parametrize(("pieces", "taken"), [(3, True), (5, False)])
def test_a_body_in_pieces_is_held_against_its_limit_as_a_whole(pieces: int, taken: bool) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass

    left = iter(range(pieces))

    async def receive() -> dict[str, Any]:
        number = next(left)
        return {"type": "http.request", "body": b"x" * 10, "more_body": number < pieces - 1}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    limited = BodyLimit(app, 40)({"type": "http", "headers": []}, receive, send)
    if taken:
        asyncio.run(limited)
    else:
        with pytest.raises(HTTPException, match="40 bytes"):
            asyncio.run(limited)
