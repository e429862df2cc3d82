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

import numpy as np
import pytest
from language_models import SMALL
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.coordinators.transformers_files import load_chat_model
from motion_agent.evals.conversations.dialogues.drive import Record, hold
from motion_agent.evals.conversations.dialogues.schema import load_cases
from motion_agent.evals.conversations.plans import REQUESTS
from motion_agent.evals.conversations.scorers import score_turn

#: A server answers slowly on two cores: three that want a motion, and one that does not.
SERVED = [load_cases(REQUESTS, categories=["known"])[number] for number in (0, 1, 2, 12)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
#: Tokens of a reply: no plan that is wanted here takes more.
LONGEST = 128
#: Seconds the server may take to load its model.
PATIENCE = 300.0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in transformers' layout: a GGUF file alone names no architecture to serve.

    The smallest one, of 135 million parameters, keeps to no format without a grammar, here or there.
    """
    folder = tmp_path_factory.mktemp("model")
    network, words = load_chat_model(SMALL.file())
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
def records(model: Path, address: str) -> list[Record]:
    """What became of the requests, in the one way that this server has: it takes no schema, and reads every
    prompt anew, so that a way tried in vain and a reply that runs on cost more than all the rest."""
    config = AgentConfig(
        coordinator=f"openai:{model}", base_url=address, api_key="none", temperature=0, seed=1,
        mode="prompted", max_tokens=LONGEST, timeout=180,
    )  # fmt: skip
    agent: Any = create_motion_agent(config)
    return [hold(case, agent)[0] for case in SERVED]


def test_a_served_model_plans_as_one_that_runs_here(records: list[Record]) -> None:
    """Without a grammar it may miss: most plans are valid, and what is not is answered."""
    *wanted, _ = records
    plans = [record["attempts"][0] for record in wanted if record["attempts"]]
    assert sum(not attempt["refused"] for attempt in plans) >= 2, plans
    fits = [
        score_turn(record, case.turns[0].expect, np.asarray)
        for record, case in zip(wanted, SERVED, strict=False)
    ]
    assert sum(all(score["score"] for score in scores) for scores in fits) >= 2, fits
    assert all(record["answer"] and not record["error"] for record in records)
