"""How smoothly one motion goes over into the next.

Transition distance: TEACH (Athanasiou et al., 3DV 2022). Peak and area of the jerk: after FlowMDM (Barquero
et al., CVPR 2024), but of one seam; FlowMDM first averages the jerk of all transitions frame by frame
(`metrics.transition_jerk`) and counts both sides of the mean. A single seam that is calmer than the mean has
no fault, so here the area is of what lies above. Joints: (T, 22, 3) in metres, features: (T, 263), both at
20 frames a second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ....motion_models.arrays import FloatArray
from ....motion_models.motion.continuity import jerk, local_steps

#: Half the stretch around a seam in which jerk is looked at, in frames (0.75 s).
REACH = 15


class Seam(NamedTuple):
    """transition: cm. peak: metres a frame^3. area: what lies above the mean, summed over frames."""

    transition: float
    peak: float
    area: float


def transition_distance(features: FloatArray, seam: int) -> float:
    """Mean displacement of the joints, relative to the body, from the frame before `seam` to it: cm."""
    return 100 * float(local_steps(features[seam - 1 : seam + 1])[0])


def measure_seam(features: FloatArray, joints: FloatArray, seam: int, mean_jerk: float = 0.0) -> Seam:
    """The seam before frame `seam`. mean_jerk: of motion without seams; the area counts what lies above."""
    near = jerk(joints[max(0, seam - REACH) : seam + REACH])
    area = float(np.maximum(near - mean_jerk, 0).sum())
    return Seam(transition_distance(features, seam), float(near.max()), area)
