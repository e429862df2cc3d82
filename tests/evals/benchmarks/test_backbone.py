"""The GPU benchmark at a size the CPU can carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from motion_agent.evals.benchmarks import backbone
from motion_agent.motion_models.errors import BackendError
from motion_agent.motion_models.language.llm_config import compact_config


def test_the_benchmark_measures_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbone, "BATCHES", (2,))
    monkeypatch.setattr(backbone, "TOKENS", 6)
    monkeypatch.setattr(backbone, "SHORT", 2)
    config = compact_config(2048, width=32, layers=1, heads=2)
    report = backbone.run(config, device="cpu", compile_too=False)
    assert report.data["floor"] > 0 and all(taken > 0 for taken in report.data["plan"])
    assert report.data["grouped"] > 0 and all(taken > 0 for taken in report.data["mixed"])
    assert report.markdown().count("share of the floor's speed") == 1
    assert "torch.compile was not run" in report.markdown()


@pytest.mark.slow
def test_compiled_steps_are_measured_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BATCHES": (2,), "TOKENS": 6, "SHORT": 2, "STEPS_OF_PLAN": 2}.items():
        monkeypatch.setattr(backbone, name, value)
    report = backbone.run(compact_config(2048, width=32, layers=1, heads=2), device="cpu", compile_too=True)
    assert len(report.data["compiled"]) == 2
    assert report.markdown().count("share of the floor's speed") == 2


def test_what_compiling_needs_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CC", "cc")
    monkeypatch.setattr(backbone.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    assert not backbone.can_compile()
    (tmp_path / "Python.h").touch()
    assert backbone.can_compile()
    monkeypatch.delenv("CC")
    monkeypatch.setattr(backbone.shutil, "which", lambda name: None)
    assert not backbone.can_compile()


def test_the_reference_is_the_papers_procedure(monkeypatch: pytest.MonkeyPatch) -> None:
    config = compact_config(2048, width=32, layers=1, heads=2)
    llm = backbone.make_llm(config, "cpu")
    calls: list[dict[str, object]] = []
    plain: Any = type(llm.network.plain_backbone)
    generate = plain.generate

    def spied(self, ids, **options):
        calls.append({**options, "prompt": llm.tokenizer.decode(ids[0]), "rows": len(ids)})
        return generate(self, ids, **options)

    monkeypatch.setattr(plain, "generate", spied)
    backbone.time_reference(llm, 2, 3, repeats=1)
    assert len(calls) == 2 * 3  # two of them warm up
    assert all(call["num_beams"] == 2 and call["rows"] == 1 for call in calls)
    assert "generate a motion matching" in str(calls[0]["prompt"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so() -> None:
    with pytest.raises(BackendError, match="CUDA GPU"):
        backbone.run()
