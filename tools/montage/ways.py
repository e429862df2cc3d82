"""Cycles and paths: how a motion is cut and repeated so that it comes round, or gets where it is to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...motion_models.motion.editing.cycles import best_cycle
from ...motion_models.motion.editing.shapes import SHORTEST_WAY, along, curve, length_of, way
from ...motion_models.motion.editing.stretch import HERE, MARGIN, Stretch, compose, inverse
from ...motion_models.motion.features import FPS
from ..arguments.fields import MAX_REPEATS
from ..clips.frame_edits import Cycle, Keep, Path, Ring
from ..errors import EditError
from ..memory import unique
from ..rendering import render_apart
from ..services import Services
from .flow import connection
from .parts import Part
from .reshape import with_edits

#: A cycle whose end misses its start by more than this (metres, joints on average) is led back by a part of
#: its own, of so many tokens (0.8 s).
MISS, WAY_BACK = 0.15, 4
#: A way is this much longer or shorter than a path at most where it is laid along it without cutting.
SAME_WAY = 0.1
ON_THE_SPOT = "it moves on the spot, and nothing that does can go along a path"
#: Strides changed by more than this are told.
TOLD_STRIDE = 0.25


def looped(services: Services, parts: Sequence[Part], chosen: Sequence[int], times: int) -> list[Part]:
    """One part, or the whole motion, as a cycle that is performed `times` times; a whole motion comes round.

    One part is cut to where its end comes nearest to its start. What does not come back is led back.
    """
    if len(chosen) > 1:
        whole = _coming_back(services, list(parts))
        return [*(list(parts) + whole[len(parts) :]) * (times - 1), *whole]
    [index] = chosen
    cycle = _coming_back(services, [_cycle(services, parts[index])]) if len(parts) == 1 else None
    if cycle is not None:
        return [*(_without_ring(part) for part in cycle * (times - 1)), *cycle]
    one = _cycle(services, parts[index])
    return [*parts[:index], *[one] * times, *parts[index + 1 :]]


def _cycle(services: Services, part: Part) -> Part:
    """The frames of a part that make the best cycle; all of them where none comes back."""
    [stretch] = render_apart(services, [part.take])
    start, end, miss = best_cycle(stretch)
    whole = miss > MISS or (start, end) == (0, stretch.frames)
    return part if whole else with_edits(part, Keep(start=start, end=end))


def _coming_back(services: Services, parts: list[Part]) -> list[Part]:
    """Parts whose end leads into their beginning, over a further part where that is far."""
    shown = render_apart(services, [part.take for part in parts])
    end, start = shown[-1].poses[-MARGIN], shown[0].poses[MARGIN]
    if float(np.linalg.norm(end - start, axis=-1).mean()) > MISS:
        parts = [*parts, connection(services, parts[-1], parts[0], WAY_BACK)]
    return [*parts[:-1], with_edits(_without_ring(parts[-1]), Ring())]


def _without_ring(part: Part) -> Part:
    return replace(part, edits=tuple(edit for edit in part.edits if not isinstance(edit, Ring)))


# ---------------------------------------------------------------------- paths


def along_points(
    services: Services, parts: Sequence[Part], chosen: Sequence[int], points: Sequence[Sequence[float]]
) -> list[Part]:
    """Lay one part, or the whole motion, along points (metres to the left and ahead of where it starts).

    One part goes as far as the path does: its cycle is repeated, or its end cut off. Of several, those that
    go somewhere share the path by how far they go. Raises EditError for who goes nowhere, or not so far.
    """
    line, kept = curve(points), list(parts)
    goal = length_of(line)
    if len(chosen) == 1:
        kept[chosen[0]] = _as_far(services, kept[chosen[0]], goal)
    stretches = render_apart(services, [kept[n].take for n in chosen])
    gone = [metres if metres >= SHORTEST_WAY else 0.0 for metres in map(_gone, stretches)]
    if sum(gone) == 0:
        raise EditError(ON_THE_SPOT)
    ends = (np.cumsum([0.0, *gone]) / sum(gone)).tolist()
    here = HERE
    for n, stretch, first, last in zip(chosen, stretches, ends[:-1], ends[1:], strict=True):
        if first == last:
            here = compose(here, stretch.exit)
            continue
        laid, place = along(stretch, line, first, last)
        start = tuple(compose(inverse(here), place).tolist())
        path = Path(points=tuple((x, z) for x, z in points), first=first, last=last, place=start)
        kept[n], here = with_edits(kept[n], path), compose(place, laid.exit)
    return _told(kept, chosen[0], goal, goal / sum(gone))


def _told(parts: list[Part], first: int, goal: float, stride: float) -> list[Part]:
    """The parts, the first of those on a path with a note where strides had to change much."""
    if abs(stride - 1) > TOLD_STRIDE:
        note = f"strides are {stride:.1f} times as long, so that it goes the {goal:.1f} m of the path"
        parts[first] = replace(parts[first], notes=unique([*parts[first].notes, note]))
    return parts


def _as_far(services: Services, part: Part, goal: float) -> Part:
    """A part that goes about `goal` metres: cut off, or with its cycle again and again."""
    [stretch] = render_apart(services, [part.take])
    own = _gone(stretch)
    if own < SHORTEST_WAY:
        raise EditError(ON_THE_SPOT)
    if own > goal * (1 + SAME_WAY):
        return with_edits(part, Keep(start=0, end=_frames_for(stretch, 0, goal)))
    if own > goal * (1 - SAME_WAY):
        return part
    start, end, _ = best_cycle(stretch)
    first, cycle = _gone(stretch.cut(0, end)), _gone(stretch.cut(start, end))
    rounds, rest = divmod(max(0.0, goal - first), max(cycle, 1e-6))
    if cycle < SHORTEST_WAY or rounds > MAX_REPEATS:
        raise EditError(f"the path is {goal:.1f} m long, and it goes {own:.1f} m: repeat it first")
    frames = end + int(rounds) * (end - start) + _frames_for(stretch, start, rest) - start
    services.check_seconds(frames / FPS)
    return with_edits(part, Cycle(start=start, end=end, frames=frames))


def _gone(stretch: Stretch) -> float:
    """How far it goes, in metres."""
    return length_of(way(stretch.roots)[MARGIN : MARGIN + stretch.frames + 1])


def _frames_for(stretch: Stretch, start: int, metres: float) -> int:
    """The frame before which it has gone so far since frame `start`."""
    steps = np.linalg.norm(np.diff(way(stretch.roots)[MARGIN + start :], axis=0), axis=1)
    enough = np.flatnonzero(np.cumsum(steps) >= metres)
    found = start + int(enough[0]) + 1 if len(enough) else stretch.frames
    return min(stretch.frames, max(found, start + 1))
