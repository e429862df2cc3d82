"""The part of a motion that can be played over and over, where its end comes nearest to its beginning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .joining import joined
from .planting import with_held_feet
from .shapes import turning_further
from .stretch import MARGIN, Stretch
from .timing import Warp, retimed

#: A cycle lasts at least this long, in frames (0.6 s), and leaves out at most this share of the motion.
SHORTEST, LEFT_OUT = 12, 0.6
#: What a frame of motion is worth in metres of mismatch: of two cycles as good, the longer one is better.
LENGTH_WORTH = 0.0005
#: At how many places a cycle is looked for at most: long motion is looked through in larger steps.
MOST_STARTS = 200
#: How far speeds are looked ahead when they are compared, in frames.
_AHEAD = 3


def best_cycle(stretch: Stretch) -> tuple[int, int, float]:
    """Frames [start, end) whose end leads most nearly into their start, and by how much poses miss (metres).

    Compared are poses as seen from the root, and how they and the root go on; missed is what joints are
    apart on average.
    """
    rows = slice(MARGIN, MARGIN + stretch.frames + 1)
    poses = stretch.poses[rows]
    moves = np.diff(poses, axis=0)
    steps = np.diff(stretch.roots[rows, :2], axis=0)
    speed = np.linalg.norm(steps, axis=1)
    shortest = min(stretch.frames, max(SHORTEST, round((1 - LEFT_OUT) * stretch.frames)))
    best = (0, stretch.frames, np.inf, np.inf)
    for start in range(0, stretch.frames - shortest + 1, max(1, stretch.frames // MOST_STARTS)):
        ends = np.arange(start + shortest, stretch.frames + 1)
        apart = np.linalg.norm(poses[ends] - poses[start], axis=-1).mean(axis=-1)
        before = np.minimum(ends - 1, len(moves) - 1)
        bend = np.linalg.norm(moves[before] - moves[start], axis=-1).mean(axis=-1)
        pace = np.abs(speed[before] - speed[start])
        miss = apart + _AHEAD * (bend + pace)
        cost = miss - LENGTH_WORTH * (ends - start)
        at = int(cost.argmin())
        if cost[at] < best[2]:
            best = (start, int(ends[at]), float(cost[at]), float(apart[at]))
    return best[0], best[1], best[3]


def repeated(stretch: Stretch, start: int, end: int, frames: int) -> Stretch:
    """A stretch that goes through its frames [start, end) again and again until it has so many frames."""
    pieces = [stretch.cut(0, min(end, frames))]
    left = frames - pieces[0].frames
    while left > 0:
        pieces.append(stretch.cut(start, min(end, start + left)))
        left -= end - start
    return replace(joined(pieces), offset=stretch.offset)


def one_round(stretch: Stretch, frames: float) -> Stretch:
    """A stretch that leads into its own beginning, so fast that it begins anew after so many frames.

    Then it faces as it did. It shows one frame more than it lasts, or part of one.
    """
    away = float(np.degrees((stretch.exit[2] + np.pi) % (2 * np.pi) - np.pi))
    straight = with_held_feet(turning_further(stretch, -away), stretch) if abs(away) > 0.05 else stretch
    return retimed(straight, [Warp(stretch.frames / frames)], frames=int(np.ceil(frames - 1e-6)) + 1)
