"""Penetration and float: how deep the body goes into the ground, how high it hovers.

PhysDiff (Yuan et al., ICCV 2023): distance of the body's lowest point from the ground in millimetres, less a
tolerance of 5 mm, 0 where it lies on the other side. PhysDiff takes the lowest vertex of a body mesh; here,
as in CLoSD's evaluation, the lowest joint, which lies inside the foot, so float of real motion is not 0.
"""

from __future__ import annotations

import numpy as np

from .....motion_models.arrays import FloatArray

#: Metres.
TOLERANCE = 0.005


def penetration(joints: FloatArray, floor: float = 0.0) -> FloatArray:
    """Joints (T, J, 3) in metres -> millimetres below the tolerance in each frame, (T,)."""
    return 1000 * np.maximum(-_lowest(joints, floor) - TOLERANCE, 0.0)


def floating(joints: FloatArray, floor: float = 0.0) -> FloatArray:
    """Joints (T, J, 3) in metres -> millimetres above the tolerance in each frame, (T,)."""
    return 1000 * np.maximum(_lowest(joints, floor) - TOLERANCE, 0.0)


def _lowest(joints: FloatArray, floor: float) -> FloatArray:
    return np.asarray(joints, dtype=np.float64)[..., 1].min(axis=1) - floor
