"""Questions of truth: whether what was measured is what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .....motion_models.english.demand_words import (
    DEGREES,
    METRES,
    SPEED,
    TIMES,
    metres_of,
    speed_of,
    times_of,
)
from .....motion_models.english.spelled_numbers import NUMBER, number_in
from .....tools.facts.records import Facts, Number
from ..sentences.sides import SIDE
from .wordings import Quantity

#: The share of a stated number that is enough, degrees of an angle that are near enough.
ENOUGH, NEAR = 0.9, 15
#: A trunk leans from so many degrees on, a turn can be seen; feet slide, cm; who is so near is back, metres.
LEANS, SEEN, SLIDES, BACK = 20, 25, 2, 0.5
_STRAIGHT = re.compile(r"\b(?:straight|upright|vertical)\b")
_PLANTED = re.compile(r"\b(?:stays?|planted|still|stand)\b")
_BELOW = re.compile(r"\b(?:less|below|under|slower|lower|shorter|at most|within|no more)\b")
_ABOVE = re.compile(r"\b(?:more|above|over|faster|higher|further|farther|at least|beyond|exceeds?)\b")
_SAME_WAY = re.compile(r"\bsame (?:way|direction)\b")
_POSTURE = re.compile(r"\b(?:sitting|standing|lying|kneeling)\b")
_MANY = re.compile(rf"\b(?P<n>{NUMBER})\b(?! (?:left|right|metre|meter|m\b|degree|second|s\b))")


def verdict(quantity: Quantity, words: str, facts: Facts, count: Number | None = None) -> bool | None:
    """Whether what a question says is so; None where it says nothing that can be held against the facts.

    words: the question, in lower case. count: what was counted of what it names.
    """
    stated = STATED.get(quantity)
    if stated and (asked := stated.read(words)) is not None:
        reached = getattr(facts, stated.reached) or 0.0
        return (_so_low if stated.low else _enough)(words, asked, reached)
    sides = set(SIDE.findall(words))
    side = next(iter(sides)) if len(sides) == 1 else None
    match quantity:
        case "turned" if facts.turned_deg is not None and len(sides) < 2:
            return _turned(words, side, _degrees_in(words), facts.turned_deg)
        case "hand" | "leg" if side:
            return (facts.busier_hand if quantity == "hand" else facts.busier_leg) in (side, "both")
        case "first_foot" if side:
            return facts.first_foot == side
        case "back":
            return facts.straight_m <= BACK
        case "lean":
            return (facts.greatest_lean_deg >= LEANS) != bool(_STRAIGHT.search(words))
        case "slide" if facts.slide_cm is not None:
            return (facts.slide_cm > SLIDES) != bool(_PLANTED.search(words))
        case "posture_start" | "posture_end":
            said = _POSTURE.search(words)
            return said[0] == (facts.begins if quantity == "posture_start" else facts.ends) if said else None
        case "count" if count is not None:
            return _counted(words, count)
    return None


def _metres_in(words: str) -> float | None:
    return metres_of(found) if (found := METRES.search(words)) else None


def _speed_in(words: str) -> float | None:
    return speed_of(found) if (found := SPEED.search(words)) else None


def _degrees_in(words: str) -> float | None:
    return number_in(found["n"]) if (found := DEGREES.search(words)) else None


class Stated(NamedTuple):
    """How a number is read from a question, which fact it is held against, and whether that counts as the
    more the lower it is."""

    read: Callable[[str], float | None]
    reached: str
    low: bool = False


STATED: dict[Quantity, Stated] = {
    "distance": Stated(_metres_in, "path_m"),
    "place": Stated(_metres_in, "straight_m"),
    "jump_height": Stated(_metres_in, "jump_height_m"),
    "hips": Stated(_metres_in, "lowest_hips_m", low=True),
    "mean_speed": Stated(_speed_in, "top_speed_m_s"),
    "top_speed": Stated(_speed_in, "top_speed_m_s"),
    "knee": Stated(_degrees_in, "smallest_knee_deg", low=True),
    "lean": Stated(_degrees_in, "greatest_lean_deg"),
}


def _enough(words: str, asked: float, reached: float) -> bool:
    """Whether a number is reached; whether it is kept below, or passed, where that is what words say."""
    if _BELOW.search(words):
        return reached <= asked
    return reached >= (asked if _ABOVE.search(words) else ENOUGH * asked)


def _so_low(words: str, asked: float, reached: float) -> bool:
    """The same of what is the lower the more it is done."""
    return reached >= asked if _ABOVE.search(words) else reached <= asked / ENOUGH


def _turned(words: str, side: str | None, asked: float | None, turned: int) -> bool:
    """The same of a turn, left positive: one that is seen, or as far as is said."""
    if _SAME_WAY.search(words):
        return abs((turned + 180) % 360 - 180) < SEEN
    signed = turned if side == "left" else -turned if side == "right" else abs(turned)
    if asked is None:
        return signed >= SEEN
    compared = _BELOW.search(words) or _ABOVE.search(words)
    return _enough(words, asked, signed) if compared else abs(signed - asked) <= NEAR


def _counted(words: str, count: Number) -> bool | None:
    """Whether the stated number was counted, or anything where none is stated; None where that is open."""
    fewest, most = (count, count) if isinstance(count, int) else count
    times, many = TIMES.search(words), _MANY.search(words)
    asked = times_of(times) if times else number_in(many["n"]) if many else None
    if asked is None:
        return None if fewest == 0 < most else most > 0
    if fewest == most:
        return most == asked
    return None if fewest <= asked <= most else False
