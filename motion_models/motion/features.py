"""HumanML3D's 263-dimensional motion representation, both ways (Guo et al., CVPR 2022).

One row describes one frame at 20 fps. T frames of joint positions give T - 1 rows, because velocities
need a next frame; T rows give T frames of positions back. Metres, radians, Y up, the first frame at the
xz origin facing +Z. `recover_joints(from_joints(x))` is x without its last frame, moved to that canonical
place, to floating-point accuracy.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ..arrays import FloatArray
from ..errors import InvalidMotionError
from .representation import HUMANML3D, KIT, Representation
from .skeleton import N_JOINTS, REST_DIRECTIONS, resample, rotation_between

FPS = HUMANML3D.fps
DIM = HUMANML3D.dim
#: One motion token stands for four frames.
FRAMES_PER_TOKEN = HUMANML3D.frames_per_token
SECONDS_PER_TOKEN = HUMANML3D.seconds_per_token
TOKENS_PER_SECOND = HUMANML3D.tokens_per_second

#: Half of the yaw change to the next frame: arcsin of the y part of a quaternion.
ROOT_YAW_VELOCITY = HUMANML3D.root_yaw_velocity
#: Root velocity in x and z to the next frame, in the next frame's root frame, metres a frame.
ROOT_VELOCITY_XZ = HUMANML3D.root_velocity_xz
ROOT_HEIGHT = HUMANML3D.root_height
#: Joints 1-21, relative to the root's xz position, turned so that the body faces +Z: 21 x 3.
LOCAL_POSITIONS = HUMANML3D.local_positions
#: Joints 1-21, 6-D rotations (first two matrix columns) from inverse kinematics: 21 x 6.
ROTATIONS_6D = HUMANML3D.rotations_6d
#: Joints 0-21, displacement to the next frame in the root frame, metres a frame: 22 x 3.
JOINT_VELOCITIES = HUMANML3D.joint_velocities
#: 1 where joints 7, 10 (left) and 8, 11 (right) stand still.
FOOT_CONTACTS = HUMANML3D.foot_contacts

#: A foot joint is in contact when its squared displacement to the next frame is below this (m^2).
CONTACT_THRESHOLD = 0.002
#: Standard deviation, in frames, of the Gaussian that smooths the facing direction.
FACING_SIGMA = 20
MAX_ABS_POSITION = 1e4


def check_joints(joints: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return `joints` as float32 (T, 22, 3), or raise InvalidMotionError saying what is wrong."""
    array = _as_floats(joints, "joint positions")
    if array.ndim != 3 or array.shape[1:] != (N_JOINTS, 3):
        raise InvalidMotionError(f"joint positions must have shape (T, {N_JOINTS}, 3), got {array.shape}")
    return _check_values(array, "joint positions")


def check_features(
    features: npt.ArrayLike, representation: Representation = HUMANML3D
) -> npt.NDArray[np.float32]:
    """Return `features` as float32 (T, D), or raise InvalidMotionError saying what is wrong."""
    array = _as_floats(features, "motion features")
    if array.ndim != 2 or array.shape[1] != representation.dim:
        other = KIT if representation.name == HUMANML3D.name else HUMANML3D
        known = "HumanML3D's" if other is HUMANML3D else "KIT-ML's"
        hint = (
            f" ({other.dim} is {known} {other.joints}-joint layout)"
            if array.shape[-1:] == (other.dim,)
            else ""
        )
        raise InvalidMotionError(
            f"motion features must have shape (T, {representation.dim}), got {array.shape}{hint}"
        )
    return _check_values(array, "motion features")


def _as_floats(values: npt.ArrayLike, what: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InvalidMotionError(f"{what} must be a rectangular array of numbers: {error}") from error


def _check_values(array: FloatArray, what: str) -> npt.NDArray[np.float32]:
    if len(array) == 0:
        raise InvalidMotionError(f"{what} are empty: at least one frame is needed")
    if not np.isfinite(array).all():
        frame = int(np.argwhere(~np.isfinite(array))[0][0])
        raise InvalidMotionError(f"{what} hold NaN or infinity (first in frame {frame})")
    if np.abs(array).max() > MAX_ABS_POSITION:
        raise InvalidMotionError(f"{what} reach {np.abs(array).max():.3g}: are the units metres?")
    return array.astype(np.float32, copy=False)


def facing_directions(joints: FloatArray) -> FloatArray:
    """Vectors (T, 3) in the ground plane that the hips and shoulders of (T, 22, 3) face."""
    return _facing(joints[:, 2] - joints[:, 1], joints[:, 17] - joints[:, 16])


def _facing(hips: FloatArray, shoulders: FloatArray) -> FloatArray:
    across = hips + shoulders
    across /= np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12)
    return np.cross([[0.0, 1.0, 0.0]], across)


def canonicalize(joints: FloatArray, *, floor: bool = True) -> FloatArray:
    """Put a clip (T, 22, 3) at the xz origin facing +Z in its first frame, its lowest point at y = 0.

    floor=False keeps the heights, for a clip whose floor is known.
    """
    joints = np.asarray(joints, dtype=np.float64).copy()
    if floor:
        joints[..., 1] -= joints[..., 1].min()
    joints -= joints[0, 0] * [1, 0, 1]
    facing = facing_directions(joints[:1])[0]
    yaw = np.arctan2(facing[0], facing[2])
    return turned(joints, np.full(len(joints), -yaw))


