"""How physically plausible motion is: skating, penetration, float and jerk of whole motions.

Ours to compare sources of motion by under one floor and one skeleton; each measure and its source stands in
`metrics`. The floor is given, not found: features put it at 0, and a motion that hovers must not lower it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidMotionError
from .....motion_models.motion.continuity import jerk
from ....aggregate import Estimate, bootstrap_mean
from . import floating, penetration, skating


class Physics(NamedTuple):
    """Of one motion. skating: share of frames. penetration, floating: mean millimetres over frames.

    peak_jerk, mean_jerk: metres a frame^3, over the motion's frames, each the jerkiest joint's.
    """

    skating: float
    penetration: float
    floating: float
    peak_jerk: float
    mean_jerk: float


#: Names and units for tables, in the order of the fields.
LABELS = ("skating ratio", "penetration, mm", "float, mm", "peak jerk, m/frame³", "mean jerk, m/frame³")


def measure(joints: FloatArray, floor: float = 0.0) -> Physics:
    """Joints (T, 22, 3) in metres at 20 fps; floor: its height. Raises InvalidMotionError under 4 frames."""
    if len(joints) < 4:
        raise InvalidMotionError(f"jerk needs a motion of at least 4 frames, got {len(joints)}")
    jerks = jerk(joints)
    return Physics(
        skating=float(skating(joints, floor).mean()),
        penetration=float(penetration(joints, floor).mean()),
        floating=float(floating(joints, floor).mean()),
        peak_jerk=float(jerks.max()),
        mean_jerk=float(jerks.mean()),
    )


def summarize(measured: Sequence[Physics], clusters: Sequence[object] | None = None) -> dict[str, Estimate]:
    """Label -> mean over motions with a bootstrap interval; clusters: what motions share, such as a trial."""
    values = np.array(measured, dtype=float).reshape(len(measured), len(LABELS))
    return {
        label: bootstrap_mean(values[:, column].tolist(), clusters) for column, label in enumerate(LABELS)
    }
