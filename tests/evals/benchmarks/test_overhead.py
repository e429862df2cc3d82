"""The agent's own cost per turn: loose bounds, for shared machines; the benchmark prints the figures."""

from __future__ import annotations

from statistics import median

import pytest
from motion_agent.evals.benchmarks import overhead


def test_overhead_is_reported_beside_langgraph_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhead, "TURNS", 6)
    report = overhead.run()
    assert len(report.data["seconds"]) == len(report.data["checkpoint_bytes"]) == 6
    assert median(report.data["seconds"]) < 0.15
    assert all(grown > 0 for grown in report.data["checkpoint_bytes"])
    assert "LangGraph alone" in report.markdown()
