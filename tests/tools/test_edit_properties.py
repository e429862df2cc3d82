"""What edits leave alone and take back, whatever they are and whatever was done before them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from edits import (
    SEAM,
    SEEN,
    Blurring,
    Joints,
    as_decoded,
    assert_same,
    edited,
    from_hips,
    joints,
    parts_shown,
)
from hand import Hand
from hypothesis import example, given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools.arguments.operations import operations
from motion_agent.tools.clips.frame_edits import FrameEdit, OtherLimb, Shift, Speed, Turn
from motion_agent.tools.memory import ClipSegment, MotionClip, MotionMemory
from motion_agent.tools.services import Services

Operation = dict[str, Any]
WORDS = ("a person walks", "a person jumps", "a person bows")
#: Operations on the frames of one part.
EXACT: tuple[Operation, ...] = (
    {"op": "mirror"},
    {"op": "speed", "factor": 1.7},
    {"op": "speed", "factor": 0.7},
    {"op": "duration", "seconds": 3.3},
    {"op": "reverse"},
    {"op": "turn", "degrees": 40},
    {"op": "shift", "x": 0.5, "z": -0.3},
    {"op": "extend", "seconds": 0.5, "hold": True},
    {"op": "limb", "limb": "left arm", "motion_id": "other"},
    {"op": "loop"},
    {"op": "path", "points": [[1, 3]]},
)
#: Those that make or move parts.
OTHERS: tuple[Operation, ...] = (
    {"op": "replace", "description": "a person kicks", "seconds": 2},
    {"op": "insert", "description": "a person kicks", "seconds": 2},
    {"op": "insert", "motion_id": "other"},
    {"op": "delete"},
    {"op": "repeat", "times": 2},
    {"op": "extend", "seconds": 1},
    {"op": "duration", "seconds": 9},
    {"op": "regenerate"},
    {"op": "inbetween", "seconds": 0.6},
    {"op": "inbetween", "seconds": 1, "description": "a person kicks"},
    {"op": "limb", "limb": "legs", "description": "a person kicks"},
)
#: What was done to the parts before.
BEFORE: dict[str, tuple[Operation, ...]] = {
    "as decoded": (),
    "elsewhere": (
        {"op": "shift", "segment": 1, "x": 1.0},
        {"op": "mirror", "segment": 2},
        {"op": "shift", "segment": 2, "z": 0.4},
        {"op": "limb", "segment": 3, "limb": "right arm", "motion_id": "other"},
        {"op": "turn", "segment": 3, "degrees": -70},
    ),
    "in time": (
        {"op": "speed", "segment": 1, "factor": 0.7},
        {"op": "reverse", "segment": 3},
        {"op": "extend", "segment": 3, "seconds": 0.4, "hold": True},
    ),
}


class Start(NamedTuple):
    """A memory with a motion of three parts that nobody has changed, and another one."""

    hand: Hand
    clip: MotionClip


@cache
def start() -> Start:
    hand = Hand(Services(Blurring(), MotionMemory()))
    hand.make("generate_motion", description="a person waves", seconds=3, name="other")
    return Start(hand, as_decoded(hand, hand.sequence(*WORDS, seconds=3)))


@cache
def begun(kind: str) -> MotionClip:
    """The motion after what was done to it before."""
    hand, clip = start()
    return edited(hand, clip, *BEFORE[kind]) if BEFORE[kind] else clip


def at(operation: Operation, segment: int) -> Operation:
    """An operation on one segment."""
    place = "position" if operation["op"] == "insert" else "segment"
    return operation | {place: segment}


def named(operation: Operation) -> str:
    return "-".join(str(value) for value in operation.values())


def told(part: ClipSegment, clip: MotionClip) -> tuple[object, ...]:
    """All that is kept of a part, wherever it stands."""
    said = part.description, part.prompt, part.seed, part.notes, part.checks
    return (clip.tokens[part.start : part.end], part.edits, *said)


def test_every_operation_is_in_the_tables():
    assert {o["op"] for o in (*EXACT, *OTHERS)} | {"trim", "reorder"} == set(operations())


@pytest.mark.parametrize("kind", BEFORE)
@pytest.mark.parametrize("segment", [1, 2, 3])
@pytest.mark.parametrize("operation", [*EXACT, *OTHERS], ids=named)
def test_an_edit_of_one_part_leaves_all_that_is_the_others(operation, segment, kind):
    if operation["op"] == "inbetween" and segment == 3:
        pytest.skip("nothing comes after the last part")
    hand, clip = start().hand, begun(kind)
    child = edited(hand, clip, at(operation, segment))
    before, after = parts_shown(hand, clip), parts_shown(hand, child)
    kept = [told(part, child) for part in child.timeline]
    place = 0
    for number, part in enumerate(clip.timeline, 1):
        if number == segment and operation["op"] not in ("insert", "inbetween"):
            continue
        place = kept.index(told(part, clip), place)
        slower = max(1.0, len(before[number - 1]) / 60)
        edge = int(slower * (SEAM if operation in EXACT else SEAM + SEEN)) + 1
        inner = slice(edge, len(before[number - 1]) - edge)
        assert_same(from_hips(after[place][inner]), from_hips(before[number - 1][inner]))
        place += 1
    assert child.parent == clip.id
    assert hand.services.memory.get("local", clip.id) == clip
    assert child.frames == len(joints(hand, child)) == sum(map(len, after))
    ends = [(round(start * FPS), round(end * FPS)) for start, end in child.times()]
    assert [end - start for start, end in ends] == [len(shown) for shown in after]


@pytest.mark.parametrize("kind", BEFORE)
@pytest.mark.parametrize("segment", [1, 2, 3])
@pytest.mark.parametrize("operation", EXACT, ids=named)
def test_what_was_done_to_a_part_before_stays_done(operation, segment, kind):
    hand, clip = start().hand, begun(kind)
    child = edited(hand, clip, at(operation, segment))
    old, new = clip.timeline[segment - 1].edits, child.timeline[segment - 1].edits
    if old and isinstance(old[-1], Speed) and operation["op"] in ("speed", "duration"):
        old = old[:-1]  # two speeds are one
    assert new[: len(old)] == old
    assert child.tokens == clip.tokens


@pytest.mark.parametrize("segment", [1, 2, 3])
@pytest.mark.parametrize(
    "done", [*({"op": "shift", **where} for where in ({"x": 1.0}, {"z": -1.0})), *EXACT[:9]], ids=named
)
def test_what_goes_on_leaves_what_there_is_where_it_is(done, segment):
    hand, clip = start()
    clip = edited(hand, clip, at(done, segment))
    child = edited(hand, clip, {"op": "extend", "segment": segment, "seconds": 1})
    ground = [0, 2]  # how high it stands may be corrected together with what is new
    for old, new in zip(parts_shown(hand, clip)[:segment], parts_shown(hand, child), strict=False):
        inner = slice(SEAM, len(old) - SEAM - (2 * SEEN if len(old) > 60 else SEEN))
        assert_same(new[inner][..., ground], old[inner][..., ground])
    assert child.seconds == pytest.approx(clip.seconds + 1, abs=0.2)


@pytest.mark.parametrize("operation", [{"op": "regenerate"}, {"op": "duration", "seconds": 9}], ids=named)
@pytest.mark.parametrize("done", EXACT[:9], ids=named)
def test_what_is_performed_anew_is_shown_in_the_way_it_was(operation, done):
    hand, clip = start()
    clip = edited(hand, clip, at(done, 2))
    child = edited(hand, clip, at(operation, 2))
    old, new = clip.timeline[1], child.timeline[1]
    assert new.description == old.description
    assert child.tokens[new.start : new.end] != clip.tokens[old.start : old.end]
    wanted = operation.get("seconds", old.seconds)
    if done["op"] != "extend":  # a pose that was held is made anew with the rest
        assert new.seconds == pytest.approx(wanted, abs=0.2)
    assert kept_anew(new) == kept_anew(old)


def kept_anew(part: ClipSegment) -> list[FrameEdit]:
    """Where a part stands and whose limbs it has, without what brings it to the floor."""
    found = [edit for edit in part.edits if isinstance(edit, (Turn, Shift, OtherLimb))]
    return [edit for edit in found if not (isinstance(edit, Shift) and edit.y)]


@pytest.mark.parametrize("place", [{"op": "turn", "degrees": 40}, {"op": "shift", "x": 0.5, "z": -0.3}])
@pytest.mark.parametrize("mirrors", [0, 1, 2])
def test_what_is_performed_anew_begins_where_it_did_however_often_it_was_mirrored(place, mirrors):
    hand, clip = start()
    clip = edited(hand, clip, at(place, 1), *[{"op": "mirror", "segment": 1}] * mirrors)
    child = edited(hand, clip, {"op": "regenerate", "segment": 1})
    first, again = (joints(hand, each)[0] for each in (clip, child))
    assert again[0, [0, 2]] == pytest.approx(first[0, [0, 2]], abs=1e-3)
    across = [frame[JOINT["left_hip"]] - frame[JOINT["right_hip"]] for frame in (first, again)]
    facing = [np.degrees(np.arctan2(-hips[2], hips[0])) for hips in across]
    assert facing[0] == pytest.approx(facing[1], abs=3)


def arm_lengths(motion: Joints, side: str) -> Joints:
    """How far a hand is from its shoulder girdle: alike however the body stands and turns."""
    reach = motion[:, JOINT[f"{side}_wrist"]] - motion[:, JOINT[f"{side}_collar"]]
    return np.linalg.norm(reach, axis=-1)


@given(
    st.lists(
        st.sampled_from([{"op": "mirror"}, *({"op": "limb", "limb": f"{s} arm"} for s in ("left", "right"))]),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=15)
def test_other_limbs_stay_on_their_side_when_the_rest_is_performed_anew(done: list[Operation]):
    hand, clip = start()
    limbs = [o | ({"motion_id": "other"} if o["op"] == "limb" else {}) for o in done]
    shown = edited(hand, clip, *(at(o, 2) for o in limbs))
    anew = edited(hand, shown, {"op": "regenerate", "segment": 2})
    taken = [isinstance(edit, OtherLimb) and edit.limb for edit in anew.timeline[1].edits]
    for side in ("left", "right"):
        if f"{side} arm" in taken:
            lengths = [arm_lengths(parts_shown(hand, each)[1], side)[SEAM:-SEAM] for each in (shown, anew)]
            assert np.abs(lengths[0] - lengths[1]).max() < 1e-3
    assert any(taken) == any(edit["op"] == "limb" for edit in done)


# ---------------------------------------------------------------------- order, and back again


SIDES = st.sampled_from([None, 1, 2, 3])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("mirror"), SIDES, st.just(0.0)),
        st.tuples(st.just("reverse"), SIDES, st.just(0.0)),
        st.tuples(st.just("speed"), SIDES, st.sampled_from([2.0, 1.7, 0.6])),
        st.tuples(st.just("turn"), SIDES, st.sampled_from([30.0, -125.0])),
        st.tuples(st.just("shift"), SIDES, st.sampled_from([0.5, -2.0])),
    ),
    min_size=1,
    max_size=4,
)


def written(step: tuple[str, int | None, float], *, back: bool = False) -> Operation:
    """A step as an operation, or the operation that takes it back."""
    op, segment, size = step
    values = {
        "speed": {"factor": 1 / size if back and size else size},
        "turn": {"degrees": -size if back else size},
        "shift": {"x": -size if back else size, "z": size if back else -size},
    }
    return {"op": op, **values.get(op, {})} | ({} if segment is None else {"segment": segment})


@given(STEPS)
@example([("turn", 1, 30.0), ("mirror", None, 0.0), ("reverse", None, 0.0)])
@example([("shift", 2, 0.5), ("mirror", 2, 0.0), ("reverse", None, 0.0)])
@settings(max_examples=60)
def test_whatever_is_taken_back_step_by_step_gives_the_first_motion(steps):
    hand, clip = start()
    there = edited(hand, clip, *(written(step) for step in steps))
    back = edited(hand, there, *(written(step, back=True) for step in reversed(steps)))
    assert back.tokens == clip.tokens
    assert [part.description for part in back.timeline] == [part.description for part in clip.timeline]
    assert_same(joints(hand, back), joints(hand, clip), 1e-5)
    if not any(op in ("turn", "shift") for op, _, _ in steps):
        assert back.is_as_decoded and np.array_equal(joints(hand, back), joints(hand, clip))


def shown_after(operations: Sequence[Operation]) -> Joints:
    hand, clip = start()
    return joints(hand, edited(hand, clip, *operations))


@given(st.sampled_from(EXACT), st.sampled_from(EXACT), st.permutations([1, 2, 3]))
@settings(max_examples=40)
def test_edits_of_two_parts_may_come_in_either_order(first, second, segments):
    one, other = at(first, segments[0]), at(second, segments[1])
    laid = "path" in (first["op"], second["op"])  # measured before the neighbours are there for good
    assert_same(shown_after([one, other]), shown_after([other, one]), 5e-3 if laid else 1e-6)


@pytest.mark.parametrize("place", [{"op": "mirror"}, {"op": "turn", "degrees": 40}, {"op": "shift", "x": 1}])
@pytest.mark.parametrize("time", [{"op": "speed", "factor": 1.7}, {"op": "reverse"}, EXACT[7]], ids=named)
def test_when_and_where_may_come_in_either_order(time, place):
    one, other = at(time, 2), at(place, 2)
    assert_same(shown_after([one, other]), shown_after([other, one]), 1e-6)


# ---------------------------------------------------------------------- cutting


@cache
def long_motion() -> MotionClip:
    """Two parts of which the first is longer than any decoder sees."""
    hand = start().hand
    return as_decoded(hand, hand.sequence(*WORDS[:2], seconds=8))


@given(st.integers(0, 250), st.integers(8, 300), st.sampled_from([None, 1.0, 0.7]))
@settings(max_examples=40)
def test_what_a_cut_keeps_looks_as_it_did(first, length, factor):
    hand, clip = start().hand, long_motion()
    if factor is not None:
        clip = edited(hand, clip, {"op": "speed", "factor": factor, "segment": 2})
    whole = joints(hand, clip)
    last = min(len(whole), first + length)
    if (first, last) == (0, len(whole)):
        return
    child = edited(hand, clip, {"op": "trim", "start": first / FPS, "end": last / FPS})
    assert_same(from_hips(joints(hand, child)), from_hips(whole[first:last]))


@pytest.mark.parametrize("cuts", [(0.2, 6.0), (5.8, 7.0), (2.6, 13.0), (7.6, 12.4), (9.0, 16.0)])
def test_cutting_twice_is_cutting_once(cuts):
    hand, clip = start().hand, long_motion()
    once = edited(hand, clip, {"op": "trim", "start": cuts[0], "end": cuts[1]})
    twice = edited(
        hand,
        edited(hand, clip, {"op": "trim", "start": cuts[0]}),
        {"op": "trim", "start": 0, "end": cuts[1] - cuts[0]},
    )
    assert_same(joints(hand, once), joints(hand, twice), 1e-6)
    assert once.tokens == twice.tokens
