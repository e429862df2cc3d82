"""Where a motion goes and which way it faces: mirrored, turned, shifted, scaled, laid along a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...arrays import FloatArray
from ...errors import InvalidMotionError
from ..features import FPS
from ..skeleton import mirror_joints
from .stretch import MARGIN, Place, Stretch, compose, inverse, placed, settled

#: Reflection of a place in the plane x = 0.
_MIRRORED: Place = np.array([-1.0, 1.0, -1.0])
#: Frames over which the way of the root is smoothed before its direction is taken (0.3 s).
_SMOOTH = 6
#: Who moves slower than this (metres a second) goes in no direction.
_STANDS = 0.1
#: Who comes no further than this (metres) has no way that could be laid along a path.
SHORTEST_WAY = 0.3
#: How finely a curve is measured: points between two that are given.
_FINE = 64


def mirrored(stretch: Stretch) -> Stretch:
    """Left and right exchanged."""
    return Stretch(mirror_joints(stretch.joints), stretch.roots * _MIRRORED, stretch.offset * _MIRRORED)


def turned(stretch: Stretch, degrees: float) -> Stretch:
    """The whole stretch facing `degrees` further to the left, about where it starts."""
    return replace(stretch, offset=stretch.offset + np.array([0.0, 0.0, np.radians(degrees)]))


def shifted(stretch: Stretch, x: float, z: float) -> Stretch:
    """The whole stretch moved by metres to the left and ahead of where the stretch before leads to."""
    return replace(stretch, offset=stretch.offset + np.array([x, z, 0.0]))


def raised(stretch: Stretch, y: float) -> Stretch:
    """The whole stretch moved upwards by metres."""
    return replace(stretch, joints=stretch.joints + np.array([0.0, y, 0.0]))


def turning_further(stretch: Stretch, degrees: float) -> Stretch:
    """Turn by `degrees` more (to the left) in all, where it turns already; evenly, if nowhere.

    The steps over ground are those of the body, so its path bends with it.
    """
    roots = stretch.roots
    rate = np.abs(np.diff(_smoothed(roots[:, 2:])[:, 0]))
    inside = np.zeros(len(rate))
    inside[stretch.rows] = 1.0
    total = (rate * inside).sum()
    shares = rate * inside / total if total > 1e-3 else inside / stretch.frames
    further = np.radians(degrees) * np.concatenate([[0.0], np.cumsum(shares)])
    steps = compose(inverse(roots[:-1]), roots[1:]) + np.stack([0 * shares, 0 * shares, np.diff(further)], -1)
    return stretch.on_path(along_steps(steps))


def striding(stretch: Stretch, factor: float) -> Stretch:
    """The same poses over `factor` times as much ground."""
    return stretch.on_path(stretch.roots * [factor, factor, 1.0])


def along_steps(steps: Place) -> Place:
    """The path (R, 3) of a stretch by its steps (R - 1, 3), each seen from the place before."""
    roots = np.zeros((len(steps) + 1, 3))
    roots[1:, 2] = np.cumsum(steps[:, 2])
    facing = roots[:-1] * [0.0, 0.0, 1.0]
    roots[1:, :2] = np.cumsum(compose(facing, steps)[:, :2], axis=0)
    return compose(inverse(roots[MARGIN]), roots)


# ---------------------------------------------------------------------- paths


def curve(points: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """A smooth curve (N, 2) from the origin through points (x, z) in metres, evenly fine, by its length.

    Raises InvalidMotionError for points that lie on each other.
    """
    from scipy.interpolate import CubicHermiteSpline

    ends = np.concatenate([np.zeros((1, 2)), np.asarray(points, dtype=np.float64)])
    chords = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    if chords.min() < 1e-3:
        raise InvalidMotionError("two points of the path lie on each other: leave one out")
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(chords))])  # centripetal: without loops at corners
    slopes = np.gradient(ends, knots, axis=0) if len(ends) > 2 else np.diff(ends, axis=0)[[0, 0]] / knots[-1]
    spline = CubicHermiteSpline(knots, ends, slopes)
    fine = spline(np.linspace(0.0, knots[-1], _FINE * len(chords) + 1))
    gone = lengths(fine)
    even = np.linspace(0.0, gone[-1], len(fine))
    return np.stack([np.interp(even, gone, fine[:, axis]) for axis in range(2)], axis=1)


def length_of(line: FloatArray) -> float:
    """How long a line (N, 2) is, in metres."""
    return float(lengths(line)[-1])


def way(roots: Place) -> npt.NDArray[np.float64]:
    """The line (T, 2) along which a root goes, without its sway."""
    return _smoothed(roots[:, :2])


def along(stretch: Stretch, line: FloatArray, first: float, last: float) -> tuple[Stretch, Place]:
    """A stretch that goes along a curve of `curve`, from its share `first` to its share `last`.

    It keeps its pace and its sway, and its facing as seen from the way it goes. The place is where it has to
    start, seen from where the curve does. Raises InvalidMotionError for one that hardly goes anywhere.
    """
    own = way(stretch.roots)
    gone = lengths(own)
    gone -= gone[MARGIN]
    whole = gone[MARGIN + stretch.frames]
    if whole < SHORTEST_WAY:
        raise InvalidMotionError(f"it moves over {whole:.2f} m only: too little to go along a path")
    travelled = first + (last - first) * gone / whole
    before, after = directed(own), _on_line(line, travelled)
    roots = compose(after, compose(inverse(before), stretch.roots))
    return settled(placed(roots, stretch.poses), roots, stretch.offset), roots[MARGIN]


def directed(line: npt.NDArray[np.float64]) -> Place:
    """The places (T, 3) of a line (T, 2): where it is and which way it leads."""
    steps = np.gradient(line, axis=0)
    moving = np.linalg.norm(steps, axis=1) * FPS > _STANDS
    if not moving.any():
        moving[:] = True
    angles = np.unwrap(np.arctan2(steps[moving, 0], steps[moving, 1]))
    frames = np.arange(len(line))
    return np.column_stack([line, np.interp(frames, frames[moving], angles)])


def _on_line(line: FloatArray, shares: npt.NDArray[np.float64]) -> Place:
    """The places (T, 3) on a line (N, 2) of even fineness, at shares of its length."""
    leads = np.gradient(line, axis=0)
    angles = np.unwrap(np.arctan2(leads[:, 0], leads[:, 1]))
    at = np.linspace(0.0, 1.0, len(line))
    return np.stack([np.interp(shares, at, values) for values in (line[:, 0], line[:, 1], angles)], axis=1)


def lengths(line: FloatArray) -> npt.NDArray[np.float64]:
    """How far it is along a line (N, 2) to each of its points, in metres; (N,)."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def _smoothed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values (T, D) smoothed along time; the first and the last stay where they are."""
    from scipy.ndimage import gaussian_filter1d

    count = min(4 * _SMOOTH, len(values) - 1)
    before = 2 * values[:1] - values[count:0:-1]
    after = 2 * values[-1:] - values[-2 : -count - 2 : -1]
    whole = np.concatenate([before, values, after])
    return gaussian_filter1d(whole, _SMOOTH, axis=0, mode="nearest")[count : count + len(values)]
