"""A motion led through what is told of moments: where its root is then, which way it faces, how it stands.

`led_through` changes the way of a stretch, so that steps still carry it. `at_waypoints` and `through_poses`
make up on a rig for the little that is left, so that what is told is kept to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ...errors import InvalidMotionError
from ..features import FPS
from ..rig import RIG, RigMotion
from ..skeleton import JOINT
from .planting import with_held_feet
from .shapes import SHORTEST_WAY, directed, lengths, way
from .stretch import MARGIN, Place, Stretch, compose, inverse, placed

Values = npt.NDArray[np.float64]
#: Strides may become so many times as long, or as short; and nobody goes faster (metres a second).
MOST_STRIDE, FASTEST = 3.0, 12.0
#: Between waypoints of which it comes no further than this by itself (metres), it goes evenly.
_STANDS = 0.02
#: Within so many seconds a motion bends into a pose, and out of it.
BLENDING = 0.5


@dataclass(frozen=True, eq=False)
class Waypoints:
    """What is told of a root. times: (K,) ascending, in frames.

    points: (K, 2), x and z in metres. headings: (K,) radians, 0 faces +Z, positive to the left. Either is NaN
    where it is free.
    """

    times: Values
    points: Values
    headings: Values

    @property
    def placed(self) -> npt.NDArray[np.bool_]:
        return np.asarray(np.isfinite(self.points).all(axis=1))

    @property
    def facing(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.headings)

    def at_rate(self, factor: float) -> Waypoints:
        """The same moments on a clock with `factor` times as many frames."""
        return replace(self, times=self.times * factor)


def led_through(stretch: Stretch, told: Waypoints) -> tuple[Stretch, float]:
    """A stretch that passes its waypoints when they say, and how many times as long its strides are.

    Between two waypoints it keeps its pace and its sway; before the first and after the last it goes on as it
    did by itself. Standing feet are held. Raises InvalidMotionError where it goes nowhere, or not nearly as
    far as the waypoints want.
    """
    times, points = told.times[told.placed] + MARGIN, told.points[told.placed]
    roots, stride = stretch.roots, 1.0
    if len(times) > 1:
        roots, stride = _along(roots, times, points)
    else:
        roots = _as_a_whole(stretch, told)
    roots = _facing(stretch, roots, told.times[told.facing] + MARGIN, told.headings[told.facing])
    if len(times):
        roots = roots + np.pad(
            _spread(points - _rows_at(roots, times)[:, :2], times, len(roots)), [(0, 0), (0, 1)]
        )
        roots = _going_on(stretch.roots, roots, *np.clip(times[[0, -1]], 0, len(roots) - 1))
    laid = replace(stretch, joints=placed(roots, stretch.poses), roots=roots)
    return with_held_feet(laid, stretch), stride


def at_waypoints(rig: RigMotion, told: Waypoints) -> RigMotion:
    """A rig that is nearly there, moved and turned as a whole in each frame, so that it is there."""
    rotations, root = np.array(rig.rotations), np.array(rig.root)
    times = told.times[told.facing]
    if len(times):
        off = _nearest_turns(told.headings[told.facing] - _rows_at(facing_of(rig)[:, None], times)[:, 0])
        turns = Rotation.from_rotvec(
            np.outer(_spread(off[:, None], times, rig.frames)[:, 0], [0.0, 1.0, 0.0])
        )
        rotations[:, 0] = (turns * Rotation.from_quat(rotations[:, 0])).as_quat()
    times = told.times[told.placed]
    if len(times):
        off = told.points[told.placed] - _rows_at(root, times)[:, [0, 2]]
        root[:, [0, 2]] += _spread(off, times, rig.frames)
    return RigMotion(rig.offsets, rotations, root)


def through_poses(
    rig: RigMotion, frames: npt.NDArray[np.int64], poses: FloatArray, heights: FloatArray, fps: float
) -> RigMotion:
    """A rig that stands in a pose in each of some frames, and bends into it and out of it within `BLENDING`.

    frames: (K,) ascending. poses: (K, 25, 4) local quaternions. heights: (K,) of the root in metres, NaN
    where free. Poses that follow each other sooner lead from one into the next.
    """
    from scipy.interpolate import PchipInterpolator

    own = Rotation.from_quat(rig.rotations[frames].reshape(-1, 4))
    wanted = Rotation.from_quat(np.asarray(poses).reshape(-1, 4))
    bends = (own.inv() * wanted).as_rotvec().reshape(len(frames), -1)
    rises = np.where(np.isnan(heights), 0.0, heights - rig.root[frames, 1])
    blend = max(1.0, BLENDING * fps)
    knots = {
        float(frame): np.append(bend, rise) for frame, bend, rise in zip(frames, bends, rises, strict=True)
    }
    nothing = np.zeros(bends.shape[1] + 1)
    ends = [-np.inf, *map(float, frames), np.inf]
    for before, at, after in zip(ends[:-2], ends[1:-1], ends[2:], strict=True):
        if at - before > 2 * blend:
            knots |= {at - blend: nothing, at - 1.5 * blend: nothing}
        if after - at > 2 * blend:
            knots |= {at + blend: nothing, at + 1.5 * blend: nothing}
    moments = sorted(knots)
    changes = PchipInterpolator(moments, [knots[moment] for moment in moments])(
        np.clip(np.arange(rig.frames), moments[0], moments[-1])
    )
    turned = Rotation.from_quat(rig.rotations.reshape(-1, 4)) * Rotation.from_rotvec(
        changes[:, :-1].reshape(-1, 3)
    )
    root = rig.root + changes[:, -1:] * [0.0, 1.0, 0.0]
    return RigMotion(rig.offsets, turned.as_quat().reshape(rig.rotations.shape), root)


def facing_of(rig: RigMotion) -> Values:
    """Which way the pelvis of a rig faces, (T,) radians: 0 is +Z, positive to the left."""
    ahead = Rotation.from_quat(rig.rotations[:, RIG["pelvis"]]).apply([0.0, 0.0, 1.0])
    return np.unwrap(np.arctan2(ahead[:, 0], ahead[:, 2]))


def _along(roots: Place, times: Values, points: Values) -> tuple[Place, float]:
    """The places (R, 3) of a root that is at some points at some rows, and how its strides change."""
    own = way(roots)
    gone = lengths(own)
    at = _rows_at(gone[:, None], times)[:, 0]
    goal, far = lengths(points), at[-1] - at[0]
    pace = np.diff(goal) / np.diff(times) * FPS
    if pace.max() > FASTEST:
        raise InvalidMotionError(
            f"the path asks for {pace.max():.0f} m/s, and nobody goes over {FASTEST:g} m/s"
        )
    stride = max(goal[-1], 1e-3) / max(far, 1e-3)
    if max(goal[-1], far) > SHORTEST_WAY and not 1 / MOST_STRIDE <= stride <= MOST_STRIDE:
        raise InvalidMotionError(
            f"the path is {goal[-1]:.2f} m long, and what it does goes {far:.2f} m in that time"
        )
    rows = np.clip(np.arange(float(len(roots))), times[0], times[-1])
    leg = np.clip(np.searchsorted(times, rows, side="right") - 1, 0, len(times) - 2)
    stepped, spent = np.diff(at)[leg], (rows - times[leg]) / np.diff(times)[leg]
    own_share = (_rows_at(gone[:, None], rows)[:, 0] - at[leg]) / np.maximum(stepped, _STANDS)
    share = np.where(stepped > _STANDS, own_share, spent)
    travelled = goal[leg] + share * np.diff(goal)[leg]
    if goal[-1] < _STANDS:
        return np.column_stack([points[0] + roots[:, :2] - own, roots[:, 2]]), 1.0
    return compose(_on_curve(points, goal, travelled), compose(inverse(directed(own)), roots)), stride


def _on_curve(points: Values, goal: Values, travelled: Values) -> Place:
    """The places (R, 3) on a smooth curve through points, so many metres from its start."""
    from scipy.interpolate import CubicHermiteSpline

    kept = np.concatenate([[True], np.diff(goal) > 1e-6])
    goal, points = goal[kept], points[kept]
    slopes = (
        np.gradient(points, goal, axis=0) if len(goal) > 2 else np.diff(points, axis=0)[[0, 0]] / goal[-1]
    )
    curve = CubicHermiteSpline(goal, points, slopes)
    leads = curve(travelled, 1)
    return np.column_stack([curve(travelled), np.unwrap(np.arctan2(leads[:, 0], leads[:, 1]))])


def _as_a_whole(stretch: Stretch, told: Waypoints) -> Place:
    """The places of a root that is turned and moved as one, to its first heading and its only point."""
    roots = stretch.roots
    if told.facing.any():
        first = int(np.flatnonzero(told.facing)[0])
        now = _rows_at(_hips(stretch, roots)[:, None], told.times[[first]] + MARGIN)[0, 0]
        roots = compose(np.array([0.0, 0.0, told.headings[first] - now]), roots)
    if told.placed.any():
        [point], [time] = told.points[told.placed], told.times[told.placed] + MARGIN
        roots = roots + np.append(point - _rows_at(roots, np.array([time]))[0, :2], 0.0)
    return roots


def _facing(stretch: Stretch, roots: Place, times: Values, headings: Values) -> Place:
    """The places with headings that are met where they are told, and lead from one to the next."""
    if not len(times):
        return roots
    off = _nearest_turns(headings - _rows_at(_hips(stretch, roots)[:, None], times)[:, 0])
    return roots + np.pad(_spread(off[:, None], times, len(roots)), [(0, 0), (2, 0)])


def _hips(stretch: Stretch, roots: Place) -> Values:
    """Which way the hips face on other places of the root, (R,) radians."""
    across = stretch.poses[:, JOINT["left_hip"]] - stretch.poses[:, JOINT["right_hip"]]
    return np.unwrap(np.arctan2(-across[:, 2], across[:, 0])) + roots[:, 2]


def _going_on(own: Place, led: Place, first: float, last: float) -> Place:
    """Places that are led from row `first` to row `last`, and go on from there as they did by themselves."""
    rows, result = np.arange(len(led)), np.array(led)
    for at, outside in ((first, rows < first), (last, rows > last)):
        here, there = (_rows_at(places, np.array([at]))[0] for places in (led, own))
        result[outside] = compose(here, compose(inverse(there), own[outside]))
    return result


def _rows_at(values: FloatArray, times: Values) -> Values:
    """Rows (T, D) read at times between them, (K, D)."""
    rows = np.arange(len(values))
    return np.stack([np.interp(times, rows, column) for column in np.asarray(values).T], axis=1)


def _spread(offsets: Values, times: Values, frames: int) -> Values:
    """Offsets (K, D) at some times as offsets of all frames (T, D): those between are between."""
    return np.stack([np.interp(np.arange(frames), times, column) for column in offsets.T], axis=1)


def _nearest_turns(angles: Values) -> Values:
    """The smallest of equal angles for the first, and for each other the one nearest to that before."""
    return np.unwrap(np.concatenate([[0.0], angles]))[1:]
