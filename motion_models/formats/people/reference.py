"""Poses that stand before a motion and are no part of it: a T-pose in the first frame, then a jump."""

from __future__ import annotations

import numpy as np

from ...arrays import FloatArray
from ...motion.skeleton import HIERARCHY_ORDER, JOINT, bone_vectors, directions
from .upright import leg_length

#: Frames that a reference pose lasts at most, and how many after it show how fast the motion is.
_LONGEST, _AFTER = 3, 12
#: The jump out of it: in lengths of a leg, and in the largest step that follows, where the pose is known as
#: one or not.
_JUMP, _KNOWN, _UNKNOWN = 0.08, 4.0, 10.0
#: Bones of the same pose point the same way to this many degrees, on average.
_SAME = 15.0


def reference_frames(joints: FloatArray, rest: FloatArray | None) -> int:
    """How many frames at the start of joints (T, 22, 3) are a reference pose. rest: the rest pose (22, 3)."""
    first = joints[: _LONGEST + _AFTER + 1].astype(np.float64)
    if len(first) < 4:
        return 0
    steps = np.linalg.norm(np.diff(first, axis=0), axis=-1).mean(axis=1) / leg_length(first)
    for count in range(1, min(_LONGEST, len(steps) - 1) + 1):
        jump, after = float(steps[count - 1]), float(steps[count : count + _AFTER].max())
        still = steps[: count - 1].max(initial=0.0) <= 0.25 * jump
        ratio = _KNOWN if _is_reference(first[0], rest) else _UNKNOWN
        if still and jump > _JUMP and jump > ratio * after:
            return count
    return 0


def _is_reference(pose: FloatArray, rest: FloatArray | None) -> bool:
    """Whether a pose (22, 3) is the rest pose, or stands with straight limbs and the arms held out."""
    return (rest is not None and _degrees_apart(pose, rest) < _SAME) or _is_t_pose(pose)


def _degrees_apart(pose: FloatArray, other: FloatArray) -> float:
    """The mean angle between the bones of two poses."""
    bones = [directions(bone_vectors(each)[list(HIERARCHY_ORDER)]) for each in (pose, other)]
    return float(np.degrees(np.arccos(np.clip((bones[0] * bones[1]).sum(axis=-1), -1, 1))).mean())


def _is_t_pose(pose: FloatArray) -> bool:
    bones = directions(bone_vectors(pose))
    up = directions((pose[JOINT["neck"]] - pose[JOINT["pelvis"]])[None])[0]
    straight = all(
        bones[JOINT[f"{side}_{upper}"]] @ bones[JOINT[f"{side}_{lower}"]] > 0.9
        for side in ("left", "right")
        for upper, lower in (("elbow", "wrist"), ("knee", "ankle"))
    )
    arms = [abs(float(bones[JOINT[f"{side}_elbow"]] @ up)) for side in ("left", "right")]
    legs = [float(bones[JOINT[f"{side}_knee"]] @ up) for side in ("left", "right")]
    return straight and max(arms) < 0.35 and max(legs) < -0.9
