"""Scorers at their edges: what is just not enough."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import codebook
import numpy as np
import pytest
from motion_agent.evals.conversations.scorers.duration import duration
from motion_agent.evals.conversations.scorers.memory import memory
from motion_agent.evals.conversations.scorers.segments import segments
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


def lasting(*seconds: float) -> dict[str, Any]:
    """A motion with a part of each length, described "part 1", "part 2", ..."""
    ends = np.cumsum([0.0, *seconds]).tolist()
    parts = [
        {"description": f"Part {n}", "start": start, "end": end}
        for n, (start, end) in enumerate(pairwise(ends), 1)
    ]
    return {"seconds": ends[-1], "segments": parts}


def turned_into(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    """A turn that made one motion of another."""
    motions = {name: motion for name, motion in (("old", old), ("new", new)) if motion}
    return {"motions": motions, "current": "new", "before": "old", "stood": ["old", "new"]}


@pytest.mark.parametrize(("wanted", "met"), [
    ({"seconds": 4.0}, True), ({"seconds": 4.2}, False), ({"seconds": 4.2, "tolerance": 0.2}, True),
    ({"seconds": 3.8, "tolerance": 0.2}, True), ({"seconds": 3.8, "tolerance": 0.1}, False),
    ({"seconds": 3.0, "segment": 2}, True), ({"seconds": 1.0, "segment": 2}, False),
    ({"seconds": 1.0, "segment": 1}, True), ({"seconds": 4.0, "segment": 3}, False),
    ({"at_least": 4.0}, True), ({"at_least": 4.1}, False), ({"at_most": 4.0}, True),
    ({"at_most": 3.9}, False),
    ({"at_least": 3.0, "at_most": 3.5}, False), ({"ratio": 2.0}, True), ({"ratio": 0.5}, False),
    ({"ratio": 1.9, "tolerance": 0.2}, True), ({"ratio": 1.5, "segment": 2}, False),
    ({"longer": True}, True), ({"shorter": True}, False), ({"longer": True, "segment": 2}, False),
    ({"ratio": 0.5, "seconds": 4.0}, False),
])  # fmt: skip
def test_lengths_are_those_of_the_part_that_is_meant(wanted: dict[str, Any], met: bool) -> None:
    """Two seconds of one part have become four of two, of one second and of three."""
    score = duration(
        outputs=turned_into(lasting(2.0), lasting(1.0, 3.0)), reference_outputs={"duration": WANTED | wanted}
    )
    assert score["score"] is met and bool(score["comment"]) is not met


@pytest.mark.parametrize("wanted", [{"longer": True}, {"shorter": True}, {"ratio": 1.0}])
def test_nothing_is_longer_or_shorter_than_nothing(wanted: dict[str, Any]) -> None:
    for old, new in ((None, lasting(2.0)), (lasting(2.0), None)):
        score = duration(outputs=turned_into(old, new), reference_outputs={"duration": WANTED | wanted})
        assert score["score"] is False


@pytest.mark.parametrize(("wanted", "met"), [
    ({"count": 3}, True), ({"count": 2}, False), ({"count": 4}, False),
    ({"at_least": 3}, True), ({"at_least": 4}, False), ({"at_least": 1}, True),
    ({"order": ["part 1", "PART 2", "part [34]"]}, True), ({"order": ["part 2", "part 1"]}, False),
    ({"order": ["part 1"]}, True), ({"order": ["part 1", "part 2", "part 3", "part"]}, False),
    ({"count": 2, "order": ["part 1"]}, False), ({"count": 3, "order": ["part 3"]}, False), ({}, True),
])  # fmt: skip
def test_parts_are_counted_and_come_in_order(wanted: dict[str, Any], met: bool) -> None:
    outputs = turned_into(lasting(9.0), lasting(1.0, 1.0, 1.0))
    nothing = {"count": None, "at_least": None, "order": []}
    assert segments(outputs=outputs, reference_outputs={"segments": nothing | wanted})["score"] is met


def recalled(parent: str | None, before: str | None, **more: Any) -> dict[str, Any]:
    """A turn that ended with motion b, made from `parent`, after one that ended with `before`."""
    motions = {name: {"parent": None} for name in ("a", "c")} | {"b": {"parent": parent}}
    stood = [] if before is None else [before]
    return {
        "motions": motions, "made": ["b"], "current": "b", "before": before, "stood": [*stood, "b"],
        "files": [],
    } | more  # fmt: skip


def remembers(outputs: dict[str, Any], **wanted: Any) -> bool:
    nothing = {"new": None, "current": None, "child": None, "files": []}
    return bool(memory(outputs=outputs, reference_outputs={"memory": nothing | wanted})["score"])


@pytest.mark.parametrize(("parent", "before", "child"), [
    ("a", "a", True),        # an edit of what was current
    (None, "a", False),      # something new
    ("c", "a", False),       # an edit of another motion
    (None, None, False),     # the first motion of a dialogue, which has no parent and none before it
    ("c", None, False),      # an edit of a motion of another dialogue
])  # fmt: skip
def test_a_child_is_made_from_what_was_current(parent: str | None, before: str | None, child: bool) -> None:
    assert remembers(recalled(parent, before), child=child)
    assert not remembers(recalled(parent, before), child=not child)
    assert remembers(recalled(parent, before))


def test_a_turn_without_a_motion_has_no_child() -> None:
    nothing = recalled(None, None, made=[], current=None, stood=[None])
    assert remembers(nothing, child=False) and not remembers(nothing, child=True)


@pytest.mark.parametrize(("wanted", "current", "met"), [
    ("new", "b", True), ("new", "a", False), ("same", "a", True), ("same", "b", False), ("none", None, True),
    ("none", "b", False), (1, "a", True), (1, "b", False), (2, "b", True), (2, "a", False), (3, "b", False),
    (2, None, False),
])  # fmt: skip
def test_the_current_motion_is_the_one_that_is_wanted(
    wanted: str | int, current: str | None, met: bool
) -> None:
    assert remembers(recalled("a", "a", current=current), current=wanted) is met


def test_new_motions_and_files_are_counted() -> None:
    turn = recalled("a", "a", made=["b", "c"], files=["out/walk.glb"])
    assert [remembers(turn, new=count) for count in (0, 1, 2, 3)] == [False, False, True, False]
    wishes = (["glb"], [], ["bvh"], ["glb", "bvh"])
    assert [remembers(turn, files=kinds) for kinds in wishes] == [True, True, False, False]


@pytest.mark.parametrize(("source", "target", "same"), [(1, 1, True), (2, 2, False), (3, 3, False)])
def test_a_segment_that_is_missing_on_both_sides_did_not_stay_the_same(
    source: int, target: int, same: bool
) -> None:
    parts = [{"start": 0.0, "end": 0.4}, {"start": 0.4, "end": 0.8}]
    old = {"tokens": [1, 2, 3, 4], "segments": parts, "seconds": 0.8}
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
