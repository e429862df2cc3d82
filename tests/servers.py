"""Servers of the command line as tests start them: a process of their own, reached by its address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Seconds a server may take to load, and to end.
PATIENCE = 150.0


@dataclass(frozen=True)
class Server:
    """A server that runs. folder: where it works; log: what it has said."""

    process: subprocess.Popen[str]
    address: str
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it as an operator would; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, command: str = "serve"
) -> Iterator[Server]:
    """`motion-agent serve --port 0 ...`, in a folder of its own, from its first word to its end."""
    log = folder / "log.txt"
    arguments: Sequence[str] = [command, "--port", "0", "--out", str(folder / "out"), *options]
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "motion_agent.agent_graph.cli", *arguments],
            cwd=folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment or {}),
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Server(process, _address(process, log), folder)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[str], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        said = log.read_text("utf-8")
        if "listens on " in said:
            return said.split("listens on ")[1].split()[0]
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}: {said}")
        time.sleep(0.05)
    raise AssertionError(f"the server did not start within {PATIENCE:g} s: {log.read_text('utf-8')}")


#: Two people of a server, and their keys; its files name bones as Mixamo does.
KEYS = {"ada": "ada-key-0123456789", "ben": "ben-key-0123456789"}
WITH_KEYS = {"MOTION_AGENT_SERVE__KEYS": json.dumps(KEYS), "MOTION_AGENT_SERVE__MAX_BODY": "2000000"}
WITH_KEYS["MOTION_AGENT_BONE_NAMES"] = "mixamo"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as its page starts it, with the weights that ship and two people; one for all tests."""
    with serving(tmp_path_factory.mktemp("serving"), environment=WITH_KEYS) as running:
        yield running
