"""Fields that a server or a model filled in without saying anything by them."""

from __future__ import annotations

from typing import Any

import pytest
from motion_agent.tools.schemas import ComposeSequenceArgs, EditMotionArgs, GenerateMotionArgs
from pydantic import ValidationError

#: What flat objects hold where every field has to be filled in, also with fields that nobody here knows.
ZEROS: dict[str, Any] = {
    "segment": 0, "position": 0, "seconds": 0, "seed": 0, "factor": 0, "times": 0, "order": [],
    "description": "", "motion_id": "", "start": 0, "end": 0, "steps": 0, "metres": 0.0, "note": "",
    "loop": False,
}  # fmt: skip
NULLS: dict[str, Any] = dict.fromkeys(ZEROS)
OPERATIONS: list[dict[str, Any]] = [
    {"op": "mirror"},
    {"op": "mirror", "segment": 1},
    {"op": "delete", "segment": 2},
    {"op": "repeat", "times": 3},
    {"op": "speed", "factor": 2.0},
    {"op": "insert", "description": "a bow"},
    {"op": "insert", "motion_id": "m2"},
    {"op": "trim", "end": 2.0},
    {"op": "replace", "segment": 1, "description": "a bow"},
    {"op": "regenerate"},
    {"op": "extend", "seconds": 2.0},
    {"op": "duration", "seconds": 2.0},
    {"op": "inbetween", "segment": 1},
    {"op": "reorder", "order": [2, 1]},
]


def edit(operation: dict[str, Any]) -> EditMotionArgs:
    return EditMotionArgs.model_validate({"motion_id": "m1", "operations": [operation]})


@pytest.mark.parametrize("filling", [ZEROS, NULLS], ids=["zeros", "nulls"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["op"])
def test_what_a_flat_operation_is_filled_up_with_says_nothing(
    operation: dict[str, Any], filling: dict[str, Any]
) -> None:
    assert edit(filling | operation) == edit(operation)


def test_other_tools_are_filled_up_too() -> None:
    filled = {"description": "a walk", "seconds": 0, "seed": 0, "variants": 0, "name": "", "steps": 0}
    assert GenerateMotionArgs.model_validate(filled) == GenerateMotionArgs(description="a walk")
    part = {"description": "a walk", "motion_id": "", "seconds": 0, "repeat": 0}
    plain = ComposeSequenceArgs.model_validate({"segments": [{"description": "a walk"}]})
    assert ComposeSequenceArgs.model_validate({"segments": [part]}) == plain


@pytest.mark.parametrize(
    "arguments",
    [{"description": "a walk", "seconds": 0}, {"description": "a walk", "variants": 0}, {"description": ""},
     {"description": "a walk", "steps": 2}, {"description": "a walk", "speed": "fast"}],
)  # fmt: skip
def test_what_was_said_is_still_refused_where_it_is_wrong(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GenerateMotionArgs.model_validate(arguments)


def test_a_zero_among_things_that_were_said_is_one() -> None:
    assert GenerateMotionArgs.model_validate({"description": "a walk", "seed": 0}).seed == 0
    with pytest.raises(ValidationError):
        edit({"op": "replace", "segment": 1, "description": "a bow", "seconds": 0})


@pytest.mark.parametrize(
    ("given", "description", "seconds", "seed"),
    [
        ({"description": "a person waves for 3 seconds."}, "a person waves", 3.0, None),
        ({"description": "a person walks, for half a minute"}, "a person walks", 30.0, None),
        ({"description": "a person jumps twice for two seconds"}, "a person jumps twice", 2.0, None),
        ({"description": "a person kicks with seed 7"}, "a person kicks", None, 7),
        ({"description": "a person runs with seed 7 for 2 s"}, "a person runs", 2.0, 7),
        (
            {"description": "a person waves for 3 seconds", "seconds": 4},
            "a person waves for 3 seconds",
            4.0,
            None,
        ),
        (
            {"description": "a person walks for 2 seconds, then waves for 4 seconds"},
            "a person walks for 2 seconds, then waves for 4 seconds",
            None,
            None,
        ),
        ({"description": "for 3 seconds"}, "for 3 seconds", None, None),
        ({"description": "a person waits for a bus"}, "a person waits for a bus", None, None),
    ],
)
def test_a_length_and_a_seed_in_a_description_count(
    given: dict[str, Any], description: str, seconds: float | None, seed: int | None
) -> None:
    read = GenerateMotionArgs.model_validate(given)
    assert (read.description, read.seconds, read.seed) == (description, seconds, seed)


def test_parts_have_the_length_that_their_description_states() -> None:
    parts = ComposeSequenceArgs.model_validate({"segments": [{"description": "a person bows for 2 seconds"}]})
    assert (parts.segments[0].description, parts.segments[0].seconds) == ("a person bows", 2.0)
    [new] = edit({"op": "insert", "description": "a person bows for 2 seconds"}).operations
    assert (new.description, new.seconds) == ("a person bows", 2.0)  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="seconds"):
        GenerateMotionArgs.model_validate({"description": "a person walks for 9999 seconds"})
