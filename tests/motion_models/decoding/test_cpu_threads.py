"""How many threads work gets, and that the process's own number comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from motion_agent.motion_models.decoding import cpu_threads as threads
from motion_agent.motion_models.decoding.cpu_threads import WORTH_SHARING, fitting_threads

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
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
