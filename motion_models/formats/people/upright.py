"""Which axis of a file points up, told by what people do: they stand on feet that stay on one floor.

A rest pose alone does not tell: suits record a world with Z up on a skeleton whose bones have Y up, and
scenes are turned at the root. Lying people and turned files look alike in any one frame, but not over time:
under a person the lowest joint keeps its height, mostly near zero, and it is a foot. The weights were set
on 714 recordings of walks, dances, sports, falls and floor work, each also turned on its side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ...motion.skeleton import JOINT, directions, rotation_between
from ..files.options import UP_AXES

#: In the order of `UP_AXES`.
_AXES = np.concatenate([np.eye(3), -np.eye(3)])
_FEET = [JOINT[name] for name in ("left_ankle", "right_ankle", "left_foot", "right_foot")]
#: Frames that are looked at.
_LOOKED_AT = 400
#: Files have Y up, or Z; the others are rare.
_PRIOR = np.array([-0.5, 0.3, 0.2, -0.5, 0.0, 0.0])
#: What the axis of the rest pose, or of the format, counts.
_EXPECTED = 1.0
#: A decision by less than this is told.
_CLOSE = 0.8
_UPRIGHT_COSINE = 0.9


@dataclass(frozen=True)
class Upright:
    """The axis that points up, and whether that was clear."""

    axis: str
    doubt: str | None = None

    @property
    def turn(self) -> Rotation:
        """The rotation that brings the axis to +Y."""
        up = _AXES[UP_AXES.index(self.axis)]
        return rotation_between(up[None], np.array([[0.0, 1.0, 0.0]]))[0]


def upright(joints: FloatArray, expected: str | None = None, asked: str | None = None) -> Upright:
    """Tell the axis that points up in joints (T, 22, 3).

    expected: the axis that the rest pose or the format has up, which counts as some evidence.
    """
    if asked is not None:
        return Upright(asked)
    seen = joints[:: max(1, len(joints) // _LOOKED_AT)].astype(np.float64)
    scores = _scores(seen) + _PRIOR
    if expected:
        scores[UP_AXES.index(expected)] += _EXPECTED
    first, second = (int(axis) for axis in np.argsort(-scores)[:2])
    axis, other = UP_AXES[first], UP_AXES[second]
    if scores[first] - scores[second] < _CLOSE:
        return Upright(
            axis, f"which way is up was hard to tell: {axis} was taken, --up {other} takes the other"
        )
    if expected and expected != axis:
        return Upright(
            axis, f"its motion has {axis} up, and not {expected} as its rest pose or format: see --up"
        )
    return Upright(axis)


def rest_axis(rest: FloatArray | None) -> str | None:
    """The axis along which a rest pose (22, 3) stands; None where it stands along none."""
    if rest is None:
        return None
    feet = (rest[JOINT["left_ankle"]] + rest[JOINT["right_ankle"]]) / 2
    along = directions((rest[JOINT["head"]] - feet)[None])[0] @ _AXES.T
    return UP_AXES[int(along.argmax())] if along.max() > _UPRIGHT_COSINE else None


def _scores(joints: FloatArray) -> FloatArray:
    """How well each axis (6,) fits a person on a floor."""
    feet = (joints[:, JOINT["left_ankle"]] + joints[:, JOINT["right_ankle"]]) / 2
    body = directions(joints[:, JOINT["head"]] - feet) @ _AXES.T
    trunk = directions(joints[:, JOINT["neck"]] - joints[:, JOINT["pelvis"]]) @ _AXES.T
    heights = joints @ _AXES.T / leg_length(joints)
    lowest = heights.min(axis=1)
    low, high = np.percentile(lowest, 10, axis=0), np.percentile(lowest, 90, axis=0)
    on_feet = np.isin(heights.argmin(axis=1), _FEET).mean(axis=0)
    over_feet = body.mean(axis=0) + 0.5 * (body > _UPRIGHT_COSINE).mean(axis=0) + 0.5 * trunk.mean(axis=0)
    return over_feet + on_feet - 2 * np.minimum(high - low, 1) - 3 * np.minimum(np.abs(low), 1)


def leg_length(joints: FloatArray) -> float:
    """Thigh and shin of the left leg together, the median over time, of joints (T, 22, 3)."""
    hip, knee, ankle = (joints[:, JOINT[f"left_{name}"]] for name in ("hip", "knee", "ankle"))
    lengths = np.linalg.norm(knee - hip, axis=-1) + np.linalg.norm(ankle - knee, axis=-1)
    return max(float(np.median(lengths)), 1e-9)
