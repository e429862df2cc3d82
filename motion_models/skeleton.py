"""The 22-joint human skeleton: names, hierarchy, target bone lengths, kinematics, mirroring, resampling.

Joint order, kinematic chains and rest directions are HumanML3D's (Guo et al., CVPR 2022). Positions are
metres, Y up; a standing person faces +Z in rest pose, with the left side towards +X.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]

JOINT_NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle",
    "right_ankle", "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
N_JOINTS = len(JOINT_NAMES)
JOINT = {name: index for index, name in enumerate(JOINT_NAMES)}

#: Kinematic chains from the root outwards; the arm chains hang on spine3 (9).
CHAINS = ((0, 2, 5, 8, 11), (0, 1, 4, 7, 10), (0, 3, 6, 9, 12, 15), (9, 14, 17, 19, 21), (9, 13, 16, 18, 20))


def _parents() -> tuple[int, ...]:
    parents = [-1] * N_JOINTS
    for chain in CHAINS:
        for parent, child in zip(chain, chain[1:], strict=False):
            parents[child] = parent
    return tuple(parents)


#: Parent of each joint, -1 for the pelvis.
PARENTS = _parents()

#: Unit rest direction of the bone that ends in each joint.
REST_DIRECTIONS = np.array(
    [
        [0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, -1, 0], [0, 1, 0], [0, -1, 0],
        [0, -1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1],
        [0, -1, 0], [0, -1, 0], [0, -1, 0], [0, -1, 0], [0, -1, 0], [0, -1, 0],
    ],
    dtype=np.float64,
)  # fmt: skip

#: Bone lengths in metres of the one skeleton every clip is retargeted to: those of HumanML3D's clips.
BONE_LENGTHS = np.array(
    [
        0.0, 0.10307, 0.10988, 0.13157, 0.39362, 0.39019, 0.14318, 0.43243, 0.42564, 0.05736, 0.14338,
        0.14942, 0.21936, 0.13749, 0.14338, 0.10304, 0.13161, 0.12298, 0.25684, 0.26309, 0.26601, 0.26988,
    ]
)  # fmt: skip

LEFT_CHAIN_JOINTS = (1, 4, 7, 10, 13, 16, 18, 20)
RIGHT_CHAIN_JOINTS = (2, 5, 8, 11, 14, 17, 19, 21)
LEFT_FEET, RIGHT_FEET = (7, 10), (8, 11)
#: Joints that span the body's left-right axis: right hip, left hip, right shoulder, left shoulder.
FACING_JOINTS = (2, 1, 17, 16)
LEFT_LEG = (4, 7)
