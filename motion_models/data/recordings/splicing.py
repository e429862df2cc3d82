"""One motion out of two recordings: cut where the poses are most alike, laid on the ground so that they meet.

Motion graphs' way (Kovar et al., SIGGRAPH 2002): two moments fit where all joints and their velocities do
after the best turn and shift on the ground; over a few frames one motion is faded into the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from ...arrays import FloatArray
from ...motion.editing.limbs import with_bones
from ...motion.features import FPS, facing_directions
from ...motion.skeleton import BONE_LENGTHS

#: Frames over which one motion fades into the other, and moments of them that are compared.
FADE = 8
_COMPARED = (0, FADE // 2, FADE - 1)
#: How many seconds of motion a velocity of 1 m/s is worth where poses are compared.
_VELOCITY_WEIGHT = 0.15


@dataclass(frozen=True)
class Cut:
    """Leave the first motion at frame `leave`, enter the second at `enter`; cost: their distance, metres."""

    leave: int
    enter: int
    cost: float


def best_cut(first: FloatArray, second: FloatArray, leaving: range, entering: range) -> Cut | None:
    """Where to go over from `first` (T, 22, 3) to `second`; None where the ranges leave no room to fade."""
    leaving = range(max(leaving.start, 0), min(leaving.stop, len(first) - FADE + 1))
    entering = range(max(entering.start, 0), min(entering.stop, len(second) - FADE + 1))
    if not leaving or not entering:
        return None
    one, other = _described(first), _described(second)
    costs = sum(
        cdist(one[leaving.start + k : leaving.stop + k], other[entering.start + k : entering.stop + k])
        for k in _COMPARED
    ) / (len(_COMPARED) * np.sqrt(22))
    row, column = np.unravel_index(int(np.argmin(costs)), costs.shape)
    return Cut(leaving[int(row)], entering[int(column)], float(costs[row, column]))


def _described(joints: FloatArray) -> FloatArray:
    """(T, 132): joints and weighted velocities as the body itself sees them: about its root, facing +Z."""
    facing = facing_directions(joints.astype(np.float64))
    place = joints - joints[:, :1] * np.array([1.0, 0.0, 1.0])
    velocity = np.gradient(joints, axis=0) * FPS * _VELOCITY_WEIGHT
    both = np.concatenate([place, velocity], axis=1)
    sin, cos = facing[:, None, 0], facing[:, None, 2]
    turned = np.stack(
        [cos * both[..., 0] - sin * both[..., 2], both[..., 1], sin * both[..., 0] + cos * both[..., 2]], -1
    )
    return turned.reshape(len(joints), -1)


def spliced(first: FloatArray, second: FloatArray, cut: Cut) -> FloatArray:
    """`first` up to the cut and `second` from there on, turned and shifted on the ground to go on from it."""
    moved = _laid_onto(
        second[cut.enter :], second[cut.enter : cut.enter + FADE], first[cut.leave : cut.leave + FADE]
    )
    share = (np.arange(FADE) + 0.5) / FADE
    weight = (share**2 * (3 - 2 * share))[:, None, None]
    faded = (1 - weight) * first[cut.leave : cut.leave + FADE] + weight * moved[:FADE]
    # Fading shortens bones a little where limbs point apart.
    return np.concatenate([first[: cut.leave], _with_bones(faded), moved[FADE:]])


def _with_bones(joints: FloatArray) -> FloatArray:
    """Bones of their lengths again, the lowest joint as high as it was."""
    again = with_bones(joints, BONE_LENGTHS[:, None])
    again[..., 1] += (joints[..., 1].min(axis=1) - again[..., 1].min(axis=1))[:, None]
    return again


def _laid_onto(motion: FloatArray, here: FloatArray, there: FloatArray) -> FloatArray:
    """`motion` turned about the vertical and shifted on the ground, as brings `here` nearest to `there`."""
    a, b = (points[..., [0, 2]].reshape(-1, 2) for points in (here, there))
    centre, target = a.mean(axis=0), b.mean(axis=0)
    p, q = a - centre, b - target
    turn = np.arctan2((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum(), (p * q).sum())
    x, z = motion[..., 0] - centre[0], motion[..., 2] - centre[1]
    moved = np.array(motion, dtype=np.float64, copy=True)
    moved[..., 0] = np.cos(turn) * x - np.sin(turn) * z + target[0]
    moved[..., 2] = np.sin(turn) * x + np.cos(turn) * z + target[1]
    return moved
