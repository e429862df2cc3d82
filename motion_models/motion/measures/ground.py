"""How a motion stands on the floor at y = 0, where its file and its viewer have it.

Unlike the heights of `kinematics.py`, which are above a motion's own floor, these are above y = 0.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from ...arrays import FloatArray
from .kinematics import FEET

#: A level motion is off the floor when its lowest foot joint is higher than this in the first frame ...
FIRST_METRES = 0.08
#: ... or this high in the median frame.
MEDIAN_METRES = 0.07


def feet_heights(joints: FloatArray) -> FloatArray:
    """Height of the lowest ankle or toe over y = 0, metres; (T,)."""
    return joints[:, FEET, 1].min(axis=1)


def first_height(joints: FloatArray) -> float:
    """Height of the lowest ankle or toe in the first frame, metres."""
    return float(feet_heights(joints)[0])


def median_height(joints: FloatArray) -> float:
    """Height of the lowest ankle or toe in the median frame, metres."""
    return float(np.median(feet_heights(joints)))


def off_floor(joints: FloatArray, *, jumping: bool = False) -> float:
    """By how many metres a motion is off the floor: 0 within the bounds. jumping: only its first frame."""
    over = first_height(joints) - FIRST_METRES
    return max(0.0, over if jumping else max(over, median_height(joints) - MEDIAN_METRES))


def ground_line(joints: FloatArray, seconds: float = 1.0) -> FloatArray:
    """The floor under a motion as it drifts: the lowest foot within `seconds` around, smoothed; (T,)."""
    frames = max(3, round(20 * seconds) | 1)
    lowest = minimum_filter1d(feet_heights(joints), frames, mode="nearest")
    return gaussian_filter1d(lowest, frames / 4, mode="nearest")