def from_joints(joints: npt.ArrayLike, fps: float = FPS, *, floor: bool = True) -> npt.NDArray[np.float32]:
    """Joint positions (T, 22, 3) in metres, Y up, T >= 2 at 20 fps -> features (T - 1, 263).

    Positions at another `fps` are resampled first; the clip is put into the canonical place (see
    `canonicalize` for `floor`). Bone lengths are kept: `skeleton.retarget` beforehand gives what models
    were trained on. Raises InvalidMotionError for a wrong shape, NaN, or fewer than two frames.
    """
    if not (np.isfinite(fps) and fps > 0):
        raise InvalidMotionError(f"fps must be a positive number, got {fps}")
    positions = resample(check_joints(joints), fps, FPS)
    if len(positions) < 2:
        raise InvalidMotionError("a motion needs at least two frames at 20 fps")
    positions = canonicalize(positions, floor=floor)
    yaw = _smoothed_yaw(positions)
    velocities = np.diff(positions, axis=0)
    local = positions.copy()
    local[..., [0, 2]] -= positions[:, :1, [0, 2]]
    rows = [
        np.sin((yaw[:-1] - yaw[1:]) / 2)[:, None],
        turned(velocities[:, :1], -yaw[1:])[:, 0, [0, 2]],
        positions[:-1, 0, 1:2],
        turned(local, -yaw)[:-1, 1:].reshape(-1, 63),
        _inverse_kinematics(positions, yaw)[:-1].reshape(-1, 126),
        turned(velocities, -yaw[:-1]).reshape(-1, 66),
        _foot_contacts(velocities),
    ]
    rows[0] = np.arcsin(rows[0])
    return np.concatenate(rows, axis=-1).astype(np.float32)


def recover_root(features: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Integrate the root of features (T, D): heading in radians (T,) and positions (T, 3).

    The heading is the yaw about +Y of the facing direction; 0 faces +Z, positive turns left.
    """
    half = np.concatenate([[0.0], np.cumsum(features[:-1, 0], dtype=np.float64)])
    yaw = -2 * half
    steps = np.zeros((len(features), 1, 3))
    steps[1:, 0, [0, 2]] = features[:-1, ROOT_VELOCITY_XZ]
    root = np.cumsum(turned(steps, yaw)[:, 0], axis=0)
    root[:, 1] = features[:, 3]
    return yaw, root


def recover_joints(
    features: npt.ArrayLike, representation: Representation = HUMANML3D
) -> npt.NDArray[np.float32]:
    """Features (T, 263), unnormalised -> joint positions (T, 22, 3) in metres, Y up, 20 fps.

    With `KIT`: features (T, 251) -> (T, 21, 3) at 12.5 fps, in KIT-ML's unit (see `Representation.metres`).
    """
    array = check_features(features, representation)
    yaw, root = recover_root(array)
    joints = np.zeros((len(array), representation.joints, 3))
    local = array[:, representation.local_positions].reshape(len(array), -1, 3)
    joints[:, 1:] = turned(local, yaw)
    joints[..., [0, 2]] += root[:, None, [0, 2]]
    joints[:, 0, 1] = root[:, 1]
    return joints.astype(np.float32)


def turned(vectors: FloatArray, yaw: FloatArray) -> FloatArray:
    """Rotate (T, J, 3) vectors by `yaw` (T,) radians about +Y."""
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)


def _smoothed_yaw(positions: FloatArray) -> FloatArray:
    """Yaw (T,) of the smoothed facing direction; the first frame is 0 by definition.

    The published features subtract the hip axis from the shoulder axis here (their inverse kinematics
    unpacks the four joints in another order than their first-frame alignment does). Models trained on
    them expect it, so it is kept: the published sample clip is reproduced to 1e-5.
    """
    from scipy.ndimage import gaussian_filter1d  # takes long to import, and is needed only here

    facing = _facing(positions[:, 1] - positions[:, 2], positions[:, 17] - positions[:, 16])
    smooth = gaussian_filter1d(facing, FACING_SIGMA, axis=0, mode="nearest")
    yaw = np.unwrap(np.arctan2(smooth[:, 0], smooth[:, 2]))
    yaw[0] = 0.0
    return yaw


def _inverse_kinematics(positions: FloatArray, yaw: FloatArray) -> FloatArray:
    """6-D local rotations (T, 21, 6): each bone the shortest rotation from its rest direction.

    As in the reference data, every chain starts from the root's rotation (the one that turns the body
    to +Z), the arm chains too.
    """
    root = Rotation.from_rotvec(np.outer(-yaw, [0.0, 1.0, 0.0]))
    rotations = np.zeros((len(positions), N_JOINTS, 6))
    for chain in HUMANML3D.chains:
        parent_world = root
        for parent, child in pairwise(chain):
            bone = positions[:, child] - positions[:, parent]
            length = np.linalg.norm(bone, axis=-1, keepdims=True)
            rest = REST_DIRECTIONS[child]
            direction = np.where(length > 1e-8, bone / np.maximum(length, 1e-8), rest)
            world = rotation_between(rest, direction)
            matrix = (parent_world.inv() * world).as_matrix()
            rotations[:, child] = np.concatenate([matrix[..., 0], matrix[..., 1]], axis=-1)
            parent_world = world
    return rotations[:, 1:]


def _foot_contacts(velocities: FloatArray) -> FloatArray:
    feet = velocities[:, list(HUMANML3D.feet)]
    return (np.sum(feet**2, axis=-1) < CONTACT_THRESHOLD).astype(np.float64)
