"""Scorers at their edges: what is just not enough."""

from __future__ import annotations

import sys
from typing import Any

import codebook
import numpy as np
import pytest
from motion_agent.evals.conversations.scorers.duration import duration
from motion_agent.evals.conversations.scorers.shown import joints_of
from motion_agent.evals.conversations.scorers.untouched import untouched

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


@pytest.mark.parametrize(("source", "target", "same"), [(1, 1, True), (2, 2, False), (3, 3, False)])
def test_a_segment_that_is_missing_on_both_sides_did_not_stay_the_same(
    source: int, target: int, same: bool
) -> None:
    segments = [{"start": 0.0, "end": 0.4}, {"start": 0.4, "end": 0.8}]
    old = {"tokens": [1, 2, 3, 4], "segments": segments, "seconds": 0.8}
    record = {
        "motions": {"old": old, "new": old | {"tokens": [1, 2, 5, 6]}},
        "current": "new",
        "before": "old",
        "stood": ["old"],
    }
    wanted = {"untouched": {"turn": None, "parts": {source: target}}}
    assert untouched(outputs=record, reference_outputs=wanted)["score"] is same


def test_a_motion_is_looked_at_as_it_is_shown():
    """What was done to the frames of a segment is not in its tokens."""
    tokens = codebook.stride(10, b"walk").tolist()
    take = {"tokens": tokens, "before": None, "after": None}
    motion = {"tokens": tokens, "segments": [{"start": 0.0, "end": 2.0}], "seconds": 2.0}
    plain = joints_of(motion | {"takes": [take | {"edits": []}]}, codebook.decode)
    faster = joints_of(
        motion | {"takes": [take | {"edits": [{"kind": "speed", "factor": 2.0}]}]}, codebook.decode
    )
    assert len(plain) == 40 and len(faster) == 20
    assert faster == pytest.approx(plain[::2], abs=1e-5)
    assert np.array_equal(plain, joints_of(motion, codebook.decode))


def test_a_motion_with_the_same_tokens_may_be_another_one():
    shown = {"tokens": [1, 2], "segments": [{"start": 0.0, "end": 0.4}], "seconds": 0.4}
    kept = shown | {"takes": [{"tokens": [1, 2], "edits": []}]}
    mirrored = shown | {"takes": [{"tokens": [1, 2], "edits": [{"kind": "mirror"}]}]}
    for after, score in ((kept, True), (mirrored, False)):
        record = {"motions": {"a": kept, "b": after}, "before": "a", "current": "b", "stood": []}
        for parts in ({}, {1: 1}):
            wanted = {"untouched": {"turn": None, "parts": parts}}
            assert untouched(outputs=record, reference_outputs=wanted)["score"] is score
