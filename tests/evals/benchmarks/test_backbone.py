"""The GPU benchmark at a size the CPU can carry."""

from __future__ import annotations

import pytest
import torch
from motion_agent.evals.benchmarks import backbone
from motion_agent.motion_models.errors import BackendError
from motion_agent.motion_models.llm_config import compact_config


def test_the_benchmark_measures_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbone, "BATCHES", (2,))
    monkeypatch.setattr(backbone, "TOKENS", 6)
    monkeypatch.setattr(backbone, "SHORT", 2)
    config = compact_config(2048, width=32, layers=1, heads=2)
    report = backbone.run(config, device="cpu", compiled=False)
    assert report.data["floor"] > 0 and all(taken > 0 for taken in report.data["plan"])
    assert "share of the floor's speed" in report.markdown()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so() -> None:
    with pytest.raises(BackendError, match="CUDA GPU"):
        backbone.run()
