"""What stands in arguments and references: numbers of steps, lengths that count, checks of several parts."""

from __future__ import annotations

from typing import Any

import pytest
from motion_agent.motion_models.fitting.checks import Check
from motion_agent.tools.clips.checks import told
from motion_agent.tools.schemas import (
    NOMINAL_SECONDS,
    CaptionMotionArgs,
    CheckRef,
    ExportMotionArgs,
    Person,
    made_seconds,
    reference_number,
)
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("motion_id", "number"),
    [("$1", 1), ("$12", 12), ("$0", 0), ("m2345", None), ("2345", None), ("$", None), ("$x", None),
     ("$-1", None), ("$1.5", None), ("a$1", None)],
)  # fmt: skip
def test_only_a_number_behind_a_dollar_sign_is_a_step(motion_id: str, number: int | None) -> None:
    assert reference_number(motion_id) == number


@pytest.mark.parametrize(
    ("seconds", "counted"), [(None, NOMINAL_SECONDS), (0.05, 0.2), (0.2, 0.2), (0.3, 0.3), (10.0, 10.0)]
)
def test_what_is_made_counts_as_long_as_it_is_asked_for_and_a_token_at_least(
    seconds: float | None, counted: float
) -> None:
    assert made_seconds(seconds) == counted


@pytest.mark.parametrize("how", [{"fps": 30}, {"up": "z"}, {"person": 2}])
def test_how_a_file_is_read_is_told_of_a_file_only(how: dict[str, Any]) -> None:
    assert CaptionMotionArgs.model_validate({"path": "walk.bvh", **how}).path == "walk.bvh"
    with pytest.raises(ValidationError, match="give them with a path only"):
        CaptionMotionArgs.model_validate({"motion_id": "m1", **how})


def test_what_is_not_said_is_as_it_is_told() -> None:
    stands = Person(description="a person waves")
    assert (stands.theta, stands.x, stands.z) == (0, 0, 0)
    assert ExportMotionArgs(motion_id="m1").formats == ["bvh", "glb", "html", "mp4", "npz"]


def jumps(asked: float, reached: float) -> Check:
    return Check(what="jumps", asked=asked, reached=reached, met=asked == reached, counted=True)


METRES = Check(what="metres", asked=2.0, reached=1.9, met=True)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(1, 1), (1, 1), (1, 1)], (3, 3, True)),
        ([(1, 1), (1, 0)], (2, 1, False)),
        ([(1, 0), (1, 1)], (2, 1, False)),
        ([(1, 2), (1, 0)], (2, 2, True)),
        ([(1, 1), (1, 2)], (2, 3, False)),
    ],
)
def test_what_neighbours_of_one_description_count_they_count_together(
    counts: list[tuple[float, float]], expected: tuple[float, float, bool]
) -> None:
    [whole] = told(("a person jumps", [jumps(*each)]) for each in counts)
    assert (whole.asked, whole.reached, whole.met) == expected


def test_what_others_count_or_is_no_count_stays_apart() -> None:
    parts = [
        ("a person jumps", [jumps(1, 1), METRES]),
        ("a person jumps", [METRES]),
        ("a person walks", []),
        ("a person jumps", [jumps(1, 0)]),
    ]
    metres = CheckRef(what="metres", asked=2.0, reached=1.9, met=True)
    assert told(parts) == [
        metres,
        metres,
        CheckRef(what="jumps", asked=1.0, reached=1.0, met=True),
        CheckRef(what="jumps", asked=1.0, reached=0.0, met=False),
    ]
