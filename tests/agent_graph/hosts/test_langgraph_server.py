"""The agent on a LangGraph server: what `langgraph.json` names, and a server that is really started."""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from httpx import HTTPStatusError
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient
from motion_agent.agent_graph.hosts import langgraph_server
from motion_agent.agent_graph.state import REVIVED

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "langgraph.json"
#: Seconds a server may take to start: it imports much.
STARTS = 240


@pytest.fixture
def _fake_weights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())
    langgraph_server._agent.cache_clear()
    yield
    langgraph_server._agent.cache_clear()


async def test_what_the_file_names_is_the_agent_of_this_process(_fake_weights: None) -> None:
    [target] = json.loads(CONFIG.read_text())["graphs"].values()
    module, _, name = target.partition(":")
    factory = vars(importlib.import_module(module))[name]  # as servers look it up
    agent = await factory()
    assert await factory() is agent
    state = await agent.ainvoke({"messages": [("user", "a person walks")]})
    assert state["motions"]


def test_the_file_allows_the_types_a_checkpoint_holds() -> None:
    allowed = json.loads(CONFIG.read_text())["checkpointer"]["serde"]["allowed_msgpack_modules"]
    assert sorted(map(tuple, allowed)) == sorted((kind.__module__, kind.__name__) for kind in REVIVED)


@contextmanager
def started(folder: Path, config: Any, **settings: str) -> Iterator[str]:
    """The address of a server that `langgraph dev` started, in a folder that holds nothing but its files."""
    command = Path(sys.executable).with_name("langgraph")
    if not command.exists():
        pytest.skip("langgraph-cli is not installed")
    (folder / CONFIG.name).write_text(json.dumps(config))
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"LANGSMITH_TRACING": "false", "OMP_NUM_THREADS": "1"} | settings
    options = ("--port", str(port), "--no-browser", "--no-reload")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "dev", *options], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/ok", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of the file as it is, where plans of 20 seconds wait for a word."""
    config = json.loads(CONFIG.read_text())
    with started(tmp_path_factory.mktemp("server"), config, MOTION_AGENT_APPROVE_ABOVE="20") as address:
        yield address


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_server_that_langgraph_dev_starts_is_a_graph_of_another_program(served: str) -> None:
    pages: Any = runpy.run_path(str(ROOT / "examples" / "remote_graph.py"))["main"](served)
    walk, slower = pages["walk"], pages["slower"]
    assert walk["motions"][walk["current"]]["seconds"] == 2.0
    made = slower["motions"][slower["current"]]
    assert (made["parent"], made["seconds"]) == (walk["current"], 3.0)
    assert "jump" in pages["answer"]["messages"][-1].text


def said(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_schemas_streams_approval_and_forks(served: str) -> None:
    with get_sync_client(url=served) as client:
        [assistant] = client.assistants.search(graph_id="motion_agent")
        schemas: Any = client.assistants.get_schemas(assistant["assistant_id"])
        assert "messages" in schemas["input_schema"]["properties"]
        assert {"messages", "motions", "current"} <= set(schemas["output_schema"]["properties"])

        thread = client.threads.create()["thread_id"]
        walk = said("a person walks for 2 seconds")
        parts = list(
            client.runs.stream(thread, "motion_agent", input=walk, stream_mode=["updates", "custom"])
        )
        told = [part.data["event"] for part in parts if part.event == "custom"]
        nodes = [node for part in parts if part.event == "updates" for node in part.data]
        assert told == ["planned", "generating", "done"]
        assert nodes == ["begin", "coordinate", "validate", "execute", "coordinate"]
        walked: Any = client.threads.get_state(thread)

        client.runs.wait(thread, "motion_agent", input=said("walk for 24 seconds"))
        waiting: Any = client.threads.get_state(thread)
        assert waiting["tasks"][0]["interrupts"][0]["value"]["seconds"] == 24
        left: Any = client.runs.wait(thread, "motion_agent", command={"resume": False})
        assert left["motions"] == walked["values"]["motions"]

        client.runs.wait(thread, "motion_agent", input=said("a person jumps"))
        then = walked["checkpoint"]["checkpoint_id"]
        fork: Any = client.runs.wait(thread, "motion_agent", input=said("make it slower"), checkpoint_id=then)
        assert fork["motions"][fork["current"]]["parent"] == walked["values"]["current"]
        assert len(fork["motions"]) == 2


AUTH = """
from langgraph_sdk import Auth

auth = Auth()

@auth.authenticate
async def person(authorization: str | None) -> Auth.types.MinimalUserDict:
    name = (authorization or "").removeprefix("Bearer key of ")
    if name not in ("ada", "ben"):
        raise Auth.exceptions.HTTPException(status_code=401, detail="unauthorized")
    return {"identity": name}
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_motions_belong_to_whom_the_server_has_authenticated(tmp_path: Path) -> None:
    (tmp_path / "auth.py").write_text(AUTH)
    config = json.loads(CONFIG.read_text()) | {"auth": {"path": "./auth.py:auth"}}

    def asked(client: SyncLangGraphClient, text: str) -> str:
        thread = client.threads.create()["thread_id"]
        state: Any = client.runs.wait(thread, "motion_agent", input=said(text))
        return state["messages"][-1]["content"]

    with started(tmp_path, config) as address:
        ada, ben, nobody = (
            get_sync_client(url=address, headers={"Authorization": f"Bearer key of {name}"})
            for name in ("ada", "ben", "nobody")
        )
        with ada, ben, nobody:
            asked(ada, "a person jumps")
            assert "a person jumps" in asked(ada, "list my motions")
            assert "a person jumps" not in asked(ben, "list my motions")
            with pytest.raises(HTTPStatusError, match="unauthorized"):
                asked(nobody, "a person jumps")
