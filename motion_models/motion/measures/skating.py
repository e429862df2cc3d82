"""Feet that slide while they are planted, frame by frame and in metres.

The foot skating of GMD (Karunratanakul et al., ICCV 2023) and OmniControl (Xie et al., ICLR 2024): a foot
skates in a frame when its ball is lower than 5 cm there and in the next frame, moves over the ground faster
than 2.5 cm a frame (0.5 m/s at 20 fps) and does so on average over 5 frames, frames outside the motion
counting as still.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from ...arrays import FloatArray
from ..continuity import SLIDING_HEIGHT, SLIDING_SPEED, TOES
from ..features import FPS

STEADY_FRAMES = 5


def skates(joints: FloatArray, floor: float = 0.0) -> npt.NDArray[np.bool_]:
    """Joints (T, 22, 3) in metres at 20 fps -> whether each foot skates, left and right; (T - 1, 2).

    floor: its height, metres.
    """
    feet = np.asarray(joints, dtype=np.float64)[:, TOES]
    low = feet[..., 1] < floor + SLIDING_HEIGHT
    speed = _steps(joints) * FPS
    steady = uniform_filter1d(speed, STEADY_FRAMES, axis=0, mode="constant")
    return low[1:] & low[:-1] & (speed > SLIDING_SPEED) & (steady > SLIDING_SPEED)


def slid_metres(joints: FloatArray, floor: float = 0.0) -> float:
    """How far a body slides over the ground on planted feet, metres. floor: its height, metres.

    A foot that swings by passes low, too, so it counts only where every low foot skates: then the least that
    one of them does.
    """
    feet = np.asarray(joints, dtype=np.float64)[:, TOES]
    low = feet[..., 1] < floor + SLIDING_HEIGHT
    planted = low[1:] & low[:-1]
    least = np.where(planted, _steps(joints), np.inf).min(axis=-1)
    sliding = planted.any(axis=-1) & (skates(joints, floor) | ~planted).all(axis=-1)
    return float(least[sliding].sum())


def _steps(joints: FloatArray) -> FloatArray:
    """How far the ball of each foot moves over the ground from frame to frame, metres; (T - 1, 2)."""
    feet = np.asarray(joints, dtype=np.float64)[:, TOES]
    return np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1)
