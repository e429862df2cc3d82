"""Foot skating ratio of GMD (Karunratanakul et al., ICCV 2023) and OmniControl (Xie et al., ICLR 2024).

A foot skates in a frame when its ball is lower than 5 cm there and in the next frame, moves over the ground
faster than 2.5 cm a frame (0.5 m/s at 20 fps) and does so on average over 5 frames, frames outside the motion
counting as still.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from .....motion_models.arrays import FloatArray
from .....motion_models.motion.continuity import SLIDING_HEIGHT, SLIDING_SPEED, TOES
from .....motion_models.motion.features import FPS

STEADY_FRAMES = 5


def skating(joints: FloatArray, floor: float = 0.0) -> npt.NDArray[np.bool_]:
    """Joints (T, 22, 3) in metres at 20 fps -> whether either foot skates, (T - 1,). floor: its height."""
    feet = np.asarray(joints, dtype=np.float64)[:, TOES]
    low = feet[..., 1] < floor + SLIDING_HEIGHT
    speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
    steady = uniform_filter1d(speed, STEADY_FRAMES, axis=0, mode="constant")
    return (low[1:] & low[:-1] & (speed > SLIDING_SPEED) & (steady > SLIDING_SPEED)).any(axis=-1)
