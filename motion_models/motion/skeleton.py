"""The 22-joint human skeleton: names, hierarchy, target bone lengths, kinematics, mirroring, resampling.

Joint order, kinematic chains and rest directions are HumanML3D's (Guo et al., CVPR 2022). Positions are
metres, Y up; a standing person faces +Z in rest pose, with the left side towards +X.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.spatial.transform import Rotation

from ..arrays import FloatArray

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
        for parent, child in pairwise(chain):
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

#: The joints of each side, in matching order.
LEFT_JOINTS = (1, 4, 7, 10, 13, 16, 18, 20)
RIGHT_JOINTS = (2, 5, 8, 11, 14, 17, 19, 21)
LEFT_FEET, RIGHT_FEET = (7, 10), (8, 11)
#: Bones whose summed length scales the root's path: the left thigh and shin (named by their end joint).
LEG_BONES = (4, 7)
#: Joints ordered so that parents come before children, pelvis left out.
HIERARCHY_ORDER = tuple(joint for chain in CHAINS for joint in chain[1:])


def mirror_joints(joints: FloatArray) -> FloatArray:
    """Reflect (..., 22, 3) positions in the body's left-right plane: negate x and swap the sides."""
    order = np.arange(N_JOINTS)
    order[list(LEFT_JOINTS)], order[list(RIGHT_JOINTS)] = RIGHT_JOINTS, LEFT_JOINTS
    return joints[..., order, :] * np.array([-1, 1, 1], dtype=joints.dtype)


def resample(joints: FloatArray, source_fps: float, target_fps: float) -> FloatArray:
    """Linear interpolation of (T, ...) positions from one frame rate to another.

    The first frame is kept; the last output frame lies at or before the last input frame.
    """
    if source_fps == target_fps or len(joints) < 2:
        return joints
    duration = (len(joints) - 1) / source_fps
    times = np.arange(int(np.floor(duration * target_fps + 1e-6)) + 1) / target_fps * source_fps
    low = np.minimum(times.astype(int), len(joints) - 2)
    weight = (times - low).reshape(-1, *[1] * (joints.ndim - 1)).astype(joints.dtype)
    return joints[low] * (1 - weight) + joints[low + 1] * weight


def bone_vectors(joints: FloatArray) -> FloatArray:
    """(..., 22, 3) positions -> (..., 22, 3) vectors from each joint's parent; the pelvis row is zero."""
    vectors = np.zeros_like(joints)
    vectors[..., 1:, :] = joints[..., 1:, :] - joints[..., list(PARENTS[1:]), :]
    return vectors


def forward_positions(root: FloatArray, vectors: FloatArray) -> FloatArray:
    """Chain bone vectors (..., 22, 3) outwards from root positions (..., 3)."""
    joints = np.empty_like(vectors)
    joints[..., 0, :] = root
    for joint in HIERARCHY_ORDER:
        joints[..., joint, :] = joints[..., PARENTS[joint], :] + vectors[..., joint, :]
    return joints


def directions(vectors: FloatArray) -> FloatArray:
    """Vectors (..., 3) at length 1; one of no length stays so."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def retarget(joints: FloatArray) -> FloatArray:
    """Bring a clip (T, 22, 3) to the target skeleton's bone lengths.

    Bones keep their directions and take the target lengths; the root's path is scaled by the ratio of
    leg lengths. With one shortest rotation per bone this equals HumanML3D's inverse kinematics on the
    source followed by forward kinematics on the target. Bones of zero length keep the rest direction.
    """
    joints = np.asarray(joints, dtype=np.float64)
    vectors = bone_vectors(joints)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    directions = np.where(lengths > 1e-8, vectors / np.maximum(lengths, 1e-8), REST_DIRECTIONS)
    leg = np.median(lengths[..., list(LEG_BONES), 0], axis=0).sum()
    scale = BONE_LENGTHS[list(LEG_BONES)].sum() / max(leg, 1e-8)
    return forward_positions(joints[..., 0, :] * scale, directions * BONE_LENGTHS[:, None])


def rotation_between(source: FloatArray, target: FloatArray) -> Rotation:
    """Shortest rotations (N) that take each unit vector of `source` (N, 3) to that of `target` (N, 3)."""
    source, target = np.broadcast_arrays(source, target)
    dot = np.sum(source * target, axis=-1, keepdims=True)
    xyz = np.cross(source, target)
    opposite = dot[..., 0] < -1 + 1e-9
    if np.any(opposite):  # any axis perpendicular to the source will do
        axis = np.cross(source[opposite], [1.0, 0.0, 0.0])
        flat = np.linalg.norm(axis, axis=-1) < 1e-6
        axis[flat] = np.cross(source[opposite][flat], [0.0, 1.0, 0.0])
        xyz[opposite] = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    return Rotation.from_quat(np.concatenate([xyz, 1 + dot], axis=-1))
