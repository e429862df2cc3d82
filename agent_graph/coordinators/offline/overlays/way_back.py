"""The way back to where a motion starts, reckoned from what its parts say: turns, metres, seconds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..sentences.actions import Action
from ..sentences.subjects import PERSON
from .shapes import degrees_in

_METRES = re.compile(r"\b(\d+(?:\.\d+)?) ?(?:metres?|meters?|m)\b")
_GOES = re.compile(r"\b(?:walk|run|jog|sprint|march|stroll|skip|crawl|sneak|tiptoe)(?:e?s)?\b")
_TURNS = re.compile(r"\b(?:turn|pivot|rotate)s?\b")
_STAYS = re.compile(r"\b(?:in place|on the spot)\b")
#: What leads somewhere that is not reckoned.
_UNKNOWN = re.compile(r"\b(?:circles?|curves?|sideways|backwards?|steps?|zigzag|somewhere|diagonally)\b")
#: Angles and ways that count as none, in degrees and metres.
_STRAIGHT, _AT_HOME = 5.0, 0.1


@dataclass
class _Place:
    """Where somebody is: metres to the left and ahead of the start, facing so many degrees to the left."""

    left: float = 0.0
    ahead: float = 0.0
    facing: float = 0.0

    def go(self, metres: float) -> None:
        self.left += metres * math.sin(math.radians(self.facing))
        self.ahead += metres * math.cos(math.radians(self.facing))


def way_back(parts: Sequence[tuple[str, float]]) -> list[Action]:
    """A turn and a way that lead back to the start of parts (what is done, seconds); [] where none is known.

    Ways without metres are taken for as long as they last, where all of them are.
    """
    ways = [text for text, _ in parts if _GOES.search(text) and not _STAYS.search(text)]
    if not ways or any(_UNKNOWN.search(text) for text, _ in parts):
        return []
    measured = all(_METRES.search(text) for text in ways)
    if not measured and len(ways) > 1:
        return []
    place = _Place()
    for text, seconds in parts:
        if _TURNS.search(text):
            place.facing += _turned(text)
        elif text in ways:
            found = _METRES.search(text)
            place.go(float(found[1]) if found else seconds)
    away = math.hypot(place.left, place.ahead)
    if away < _AT_HOME:
        return []
    home = math.degrees(math.atan2(-place.left, -place.ahead))
    turn = (home - place.facing + 180) % 360 - 180
    last = ways[-1]
    goes = _METRES.sub(f"{away:.3g} metres", last) if measured else last
    seconds = None if measured else next(seconds for text, seconds in parts if text == last)
    return [*_turning(turn), Action(goes, seconds)]


def _turned(text: str) -> float:
    """Degrees to the left that a part turns by."""
    degrees = degrees_in(text) or (180.0 if re.search(r"\b(?:around|about|round)\b", text) else 90.0)
    return -degrees if re.search(r"\bright\b", text) else degrees


def _turning(degrees: float) -> list[Action]:
    if abs(degrees) < _STRAIGHT:
        return []
    if abs(abs(degrees) - 180) < _STRAIGHT:
        return [Action(f"{PERSON} turns around")]
    return [Action(f"{PERSON} turns {abs(degrees):.0f} degrees to the {'left' if degrees > 0 else 'right'}")]
