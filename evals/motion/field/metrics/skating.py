"""Foot skating ratio, as `motion_models/motion/measures/skating.py` defines skating."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .....motion_models.arrays import FloatArray
from .....motion_models.motion.measures.skating import skates


def skating(joints: FloatArray, floor: float = 0.0) -> npt.NDArray[np.bool_]:
    """Joints (T, 22, 3) in metres at 20 fps -> whether either foot skates, (T - 1,). floor: its height."""
    left, right = skates(joints, floor).T
    return left | right
