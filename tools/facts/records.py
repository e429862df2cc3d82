"""The facts of a motion that `caption_motion` gives: numbers with their units, and nothing uncertain."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..arguments.fields import Frozen

Side = Literal["left", "right"]
#: A number of occurrences, or the fewest and the most that somebody who looks on may count.
Number = int | tuple[int, int]


class Facts(Frozen):
    """What was measured of one person over a stretch of time; what is not certain is None and left out.

    seconds: how long it lasts. path_m: along the way of the hips over the ground; straight_m: from where
    they start to where they end; ahead_m, left_m: the same as seen by the person at the start. mean_speed_m_s
    and top_speed_m_s: of the hips over the ground. turned_deg: net, left positive. first_foot: makes the
    first step. jump_height_m: of the feet over the ground at the top of the highest jump. lowest_hips_m: over
    the floor. smallest_knee_deg: between thigh and shin, 180 for a straight leg. left_hand_top_m,
    right_hand_top_m: greatest height of the wrist over the floor. busier_hand, busier_leg: what moves most,
    "both" where neither clearly does. greatest_lean_deg: of the trunk from upright. slide_cm: how far planted
    feet slide. begins, ends: standing, sitting, kneeling or lying. counts: of everything else that can be
    counted, such as {"squat": 2}.
    """

    seconds: float
    path_m: float
    straight_m: float
    ahead_m: float
    left_m: float
    mean_speed_m_s: float
    top_speed_m_s: float
    turned_deg: int | None = None
    steps: Number | None = None
    first_foot: Side | None = None
    jumps: Number | None = None
    jump_height_m: float | None = None
    lowest_hips_m: float
    smallest_knee_deg: int
    left_hand_top_m: float
    right_hand_top_m: float
    busier_hand: Side | Literal["both"] | None = None
    busier_leg: Side | Literal["both"] | None = None
    greatest_lean_deg: int
    slide_cm: int | None = None
    begins: str | None = None
    ends: str | None = None
    counts: dict[str, Number] = Field(default={})


class PartFacts(Frozen):
    """The facts of one part of a motion. part: its number, from 1; start and end in seconds."""

    part: int
    start: float
    end: float
    facts: Facts


class Apart(Frozen):
    """How far apart two people of a scene are over the ground, hips to hips, metres; numbers from 1."""

    people: tuple[int, int]
    start_m: float
    end_m: float
    least_m: float


class Measured(Frozen):
    """What was measured of a motion: of one person's whole and parts, or of each person of a scene.

    people: each over the time of their own motion, in the order of the scene.
    """

    whole: Facts | None = None
    parts: list[PartFacts] = Field(default=[])
    people: list[Facts] = Field(default=[])
    apart: list[Apart] = Field(default=[])

    def content(self) -> dict[str, Any]:
        """As JSON, without what was not measured."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
