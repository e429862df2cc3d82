"""How many threads work gets, and that the process's own number comes back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import pytest
import torch
from motion_agent.motion_models.decoding import cpu_threads as threads
from motion_agent.motion_models.decoding.cpu_threads import (
    WORTH_SHARING,
    allow_fewer_threads,
    fitting_threads,
)

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    allow_fewer_threads(True)
    yield
    allow_fewer_threads(False)
    torch.set_num_threads(before)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "is_busy", lambda: False)


def used(work: int, device: torch.device = CPU) -> int:
    with fitting_threads(device, work):
        return torch.get_num_threads()


@pytest.mark.usefixtures("idle")
def test_little_work_is_done_by_one_thread() -> None:
    assert used(WORTH_SHARING - 1) == 1
    assert used(WORTH_SHARING) == 2
    assert used(1, torch.device("meta")) == 2
    assert torch.get_num_threads() == 2


def test_a_process_that_did_not_ask_for_it_keeps_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (1000.0, 0.0, 0.0))
    allow_fewer_threads(False)
    assert used(1) == used(10 * WORTH_SHARING) == 2


def test_the_library_does_not_ask_for_it_and_the_command_line_does() -> None:
    program = """
        from importlib import import_module
        app = import_module("motion_agent.agent_graph.cli.commands")
        from motion_agent.motion_models import load_backend
        from motion_agent.motion_models.decoding.cpu_threads import _limit
        app.app = lambda: print("in the command", _limit.allowed)
        print("imported", _limit.allowed)
        app.main()
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(program)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["imported False", "in the command True"]


def test_on_a_busy_machine_all_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (1000.0, 0.0, 0.0))
    assert used(10 * WORTH_SHARING) == 1
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 1000.0, 1000.0))
    assert used(10 * WORTH_SHARING) == 2
    monkeypatch.delattr(os, "getloadavg")
    assert not threads.is_busy()


def test_the_number_comes_back_after_an_error() -> None:
    with pytest.raises(RuntimeError), fitting_threads(CPU, 1):
        raise RuntimeError
    assert torch.get_num_threads() == 2


def test_the_number_comes_back_whoever_leaves_last() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: used(1), range(40))) == {1}
        assert set(pool.map(lambda _: torch.get_num_threads(), range(8))) == {2}
    assert torch.get_num_threads() == 2


def test_one_inside_another_is_no_surprise() -> None:
    with fitting_threads(CPU, 1), fitting_threads(CPU, 1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
