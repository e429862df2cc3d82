"""The floor under a motion: where it is, and how somebody who drifts off it is led along it at y = 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import FloatArray
from ..measures.ground import feet_heights, ground_line
from ..measures.kinematics import pelvis_heights
from .stretch import MARGIN, Stretch

#: A floor that changes by more than this (metres) drifts.
DRIFT = 0.03
#: Whoever never comes lower with the pelvis (metres) is upright all the time.
UPRIGHT = 0.55
#: Where the floor is: no more than this share of the frames (percent) are lower; of jumps, which fly, fewer.
LOWEST, LOWEST_OF_JUMPS = 10, 5
#: In the median frame the lowest foot joint is no higher than this over the floor, metres.
MOSTLY = 0.045


def led_along_floor(stretch: Stretch) -> Stretch:
    """A stretch lowered, frame by frame and slowly, to a floor at y = 0."""
    rows = np.pad(ground_line(stretch.shown), MARGIN, mode="edge")
    return replace(stretch, joints=stretch.joints - rows[:, None, None] * [0.0, 1.0, 0.0])


def drifts(joints: FloatArray) -> bool:
    """Whether somebody who is upright all the time leaves the level on which the motion began."""
    return bool(pelvis_heights(joints).min() > UPRIGHT and np.ptp(ground_line(joints)) > DRIFT)


def floor_of(joints: FloatArray, *, jumping: bool = False) -> float:
    """The height of the floor that a motion (T, 22, 3) as a whole stands on, metres.

    Where a jittery motion hardly ever comes down to it, the floor is nearer to where its feet mostly are.
    """
    heights = feet_heights(joints)
    if jumping:
        return float(np.percentile(heights, LOWEST_OF_JUMPS))
    return float(max(np.percentile(heights, LOWEST), np.median(heights) - MOSTLY))
