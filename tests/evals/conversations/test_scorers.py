"""Scorers at their edges: what is just not enough."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from motion_agent.evals.conversations.scorers.duration import duration

WANTED = {
    "segment": None, "seconds": None, "at_least": None, "at_most": None, "ratio": None, "longer": False,
    "shorter": False, "tolerance": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(("wish", "lasts", "met"), [
    ("longer", 2.0, False), ("longer", 2.2, True), ("shorter", 2.0, False), ("shorter", 1.8, True),
])  # fmt: skip
def test_as_long_as_before_is_neither_longer_nor_shorter(
    wish: str, lasts: float, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[duration.__module__]
    motion: dict[str, Any] = {"seconds": lasts, "segments": []}
    monkeypatch.setattr(module, "current", lambda outputs: motion)
    monkeypatch.setattr(module, "before", lambda outputs: {"seconds": 2.0, "segments": []})
    score = duration(outputs={}, reference_outputs={"duration": WANTED | {wish: True}})
    assert bool(score["score"]) == met
