"""The agent on a LangGraph server: what `langgraph.json` names, and a server that is really started."""

from __future__ import annotations

import importlib
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
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


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a server that `langgraph dev` started, in a folder that holds nothing but its file."""
    command = Path(sys.executable).with_name("langgraph")
    if not command.exists():
        pytest.skip("langgraph-cli is not installed")
    shutil.copy(CONFIG, tmp_path)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"LANGSMITH_TRACING": "false", "OMP_NUM_THREADS": "1"}
    options = ("--port", str(port), "--no-browser", "--no-reload")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "dev", *options], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/ok", process, tmp_path / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


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
