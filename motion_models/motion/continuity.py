"""How smoothly a motion goes on: parts are joined by these measures, and evaluations report them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arrays import FloatArray
from .features import FPS, LOCAL_POSITIONS
from .skeleton import JOINT

TOES = (JOINT["left_foot"], JOINT["right_foot"])
#: A toe this low (metres above the floor) in two frames and faster than this (metres a second) slides.
SLIDING_HEIGHT, SLIDING_SPEED = 0.05, 0.5


def jerk(joints: FloatArray) -> FloatArray:
    """Third difference of joints (T, J, 3), L1 over xyz, its maximum over joints; metres a frame^3, (T - 3,).

    As FlowMDM measures transitions (Barquero et al., CVPR 2024).
    """
    third = np.diff(np.asarray(joints, dtype=np.float64), n=3, axis=0)
    return np.abs(third).sum(axis=-1).max(axis=-1)


def local_steps(features: FloatArray) -> FloatArray:
    """Mean distance of joints 1-21 between neighbouring frames of features (T, 263), metres; (T - 1,).

    Positions are relative to the root and its facing, as in TEACH's transition distance (3DV 2022).
    """
    local = np.asarray(features, dtype=np.float64)[:, LOCAL_POSITIONS].reshape(len(features), -1, 3)
    return np.linalg.norm(np.diff(local, axis=0), axis=-1).mean(axis=-1)


def sliding(joints: FloatArray, floor: float) -> npt.NDArray[np.bool_]:
    """Whether either toe slides from each frame to the next; (T - 1,). floor: its height in metres."""
    toes = np.asarray(joints, dtype=np.float64)[:, TOES]
    low = toes[..., 1] < floor + SLIDING_HEIGHT
    speed = np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1) * FPS
    return (low[1:] & low[:-1] & (speed > SLIDING_SPEED)).any(axis=-1)
