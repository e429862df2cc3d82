"""The speed benchmark on tiny models: what is timed, and what the baseline is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from motion_agent.evals.benchmarks import speed
from tiny_llm import tiny_llm


class TinyBackend(FakeBackend):
    """The fake with a real, untrained MotionLLM in it."""

    name = "tiny"

    def __init__(self) -> None:
        super().__init__()
        self.llm = tiny_llm()
        self.decoded: list[int] = []

    def generate(self, captions, *, seconds=None, seed=None, prefixes=None):
        return self.llm.generate(captions, seconds=seconds, seed=seed, prefixes=prefixes)

    def decode(self, tokens):
        self.decoded.append(len(tokens))
        return np.zeros((4 * len(tokens), 263), dtype=np.float32)


def test_a_timing_reports_its_median_and_real_time_factor() -> None:
    timing = speed.Timing("task", 10.0, (0.4, 0.5, 9.0))
    assert timing.typical == 0.5
    assert timing.real_time == 20.0


def test_warm_up_is_not_timed() -> None:
    calls: list[int] = []
    timing = speed.clock("task", 1.0, calls.append, repeats=3, warm_up=2)
    assert calls == [0, 1, 0, 1, 2]
    assert len(timing.seconds) == 3


def test_prompts_are_padded_on_the_left() -> None:
    ids, mask = speed.left_padded([torch.tensor([5, 6, 7]), torch.tensor([8])], padding=0)
    assert ids.tolist() == [[5, 6, 7], [0, 0, 8]]
    assert mask.tolist() == [[1, 1, 1], [0, 0, 1]]


def test_both_sides_make_as_many_tokens_and_decode_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, ...]] = []
    backend = TinyBackend()
    model_class: Any = type(backend.llm.network.plain_backbone)
    original = model_class.generate

    def spied(self, ids, **options):
        output = original(self, ids, **options)
        made.append((len(output), output.shape[1] - ids.shape[1]))
        return output

    monkeypatch.setattr(model_class, "generate", spied)
    report = speed.run(backend, seconds=1.0, batches=(1, 2), repeats=1, cold=False)
    assert set(made) == {(1, 5), (2, 5)}
    assert set(backend.decoded) == {5}
    assert [t["task"] for t in report.data["timings"]] == [
        "motion-agent, batch 1",
        "motion-agent, batch 2",
        "the same, one row each, batch 1",
        "the same, one row each, batch 2",
        "transformers generate, batch 1",
        "transformers generate, batch 2",
    ]
    assert report.data["timings"][1]["motion_seconds"] == 2.0
    assert [t["task"] for t in report.data["together"]] == [
        "8 threads, one after another",
        "8 threads, one running batch",
        "4 motions and 4 captions, one after another",
        "4 motions and 4 captions, a batch for each",
        "4 motions and 4 captions, one batch",
    ]
    assert backend.llm.engine is None and backend.llm.network.policy == "merged"


def test_without_a_motion_llm_the_baseline_is_reported_as_not_run() -> None:
    report = speed.run(FakeBackend(), seconds=1.0, batches=(1,), repeats=1)
    assert [t["task"] for t in report.data["timings"]] == ["motion-agent, batch 1"]
    assert "Baseline not run" in report.body


def test_memory_is_counted_in_mebibytes() -> None:
    assert 20 < speed.peak_memory_mib() < 100_000
