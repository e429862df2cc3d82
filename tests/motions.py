"""Motions with known answers, made from a synthetic standing person (22 joints, 20 fps, facing +Z)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from helpers import walking
from motion_agent.motion_models.motion.skeleton import JOINT

Joints = npt.NDArray[np.floating]


def standing(frames: int = 60) -> Joints:
    """One upright pose, held; arms hanging, lowest point on y = 0."""
    return np.repeat(walking(1), frames, axis=0).astype(np.float64)


def ramp(frames: int, end: float) -> npt.NDArray[np.floating]:
    """From 0 to `end`, resting for half a second at either end."""
    return end * np.clip((np.arange(frames) - 10) / (frames - 21), 0.0, 1.0)


def bump(frames: int, first: int, last: int, height: float) -> npt.NDArray[np.floating]:
    """`height` from frame `first` to before `last`, 0 elsewhere."""
    return np.where((np.arange(frames) >= first) & (np.arange(frames) < last), height, 0.0)


def shifted(joints: Joints, *, x: object = 0.0, y: object = 0.0, z: object = 0.0) -> Joints:
    """The whole body moved by x, y, z metres, each a number or one value per frame."""
    offsets = np.stack([np.broadcast_to(np.asarray(v, dtype=float), len(joints)) for v in (x, y, z)], axis=-1)
    return joints + offsets[:, None]


def turned(joints: Joints, degrees: npt.NDArray[np.floating]) -> Joints:
    """The body turned about the vertical through its pelvis, to its left for positive degrees."""
    angle = np.radians(degrees)[:, None]
    centre = joints[:, :1] * [1, 0, 1]
    x, y, z = np.moveaxis(joints - centre, -1, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1) + centre


def with_joint(joints: Joints, name: str, *, x: object = 0.0, y: object = 0.0, z: object = 0.0) -> Joints:
    """One joint moved away from where it is; bone lengths are not kept."""
    moved = joints.copy()
    moved[:, [JOINT[name]]] = shifted(joints[:, [JOINT[name]]], x=x, y=y, z=z)
    return moved
