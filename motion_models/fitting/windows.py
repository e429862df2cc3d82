"""Cutting and repeating: the stretch of a motion that holds so many occurrences, or goes so far.

Everything is in tokens (four frames), so that what is cut keeps its tokens. A fit names the tokens of the
motion that make up the new one, in order, and where one occurrence ends and the next begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrays import FloatArray
from ..english.demands import Count, Demands
from ..motion.features import FPS, FRAMES_PER_TOKEN
from ..motion.measures.events import Span, events, numbers
from ..motion.measures.ground import FIRST_METRES, feet_heights
from ..motion.measures.kinematics import net_metres, path_metres, root_path
from ..motion.measures.limbs import body_frame
from .lengths import LONGEST_SECONDS

#: The shortest motion that is left, in tokens.
LEAST_TOKENS = 3
#: What happens in the air begins on the floor.
AIRBORNE = ("jump", "hop", "jumping jack")
#: What hands and heads do in the middle of a motion that begins and ends without it.
GESTURES = ("wave", "clap", "nod", "arm raise")
#: A cut lies so many tokens around the place that was looked for.
NEAR = (0, 1, -1, 2, -2)


@dataclass(frozen=True)
class Fit:
    """Tokens of a motion, by number and in order; divisions: where one occurrence follows another."""

    tokens: tuple[int, ...]
    divisions: tuple[int, ...] = ()

    @classmethod
    def of(cls, first: int, last: int, divisions: tuple[int, ...] = ()) -> Fit:
        return cls(tuple(range(first, last)), divisions)


def fit(demands: Demands, joints: FloatArray, *, cut: bool) -> Fit:
    """What of a motion, joints (4N, 22, 3), keeps its demands best; all of it where nothing is to be cut.

    cut: whether its length may change.
    """
    whole = Fit.of(0, len(joints) // FRAMES_PER_TOKEN)
    if not cut:
        return whole
    if demands.count is not None:
        return counted(joints, demands.count) or whole
    if demands.metres is not None:
        return Fit.of(0, reaching(joints, demands.metres, along=demands.bends))
    if demands.floor == "jump":
        return Fit.of(_landed(joints), len(whole.tokens))
    return whole


def reaching(joints: FloatArray, metres: float, *, along: bool = False) -> int:
    """How many tokens to keep to get `metres` far: all of them where the motion does not get there."""
    path = root_path(joints)
    gone = np.linalg.norm(path - path[0], axis=1)
    if along:
        gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    there = np.flatnonzero(gone >= metres)
    whole = len(joints) // FRAMES_PER_TOKEN
    if not len(there):
        return whole
    near = int(there[0]) // FRAMES_PER_TOKEN
    ends = [n for n in (near, near + 1, near + 2) if LEAST_TOKENS <= n <= whole] or [whole]
    measure = path_metres if along else net_metres
    return min(ends, key=lambda n: abs(measure(joints[: n * FRAMES_PER_TOKEN]) - metres))


def counted(joints: FloatArray, count: Count) -> Fit | None:
    """The part of a motion in which something happens as often as asked, one occurrence repeated if need be.

    None where it does not happen at all, or no cut gives that number.
    """
    times, length = count.times, len(joints) // FRAMES_PER_TOKEN
    start = _landed(joints) if count.event in AIRBORNE else 0
    spans = events(joints, count.event, count.side)
    spans = [span for span in spans if span[0] > start * FRAMES_PER_TOKEN or not start]
    if not spans:
        return None
    edges = _edges(spans, start, length)
    if len(spans) < times:
        return _repeated(joints, edges, times, spans)
    if count.event in GESTURES:
        return _shortened(joints, count, edges)
    for first in range(len(spans) - times + 1):
        found = _verified(joints, count, edges[first : first + times + 1])
        if found is not None:
            return found
    return None


def _edges(spans: list[Span], start: int, length: int) -> list[int]:
    """Tokens between one occurrence and the next, and the ends of what there is; one more than spans."""
    middles = [round((before[1] + after[0]) / 2 / FRAMES_PER_TOKEN) for before, after in pairwise(spans)]
    return [
        start,
        *np.clip(np.maximum.accumulate(middles or [0]), start, length).tolist()[: len(middles)],
        length,
    ]


def _verified(joints: FloatArray, count: Count, edges: list[int]) -> Fit | None:
    """The stretch between the outer edges, moved by a token or two until it holds the number asked for.

    One in which nobody counts another number comes before one in which somebody might.
    """
    length, unclear = len(joints) // FRAMES_PER_TOKEN, None
    for late in NEAR:
        for early in (0, 1, -1) if edges[0] else (0,):
            first, last = edges[0] + early, edges[-1] + (late if edges[-1] < length else min(late, 0))
            if first < 0 or last > length or last - first < LEAST_TOKENS:
                continue
            stretch = joints[first * FRAMES_PER_TOKEN : last * FRAMES_PER_TOKEN]
            if len(events(stretch, count.event, count.side)) == count.times:
                inner = tuple(edge - first for edge in edges[1:-1] if first < edge < last)
                found = Fit.of(first, last, inner)
                if numbers(stretch, count.event, count.side) == (count.times, count.times):
                    return found
                unclear = unclear or found
    return unclear


def _repeated(joints: FloatArray, edges: list[int], times: int, spans: list[Span]) -> Fit | None:
    """The motion with one occurrence repeated in its place: the one whose end is most like its beginning.

    It is repeated less often where the motion would last longer than motions may.
    Where there is only one, what is before and after it is not repeated with it.
    """
    cycles = [(a, b) for a, b in pairwise(edges) if b - a >= 2]
    if len(spans) == 1:
        cycles = _around(spans[0], edges[0], edges[-1]) or cycles
    if not cycles:
        return None
    poses = body_frame(joints)
    heights = joints[:, 0, 1]

    def gap(cycle: tuple[int, int]) -> float:
        first, last = cycle[0] * FRAMES_PER_TOKEN, min(len(poses), cycle[1] * FRAMES_PER_TOKEN) - 1
        apart = np.linalg.norm(poses[last] - poses[first], axis=-1).mean()
        return float(apart + abs(heights[last] - heights[first]))

    first, last = min(cycles, key=gap)
    length, start = len(joints) // FRAMES_PER_TOKEN, edges[0]
    room = (round(LONGEST_SECONDS * FPS) // FRAMES_PER_TOKEN - length) // (last - first)
    more = max(0, min(times - (len(edges) - 1), room))
    tokens = [*range(start, last), *(list(range(first, last)) * more), *range(last, length)]
    step = last - first
    inner = [edge for edge in edges[1:-1] if edge < last]
    inner += [last + step * n for n in range(more)]
    inner += [edge + step * more for edge in edges[1:-1] if edge >= last][: max(0, times - 1 - len(inner))]
    offsets = {edge - start for edge in inner if 0 < edge - start < len(tokens)}
    return Fit(tuple(tokens), tuple(sorted(offsets)))


def _around(span: Span, start: int, end: int) -> list[tuple[int, int]]:
    """Tokens from shortly before one occurrence to shortly after it."""
    first, last = span[0] // FRAMES_PER_TOKEN, -(-span[1] // FRAMES_PER_TOKEN)
    return [
        (a, b)
        for a in range(max(start, first - 2), first + 1)
        for b in range(last, min(end, last + 2) + 1)
        if b - a >= 2
    ]


def _shortened(joints: FloatArray, count: Count, edges: list[int]) -> Fit | None:
    """The motion without some of its occurrences, from its beginning to its end: hands go up and come down.

    What is left out begins and ends in poses that are alike. None where nothing holds the number asked for.
    """
    over, length = len(edges) - 1 - count.times, len(joints) // FRAMES_PER_TOKEN
    if not over:
        return Fit.of(0, length)
    poses = body_frame(joints)
    gaps = [
        (
            float(np.linalg.norm(poses[b * FRAMES_PER_TOKEN] - poses[a * FRAMES_PER_TOKEN], axis=-1).mean()),
            a,
            b,
        )
        for edge in range(1, len(edges) - 1 - over)
        for a in (edges[edge] + off for off in (0, 1, -1))
        for b in (edges[edge + over] + off for off in (0, 1, -1))
        if 0 < a < b < length
    ]
    for _, first, last in sorted(gaps):
        tokens = (*range(first), *range(last, length))
        stretch = np.concatenate([joints[n * FRAMES_PER_TOKEN : (n + 1) * FRAMES_PER_TOKEN] for n in tokens])
        if len(events(stretch, count.event, count.side)) == count.times:
            return Fit(tokens)
    return None


def _landed(joints: FloatArray) -> int:
    """The first token that begins on the floor of the motion: nobody falls from the sky."""
    heights = feet_heights(joints)
    low = heights - np.percentile(heights, 5) < FIRST_METRES / 2
    starts = [n for n in range(len(joints) // FRAMES_PER_TOKEN - LEAST_TOKENS) if low[n * FRAMES_PER_TOKEN]]
    return starts[0] if starts else 0
