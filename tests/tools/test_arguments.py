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
