"""Steps to either side are read in the order in which they are named."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.demand_words import SideSteps, side_steps
from motion_agent.motion_models.english.demands import Count, read_demands

L, R = "left", "right"


@pytest.mark.parametrize(
    ("said", "sides", "number"),
    [
        ("a person takes 3 steps to the left and 3 back", (L, L, L, R, R, R), 6),
        ("a person steps to the side, left left right right", (L, L, R, R), 4),
        ("a person steps left, left, right, right", (L, L, R, R), 4),
        ("a person takes two side steps to the right", (R, R), 2),
        ("a person takes two steps to the right and returns to the middle", (R, R, L, L), 4),
        ("a person takes a step to the left and back again", (L, R), 2),
        ("a person takes two small steps to the left and one to the right", (L, L, R), 3),
        ("a person sidesteps right 4 times", (R, R, R, R), 4),
        ("a person steps left and right twice", (L, R, L, R), 4),
        ("a person steps to the left", (L,), None),
        ("a person shuffles sideways to the left for 2 meters", (L,), None),
        ("a person takes three side steps", (), 3),
        ("a person takes one step to the side", (), 1),
        ("a person takes a step forward", (), None),
        ("a person steps forward with the left foot", (), None),
        ("a person steps with the left foot", (), None),
        ("a person takes two steps back", (), None),
        ("a person steps back and turns left", (), None),
        ("a person jumps to the left", (), None),
    ],
)
def test_sides_and_numbers(said: str, sides: tuple[str, ...], number: int | None) -> None:
    assert side_steps(said) == SideSteps(sides, number)  # type: ignore[arg-type]


def test_steps_to_both_sides_lead_to_neither() -> None:
    assert side_steps("a person takes 3 steps to the left and 3 back").direction is None
    assert side_steps("a person takes 3 steps to the left").direction == L


def test_they_are_demanded_as_side_steps() -> None:
    there_and_back = read_demands("a person takes 3 steps to the left and 3 back")
    assert (there_and_back.count, there_and_back.direction) == (Count("side step", 6), None)
    one_way = read_demands("a person takes 3 steps to the left")
    assert (one_way.count, one_way.direction) == (Count("side step", 3), L)
    assert read_demands("a person steps sideways to the right").repeated(3).count == Count("side step", 3)
