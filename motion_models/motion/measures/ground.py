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
#: How widely the lowest foot is looked for, one time after another, in frames.
WINDOWS = (21, 13, 9)


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


def ground_line(joints: FloatArray) -> FloatArray:
    """The floor under a motion as it drifts: the lowest foot around each frame, smoothed; (T,).

    What looking a second wide leaves of a steep rise is looked at again, more closely.
    """
    heights = feet_heights(joints)
    line = np.zeros(len(heights))
    for frames in WINDOWS:
        lowest = minimum_filter1d(heights - line, frames, mode="nearest")
        line += gaussian_filter1d(lowest, frames / 4, mode="nearest")
    return line
