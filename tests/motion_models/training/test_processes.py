"""Two processes on the CPU train what one does with twice the accumulation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import together
import torch
from motion_agent.motion_models.training import processes


def test_two_processes_train_as_one_with_twice_the_accumulation(tmp_path: Path) -> None:
    two, one = tmp_path / "two", tmp_path / "one"
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", together.__file__]
    done = subprocess.run(
        [sys.executable, *launch, str(two), "4", "1"],
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("train_runtime") == 2, "only the first process prints, after each training"
    together.train_both(one, 4, 2)
    expected = torch.load(one / "language-0.pt")
    for rank in (0, 1):
        made = torch.load(two / f"language-{rank}.pt")
        for name, value in expected.items():
            torch.testing.assert_close(made[name], value, rtol=1e-5, atol=1e-6, msg=name)
    # The codebook moves with every batch, so one process is no model for two; but the two must agree.
    first, second = (torch.load(two / f"tokenizer-{rank}.pt") for rank in (0, 1))
    for name, value in first.items():
        assert torch.equal(second[name], value), name
    assert (first["quantizer.code_count"] != 1).any()


@pytest.mark.parametrize(("rank", "order"), [("0", ["work", "wait"]), ("1", ["wait", "work"])])
def test_the_main_process_is_first_and_the_others_wait_for_it(
    rank: str, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setattr(processes, "barrier", lambda: done.append("wait"))
    with processes.main_first():
        done.append("work")
    assert done == order
