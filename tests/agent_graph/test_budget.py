"""A plan is counted as the tools carry it out: what stands at the end is as long as was counted."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from fakes import FakeBackend, call, plan
from hand import Hand
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.motion_models.motion.features import SECONDS_PER_TOKEN
from motion_agent.tools import MotionMemory
from motion_agent.tools.memory import MotionClip
from motion_agent.tools.schemas import NOMINAL_SECONDS
from motion_agent.tools.services import Services

Operation = dict[str, Any]
SEGMENT = st.sampled_from([1, 2, -1])
SOME = st.sampled_from([None, 1, 2, -1])
SECONDS = st.sampled_from([1.0, 2.4])


def operation(op: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Operation]:
    """One kind of operation; a field that is None is left out."""
    return st.fixed_dictionaries({"op": st.just(op), **fields}).map(
        lambda given: {name: value for name, value in given.items() if value is not None}
    )


NEW = {"description": st.just("a person bows"), "seconds": SECONDS}
#: Every operation whose length can be told beforehand: all but those that look for a cycle or a way.
OPERATIONS = st.one_of(
    operation("replace", segment=SEGMENT, **NEW),
    operation("insert", position=st.sampled_from([None, 1, 2]), **NEW),
    operation("insert", position=st.sampled_from([None, 1, 2]), motion_id=st.just("other")),
    operation("delete", segment=SEGMENT),
    operation("repeat", segment=SOME, times=st.sampled_from([2, 3])),
    operation("reorder", order=st.just([2, 1])),
    operation("trim", start=st.sampled_from([0.4, 1.2]), end=st.sampled_from([None, 3.0])),
    operation("extend", segment=SOME, seconds=SECONDS),
    operation("extend", segment=SOME, seconds=SECONDS, hold=st.just(True)),
    operation("duration", segment=SOME, seconds=SECONDS),
    operation("speed", segment=SOME, factor=st.sampled_from([2.0, 0.5])),
    operation("inbetween", segment=SEGMENT, seconds=SECONDS),
    operation("inbetween", segment=SEGMENT, **NEW),
    operation("regenerate", segment=SOME),
    operation("mirror", segment=SOME),
    operation("reverse", segment=SOME),
    operation("turn", segment=SOME, degrees=st.just(30)),
    operation("shift", segment=SOME, x=st.just(1)),
    operation("limb", segment=SOME, limb=st.just("arms"), motion_id=st.just("other")),
)


@cache
def begun() -> tuple[Hand, MotionClip]:
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    hand.make("generate_motion", description="a person waves", seconds=1.6, name="other")
    segments = [
        {"description": text, "seconds": n} for text, n in (("a person walks", 2), ("a person sits", 4))
    ]
    return hand, hand.make("compose_sequence", segments=segments)


def counted(*operations: Operation) -> float:
    """What a plan of these edits, one a step, is said to make."""
    hand, clip = begun()
    steps = [
        call("edit_motion", motion_id=clip.id if n == 0 else f"${n}", operations=[each])
        for n, each in enumerate(operations)
    ]
    memory = hand.services.memory

    def lengths(name: str) -> list[float] | None:
        found = memory.find("local", name)
        return None if found is None else [part.seconds for part in found.timeline]

    return read_plan(plan(*steps), lengths, tuple, Limits(steps=99, seconds=1e9)).seconds


@given(st.lists(OPERATIONS, min_size=1, max_size=3))
@settings(max_examples=120)
def test_what_stands_at_the_end_is_as_long_as_was_counted(operations):
    hand, clip = begun()
    child = clip
    for each in operations:
        try:
            child = hand.make("edit_motion", motion_id=child.id, operations=[each])
        except MotionAgentError:
            return
    whole = counted(*operations, {"op": "regenerate"}) - counted(*operations)
    rounding = 0.2 * (1 + len(child.timeline))  # a token is 0.2 s
    goes_on = any(each["op"] == "extend" and not each.get("hold") for each in operations)
    assert whole >= child.seconds - rounding
    # What goes on is counted as a part of its own where that makes more.
    assert goes_on or whole <= child.seconds + rounding
    at_once = hand.make("edit_motion", motion_id=clip.id, operations=operations)
    assert at_once.seconds == pytest.approx(child.seconds, abs=0.11)
    assert [part.description for part in at_once.timeline] == [part.description for part in child.timeline]
    if goes_on:
        return
    for number, part in enumerate(child.timeline, 1):
        one = {"op": "regenerate", "segment": number}
        # A part is at least as long as a token.
        longest = max(part.seconds, SECONDS_PER_TOKEN)
        assert counted(*operations, one) - counted(*operations) == pytest.approx(longest, abs=0.11)


@given(st.lists(OPERATIONS, min_size=1, max_size=2))
@settings(max_examples=60)
def test_nothing_that_is_made_is_counted_for_less_than_it_adds(operations):
    """Neither the limit of a plan nor its approval is got round by an edit."""
    hand, clip = begun()
    try:
        child = hand.make("edit_motion", motion_id=clip.id, operations=operations)
    except MotionAgentError:
        return
    rounding = 0.2 * (1 + len(child.timeline))  # a token is 0.2 s
    assert counted(*operations) >= child.seconds - clip.seconds - rounding
    for number, part in enumerate(child.timeline, 1):
        again = {"op": "repeat", "segment": number, "times": 4}
        most = child.seconds + 3 * part.seconds - clip.seconds
        assert counted(*operations, again) >= most - 4 * rounding


def again(segment: int) -> Operation:
    return {"op": "repeat", "segment": segment, "times": 2}


WALK, SIT = {"description": "a person walks", "seconds": 2}, {"description": "a person sits"}


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [
        ([call("generate_motion", **WALK)], 2),
        ([call("generate_motion", **WALK, variants=3)], 6),
        ([call("generate_motion", **SIT)], NOMINAL_SECONDS),
        ([call("compose_sequence", segments=[WALK | {"repeat": 3}, WALK])], 8),
        ([call("compose_sequence", segments=[{"motion_id": "known", "repeat": 2}, WALK])], 14),
        ([call("generate_motion", **WALK), call("compose_sequence", segments=[{"motion_id": "$1"}] * 2)], 6),
        ([call("arrange_scene", people=[{"motion_id": "known"}, SIT, SIT])], 2 * NOMINAL_SECONDS),
        ([call("caption_motion", motion_id="known"), call("list_motions")], 0),
        ([call("edit_motion", motion_id="known", operations=[{"op": "speed", "factor": 0.5}])], 12),
        ([call("edit_motion", motion_id="known", operations=[{"op": "speed", "factor": 2, "segment": 2}])],
         2),
        ([call("edit_motion", motion_id="known", operations=[{"op": "repeat", "times": 3}])], 12),
        ([call("edit_motion", motion_id="known", operations=[{"op": "loop", "times": 3, "segment": 1}])], 6),
        ([call("edit_motion", motion_id="known", operations=[{"op": "extend", "seconds": 1}])], 1),
        ([call("edit_motion", motion_id="known", operations=[{"op": "extend", "seconds": 9}, again(-1)])],
         22),
        ([call("edit_motion", motion_id="known", operations=[{"op": "extend", "seconds": 9}, again(3)])], 18),
        ([call("edit_motion", motion_id="known", operations=[{"op": "extend", "seconds": 9}, again(1)])], 11),
        ([call("edit_motion", motion_id="known",
               operations=[{"op": "extend", "seconds": 9, "hold": True}, again(3)])], 9),
        ([call("edit_motion", motion_id="known", operations=[{"op": "delete", "segment": 1}])], 0),
        ([call("edit_motion", motion_id="known", operations=[{"op": "mirror", "segment": -1}])], 4),
    ],
)  # fmt: skip
def test_so_much_is_made(steps: list[Any], seconds: float) -> None:
    """What is known has parts of two and of four seconds."""
    lengths = {"known": [2.0, 4.0]}
    assert read_plan(plan(*steps), lengths.get, lambda: ["known"], Limits(steps=99)).seconds == seconds
