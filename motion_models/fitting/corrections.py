"""Small corrections on frames: what choosing and cutting left over of a demand.

Each takes and gives joints (T, 22, 3), metres, Y up. A turn is spread over the turning, a path is scaled as a
whole, and the floor is brought to y = 0 slowly, so that nothing jumps.
"""

from __future__ import annotations

import numpy as np

from ..arrays import FloatArray
from ..motion.measures.ground import feet_heights, ground_line
from ..motion.measures.kinematics import heading, pelvis_heights

#: Who turns less than this (radians) in all has no turning that a correction could be spread over.
STILL = 0.1


def turned(joints: FloatArray, degrees: float) -> FloatArray:
    """The motion turned by so many degrees more by its end (left positive), where it is turning anyway."""
    yaw = heading(joints)
    direction = np.sign(yaw[-1] - yaw[0]) or 1.0
    pace = np.maximum(direction * np.diff(yaw), 0.0)
    if pace.sum() < STILL:
        pace = np.ones(len(joints) - 1)
    share = np.concatenate([[0.0], np.cumsum(pace) / pace.sum()])
    return bent(joints, np.radians(degrees) * share)


def bent(joints: FloatArray, angles: FloatArray) -> FloatArray:
    """Every frame turned by its angle (T,), radians to the left, and the path bent along with it."""
    cos, sin = np.cos(angles), np.sin(angles)
    root = joints[:, 0]
    steps = np.diff(root[:, [0, 2]], axis=0)
    x, z = steps.T
    moved = np.stack([cos[:-1] * x + sin[:-1] * z, cos[:-1] * z - sin[:-1] * x], axis=1)
    path = root[0, [0, 2]] + np.concatenate([np.zeros((1, 2)), np.cumsum(moved, axis=0)])
    local = joints - root[:, None] * [1, 0, 1]
    out = np.array(joints, dtype=np.float64)
    out[..., 0] = cos[:, None] * local[..., 0] + sin[:, None] * local[..., 2] + path[:, :1]
    out[..., 2] = cos[:, None] * local[..., 2] - sin[:, None] * local[..., 0] + path[:, 1:]
    return out


def stretched(joints: FloatArray, factor: float) -> FloatArray:
    """The path over the floor made `factor` times as long; poses and heights stay."""
    root = joints[:, 0] * [1, 0, 1]
    return joints + ((root - root[:1]) * (factor - 1))[:, None]


def grounded(joints: FloatArray, *, jumping: bool = False) -> FloatArray:
    """The motion with the floor it stands on at y = 0.

    Somebody upright who never jumps is led down along the floor as it drifts; all else moves as a whole, so
    that flights and lying keep their shape.
    """
    upright = float(pelvis_heights(joints).min()) > 0.55
    if not jumping and upright:
        line = ground_line(joints)
        if np.ptp(line) > 0.03:
            return joints - line[:, None, None] * [0, 1, 0]
    heights = feet_heights(joints)
    low = np.percentile(heights, 5 if jumping else 10)
    return joints - np.array([0.0, low, 0.0])
