"""How far the key poses of an action that travels lead: steps to either side, or a turn by an angle."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ..english import demand_words as words
from ..english.demands import read_demands
from ..motion.editing.keyposes import Gesture, Side

#: A turn to a side of no stated angle, degrees.
TO_A_SIDE = 90.0
#: No cycle leads so many times as far as it does by itself.
FURTHEST = 4 / 3


@dataclass(frozen=True)
class Way:
    """side: of all cycles, None where none is said. times: of cycles, None where no number is said.

    sides: of each cycle, where they are not all on one. share: of the way and the turn that one cycle leads.
    """

    side: Side | None = None
    times: int | None = None
    sides: tuple[Side, ...] = ()
    share: float = 1.0


def way_of(description: str, gesture: Gesture) -> Way:
    """How far a request is led by a gesture that travels."""
    return _turned(description, gesture) if gesture.degrees else _gone(description, gesture)


def _turned(description: str, gesture: Gesture) -> Way:
    turn = read_demands(description).turn
    if turn is not None:
        times, share = _cycles(TO_A_SIDE if turn.degrees is None else turn.degrees, gesture.degrees)
        return Way(turn.side, times, share=share)
    said = description.lower()
    left, right = words.LEFT.search(said), words.RIGHT.search(said)
    if left is None or right is None:
        return Way()
    times, share = _cycles(TO_A_SIDE, gesture.degrees)
    order: tuple[Side, Side] = ("left", "right") if left.start() < right.start() else ("right", "left")
    return Way(order[0], 2 * times, tuple(side for side in order for _ in range(times)), share)


def _gone(description: str, gesture: Gesture) -> Way:
    steps, metres = words.side_steps(description.lower()), read_demands(description).metres
    if metres is not None and gesture.aside:
        times, share = _cycles(metres, gesture.aside)
        return Way(steps.direction, times, share=share)
    mixed = steps.sides if steps.direction is None else ()
    return Way(steps.direction, steps.number, mixed)


def _cycles(far: float, each: float) -> tuple[int, float]:
    """How many cycles lead so far, and what share of its own way each of them leads."""
    times = max(1, ceil(round(far / (FURTHEST * each), 6)))
    return times, far / (times * each)
