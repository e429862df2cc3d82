"""Peak jerk and area under the jerk of a set of windows, as FlowMDM's tables hold them (CVPR 2024).

The windows are cut around transitions and are equally long. Their jerks are averaged frame by frame; PJ is
the highest value of that curve, AUJ the sum of its distances, above and below, from the mean jerk of real
motion. `continuity.measure_seam` looks at each seam alone and at what lies above: its means do not compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidRequestError
from .....motion_models.motion.continuity import jerk


class TransitionJerk(NamedTuple):
    """curve: (T - 3,) means over windows. peak: PJ. area: AUJ. All metres a frame^3."""

    curve: FloatArray
    peak: float
    area: float


def transition_jerk(windows: FloatArray, mean_jerk: float) -> TransitionJerk:
    """Windows (N, T, 22, 3) in metres at 20 fps. mean_jerk: of the real motion they are held against.

    FlowMDM holds HumanML3D against 0.033031363.
    """
    windows = np.asarray(windows)
    if windows.ndim != 4 or not len(windows) or windows.shape[1] < 4:
        raise InvalidRequestError(f"windows must be (N >= 1, T >= 4, joints, 3), got {windows.shape}")
    curve = np.mean([jerk(window) for window in windows], axis=0)
    return TransitionJerk(curve, float(curve.max()), float(np.abs(curve - mean_jerk).sum()))


def mean_jerk(motions: Iterable[FloatArray]) -> float:
    """Mean jerk over all frames of motions (T, 22, 3): a dataset's. Those of less than 4 frames have none."""
    frames = [jerk(joints) for joints in motions if len(joints) > 3]
    if not frames:
        raise InvalidRequestError("the mean jerk needs at least one motion of 4 frames")
    return float(np.concatenate(frames).mean())
