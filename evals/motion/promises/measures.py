"""Measures of stated quantities that share nothing with the reader and the checks they are held against.

All take joints (T, 22, 3), metres, Y up, 20 frames a second.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import find_peaks

from ....motion_models.arrays import FloatArray
from ....motion_models.motion.features import FPS
from ....motion_models.motion.skeleton import JOINT

FEET = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot")]


def metres(joints: FloatArray) -> float:
    """From where the pelvis is first to where it is last, over the ground."""
    return float(np.linalg.norm((joints[-1, 0] - joints[0, 0])[[0, 2]]))


def degrees(joints: FloatArray) -> float:
    """How far the hips have turned at the end, to the left positive; full turns count."""
    across = joints[:, JOINT["left_hip"]] - joints[:, JOINT["right_hip"]]
    yaw = np.degrees(np.unwrap(np.arctan2(-across[:, 2], across[:, 0])))
    return float(yaw[-4:].mean() - yaw[:4].mean())


def steps(joints: FloatArray) -> float:
    """Times an ankle leaves its place, fast, and comes to rest over 15 cm away."""
    count = 0
    for side in ("left", "right"):
        ankle = joints[:, JOINT[f"{side}_ankle"]][:, [0, 2]]
        speed = np.linalg.norm(np.diff(ankle, axis=0), axis=1) * FPS
        for start, end in _runs(speed > max(0.35, 0.5 * np.percentile(speed, 90))):
            count += bool(np.linalg.norm(ankle[end] - ankle[start]) > 0.15)
    return float(count)


def jumps(joints: FloatArray) -> float:
    """Stretches of 0.15 s or more with both feet over 6 cm above where they mostly are."""
    low = joints[:, FEET, 1].min(axis=1)
    return float(sum(end - start >= 3 for start, end in _runs(low > np.percentile(low, 20) + 0.06)))


def squats(joints: FloatArray) -> float:
    """Times the pelvis goes down by 20 cm and up again."""
    return float(len(find_peaks(-joints[:, 0, 1], prominence=0.2)[0]))


def arm_raises(joints: FloatArray) -> float:
    """Times both wrists are above the shoulders."""
    up = np.ones(len(joints), dtype=bool)
    for side in ("left", "right"):
        up &= joints[:, JOINT[f"{side}_wrist"], 1] > joints[:, JOINT[f"{side}_shoulder"], 1]
    return float(len(_runs(up)))


def kicks(joints: FloatArray, *sides: str) -> float:
    """Times an ankle comes 35 cm above the other and down again."""
    left, right = (joints[:, JOINT[f"{side}_ankle"], 1] for side in ("left", "right"))
    gaps = {"left": left - right, "right": right - left}
    chosen = [gaps[side] for side in sides or ("left", "right")]
    return float(sum(len(find_peaks(gap, height=0.3, prominence=0.25)[0]) for gap in chosen))


def seconds(joints: FloatArray) -> float:
    """How long it lasts."""
    return len(joints) / FPS


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


MEASURES: dict[str, Callable[[FloatArray], float]] = {
    "metres": metres,
    "degrees": degrees,
    "half turn": lambda joints: abs(degrees(joints)),
    "steps": steps,
    "jumps": jumps,
    "squats": squats,
    "arm raises": arm_raises,
    "kicks": kicks,
    "left kicks": lambda joints: kicks(joints, "left"),
    "right kicks": lambda joints: kicks(joints, "right"),
    "seconds": seconds,
}


def tolerance(measure: str, value: float) -> float:
    """How far from what was said still counts as kept."""
    if measure in ("metres", "seconds"):
        return 0.1 * value
    return 15.0 if measure in ("degrees", "half turn") else 0.0
