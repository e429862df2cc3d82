"""A real language model behind a real server that speaks OpenAI's protocol: `transformers serve`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from language_models import smallest
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.coordinators.transformers_files import load_chat_model
from motion_agent.agent_graph.state import serializer
from real_requests import KNOWN, Outcome, try_all

#: A server answers slowly on two cores: four that want a motion, and one that does not.
SERVED = (*KNOWN[:4], KNOWN[12])

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
#: Seconds the server may take to load its model.
PATIENCE = 300.0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest model in transformers' layout: a GGUF file alone names no architecture to serve."""
    folder = tmp_path_factory.mktemp("model")
    network, words = load_chat_model(smallest())
    network.config.architectures = [type(network).__name__]
    network.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def address(model: Path) -> Iterator[str]:
    """A server of its own process, with this one model, until the tests have ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = model / "log.txt"
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model)]
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"transformers serve did not come up: {log.read_text('utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def outcomes(model: Path, address: str) -> list[Outcome]:
    config = AgentConfig(
        coordinator=f"openai:{model}", base_url=address, api_key="none", temperature=0, seed=1, timeout=600
    )
    agent: Any = create_motion_agent(config, checkpointer=InMemorySaver(serde=serializer()))
    return list(try_all(agent, SERVED))


def test_a_served_model_plans_as_one_that_runs_here(outcomes: list[Outcome]) -> None:
    """Without a grammar it may miss: most plans are valid, and what is not is answered."""
    wanted = [outcome for outcome in outcomes if not outcome.request.talk]
    assert sum(outcome.valid for outcome in wanted) >= 3, [o.request.text for o in wanted if not o.valid]
    assert sum(outcome.fits for outcome in wanted) >= 2, [(o.request.text, o.calls) for o in wanted]
    assert all(outcome.said or outcome.calls for outcome in outcomes)
