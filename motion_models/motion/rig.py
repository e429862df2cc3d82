"""From joint positions to a rig animators can use: one rotation per joint, constant bones, a T-pose at rest.

Positions alone leave three things open, settled here once for all who draw or write a figure:

- *Rest pose*: a T-pose that faces +Z, left towards +X, as retargeting tools expect.
- *Frames*: pelvis and chest (`spine3`) are rigid bodies, fitted from hips, and from neck and shoulders. Every
  other joint points at its one child by the shortest rotation from its parent, so it adds no twist; the twist
  between pelvis and chest is spread over the spine.
- *Helpers*: mocap does not keep the base of the spine rigid with the hips, nor the collars with the neck.
  `lower_back`, `left_clavicle` and `right_clavicle` sit at zero offset and carry that difference.

Bones are aimed from where the rig has put their start, so small changes of length do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from ..arrays import FloatArray
from .skeleton import BONE_LENGTHS, JOINT

#: (name, parent, the joint it points at, its bone's rest direction); parents come first.
_LAYOUT: tuple[tuple[str, str, str, tuple[float, float, float]], ...] = (
    ("pelvis", "", "", (0, 0, 0)),
    ("lower_back", "pelvis", "spine1", (0, 0, 0)),
    ("spine1", "lower_back", "spine2", (0, 1, 0)),
    ("spine2", "spine1", "spine3", (0, 1, 0)),
    ("spine3", "spine2", "", (0, 1, 0)),
    ("neck", "spine3", "head", (0, 1, 0)),
    ("head", "neck", "", (0, 1, 0)),
    ("left_clavicle", "spine3", "left_collar", (0, 0, 0)),
    ("left_collar", "left_clavicle", "left_shoulder", (0, 0, 0)),
    ("left_shoulder", "left_collar", "left_elbow", (1, 0, 0)),
    ("left_elbow", "left_shoulder", "left_wrist", (1, 0, 0)),
    ("left_wrist", "left_elbow", "", (1, 0, 0)),
    ("right_clavicle", "spine3", "right_collar", (0, 0, 0)),
    ("right_collar", "right_clavicle", "right_shoulder", (0, 0, 0)),
    ("right_shoulder", "right_collar", "right_elbow", (-1, 0, 0)),
    ("right_elbow", "right_shoulder", "right_wrist", (-1, 0, 0)),
    ("right_wrist", "right_elbow", "", (-1, 0, 0)),
    ("left_hip", "pelvis", "left_knee", (0, 0, 0)),
    ("left_knee", "left_hip", "left_ankle", (0, -1, 0)),
    ("left_ankle", "left_knee", "left_foot", (0, -1, 0)),
    ("left_foot", "left_ankle", "", (0, -0.4, 0.9165)),
    ("right_hip", "pelvis", "right_knee", (0, 0, 0)),
    ("right_knee", "right_hip", "right_ankle", (0, -1, 0)),
    ("right_ankle", "right_knee", "right_foot", (0, -1, 0)),
    ("right_foot", "right_ankle", "", (0, -0.4, 0.9165)),
)

RIG_NAMES = tuple(name for name, *_ in _LAYOUT)
RIG = {name: index for index, name in enumerate(RIG_NAMES)}
RIG_PARENTS = tuple(RIG[parent] if parent else -1 for _, parent, *_ in _LAYOUT)
RIG_TARGETS = {name: target for name, _, target, _ in _LAYOUT if target}
HELPERS = ("lower_back", "left_clavicle", "right_clavicle")
#: Rig index of each of the 22 joints, and rig indices that hold one.
FROM_RIG = np.array([RIG[name] for name in JOINT])

#: Where bones without a child end, as offsets in metres: crown, fingertips, toes.
END_SITES: dict[str, tuple[float, float, float]] = {
    "head": (0.0, 0.17, 0.0),
    "left_wrist": (0.17, 0.0, 0.0),
    "right_wrist": (-0.17, 0.0, 0.0),
    "left_foot": (0.0, 0.0, 0.07),
    "right_foot": (0.0, 0.0, 0.07),
}

#: Where hips and collars stand in a typical body, seen from the pelvis and the chest: left side, unit length.
_BODY_DIRECTIONS = {"hip": (0.641, -0.706, 0.302), "collar": (0.961, 0.272, -0.045)}
#: How far along the turn from pelvis to chest each spine joint stands.
_SPINE_SHARE = {"lower_back": 0.25, "spine1": 0.5, "spine2": 0.75}
_SMALL = 1e-8


@dataclass(frozen=True, eq=False)
class RigMotion:
    """An animated rig of `RIG_NAMES` (25 joints: the 22 of the skeleton and three helpers).

    offsets: (25, 3) rest offset from the parent, metres. rotations: (T, 25, 4) local unit quaternions
    (x, y, z, w), the same sign from frame to frame. root: (T, 3) position of the pelvis, metres.
    """

    offsets: FloatArray
    rotations: FloatArray
    root: FloatArray

    @property
    def frames(self) -> int:
        return len(self.root)

    def euler(self, order: str) -> FloatArray:
        """Intrinsic Euler angles (T, 25, 3) in degrees, `order` like "ZXY", unwrapped over time."""
        matrices = Rotation.from_quat(self.rotations.reshape(-1, 4)).as_matrix()
        return _continuous(_euler(matrices, order).reshape(self.frames, -1, 3))

    def world(self) -> tuple[FloatArray, list[Rotation]]:
        """Forward kinematics: positions (T, 25, 3) in metres and one global rotation (T) per joint."""
        positions = np.zeros((self.frames, len(RIG_NAMES), 3))
        turns: list[Rotation] = []
        for joint, parent in enumerate(RIG_PARENTS):
            local = Rotation.from_quat(self.rotations[:, joint])
            turns.append(local if parent < 0 else turns[parent] * local)
            positions[:, joint] = self.root if parent < 0 else _end(positions, turns, joint, self.offsets)
        return positions, turns

    def joints(self) -> FloatArray:
        """The 22 joints (T, 22, 3) by forward kinematics."""
        return self.world()[0][:, FROM_RIG]


def fit_rig(joints: FloatArray, offsets: FloatArray | None = None, *, helpers: bool = True) -> RigMotion:
    """Rig joints (T, 22, 3): every frame gets its rotations.

    offsets: (25, 3) of the rig that is to move; None: bone lengths are the medians over time. For positions
    with constant bone lengths `joints()` of the result are then the same joints. helpers: False keeps
    `HELPERS` unturned, for rigs that have none; what hangs on them may be off by what they would carry.
    """
    joints = np.asarray(joints, dtype=np.float64)
    pelvis, chest = _pelvis_frame(joints), _chest_frame(joints)
    if offsets is None:
        offsets = _rest_offsets(joints, pelvis, chest)
    turns: list[Rotation] = []
    positions = np.zeros((len(joints), len(RIG_NAMES), 3))
    for joint, (name, parent) in enumerate(zip(RIG_NAMES, RIG_PARENTS, strict=True)):
        positions[:, joint] = joints[:, 0] if parent < 0 else _end(positions, turns, joint, offsets)
        if name == "pelvis":
            turns.append(pelvis)
        elif name == "spine3":
            turns.append(chest)
        elif name in RIG_TARGETS and (helpers or name not in HELPERS):
            start = _between(pelvis, chest, _SPINE_SHARE[name]) if name in _SPINE_SHARE else turns[parent]
            target = RIG_TARGETS[name]
            wanted = joints[:, JOINT[target]] - positions[:, joint]
            turns.append(_aim(start, offsets[RIG[target]], wanted))
        else:
            turns.append(turns[parent])
    return RigMotion(offsets, _local_quaternions(turns), joints[:, 0])


def typical_offsets() -> FloatArray:
    """Rest offsets (25, 3) of the one skeleton that every clip is brought to."""
    lengths = {name: BONE_LENGTHS[index] for name, index in JOINT.items()}
    offsets = np.array([direction for *_, direction in _LAYOUT], dtype=np.float64)
    for name, index in RIG.items():
        offsets[index] *= lengths.get(name, 0.0)
    for side, sign in (("left", 1), ("right", -1)):
        for joint, (x, y, z) in _BODY_DIRECTIONS.items():
            offsets[RIG[f"{side}_{joint}"]] = np.array([sign * x, y, z]) * lengths[f"{side}_{joint}"]
    return offsets


def _end(positions: FloatArray, turns: list[Rotation], joint: int, offsets: FloatArray) -> FloatArray:
    """Where a joint's parent (already placed and turned) puts it: (T, 3)."""
    parent = RIG_PARENTS[joint]
    return positions[:, parent] + turns[parent].apply(offsets[joint])


def _pelvis_frame(joints: FloatArray) -> Rotation:
    """Pelvis rotation (T): across the hips, upright when the spine stands straight over it as usual.

    The pitch follows the hips' own triangle, so that both legs hang exactly; only skeletons whose hips lie
    level with the pelvis take it from the spine.
    """
    left, right = joints[:, JOINT["left_hip"]], joints[:, JOINT["right_hip"]]
    spine = joints[:, JOINT["spine1"]] - joints[:, 0]
    up = joints[:, 0] - (left + right) / 2
    if np.median(np.linalg.norm(up, axis=-1)) < 0.03:
        up = spine
    frame = _frame(across=left - right, up=up, keep="across")
    local = frame.inv().apply(spine)
    pitch = np.arctan2(np.median(local[:, 2]), np.median(local[:, 1]))
    return frame * Rotation.from_rotvec([pitch, 0.0, 0.0])


def _chest_frame(joints: FloatArray) -> Rotation:
    """Chest rotation (T): up along the neck, across the shoulders."""
    across = joints[:, JOINT["left_shoulder"]] - joints[:, JOINT["right_shoulder"]]
    across += joints[:, JOINT["left_collar"]] - joints[:, JOINT["right_collar"]]
    return _frame(across=across, up=joints[:, JOINT["neck"]] - joints[:, JOINT["spine3"]], keep="up")


def _frame(*, across: FloatArray, up: FloatArray, keep: str) -> Rotation:
    """Rotations (T) whose x axis follows `across` and y axis `up`; `keep` names the one kept exactly."""
    x, y = _unit(across, (1.0, 0.0, 0.0)), _unit(up, (0.0, 1.0, 0.0))
    z = _unit(np.cross(x, y), (0.0, 0.0, 1.0))
    if keep == "across":
        z = _unit(z - x * np.sum(x * z, axis=-1, keepdims=True), (0.0, 0.0, 1.0))
        y = np.cross(z, x)
    else:
        x = np.cross(y, z)
    return Rotation.from_matrix(np.stack([x, y, z], axis=-1))


def _rest_offsets(joints: FloatArray, pelvis: Rotation, chest: Rotation) -> FloatArray:
    """Rest offsets (25, 3): T-pose directions times median lengths; hips and collars as the data has them."""
    offsets = np.array([direction for *_, direction in _LAYOUT], dtype=np.float64)
    for name, index in RIG.items():
        if name not in JOINT or name == "pelvis":
            continue
        parent = RIG_NAMES[RIG_PARENTS[index]]
        start = {"lower_back": "pelvis", "left_clavicle": "spine3", "right_clavicle": "spine3"}.get(
            parent, parent
        )
        bone = joints[:, JOINT[name]] - joints[:, JOINT[start]]
        frame = {"left_hip": pelvis, "right_hip": pelvis, "left_collar": chest, "right_collar": chest}.get(
            name
        )
        if frame is not None:
            offsets[index] = _unit(np.median(frame.inv().apply(bone), axis=0), (1.0, 0.0, 0.0))
        offsets[index] *= np.median(np.linalg.norm(bone, axis=-1))
    return offsets


def _aim(start: Rotation, rest: FloatArray, wanted: FloatArray) -> Rotation:
    """`start` (T), turned the shortest way so that the rest offset (3,) points along `wanted` (T, 3)."""
    current = _unit(start.apply(rest), (0.0, 1.0, 0.0))
    goal = _unit(wanted, (0.0, 1.0, 0.0))
    axis = np.cross(current, goal)
    sine = np.linalg.norm(axis, axis=-1)
    cosine = np.sum(current * goal, axis=-1)
    # Exactly opposite directions leave the axis open: turn about one the bone's frame fixes.
    spare = start.apply(np.cross(rest, np.roll(rest, 1) + np.array([0.1, 0.2, 0.3])))
    axis = np.where(
        (sine < 1e-6)[:, None], _unit(spare, (1.0, 0.0, 0.0)), axis / np.maximum(sine, _SMALL)[:, None]
    )
    return Rotation.from_rotvec(axis * np.arctan2(sine, cosine)[:, None]) * start


def _between(first: Rotation, second: Rotation, share: float) -> Rotation:
    """Rotations (T) the given share of the shortest way from `first` to `second`."""
    return first * Rotation.from_rotvec((first.inv() * second).as_rotvec() * share)


def _local_quaternions(turns: list[Rotation]) -> FloatArray:
    """Global rotations, one (T) per rig joint -> local quaternions (T, 25, 4) of continuous sign."""
    local = [turn if p < 0 else turns[p].inv() * turn for turn, p in zip(turns, RIG_PARENTS, strict=True)]
    quaternions = np.stack([turn.as_quat() for turn in local], axis=1)
    dots = np.sum(quaternions[1:] * quaternions[:-1], axis=-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    quaternions[1:] *= signs[..., None]
    return quaternions


def _euler(matrices: FloatArray, order: str) -> FloatArray:
    """Intrinsic Euler angles (N, 3) in degrees of rotation matrices (N, 3, 3), three different axes."""
    i, j, k = ("XYZ".index(axis) for axis in order)
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    middle = np.arcsin(np.clip(sign * matrices[:, i, k], -1.0, 1.0))
    first = np.arctan2(-sign * matrices[:, j, k], matrices[:, k, k])
    last = np.arctan2(-sign * matrices[:, i, j], matrices[:, i, i])
    return np.degrees(np.stack([first, middle, last], axis=-1))


def _continuous(angles: FloatArray) -> FloatArray:
    """Of the equal readings of each Euler triple (T, J, 3), the one nearest to the frame before."""
    result = angles.copy()
    for frame in range(1, len(angles)):
        before = result[frame - 1]
        first, middle, last = np.moveaxis(angles[frame], -1, 0)
        other = np.stack([first + 180.0, 180.0 - middle, last + 180.0], axis=-1)
        readings = np.stack([angles[frame], other])
        readings += 360.0 * np.round((before - readings) / 360.0)
        nearest = np.abs(readings - before).sum(axis=-1).argmin(axis=0)
        result[frame] = np.take_along_axis(readings, nearest[None, :, None], axis=0)[0]
    return result


def _unit(vectors: FloatArray, fallback: tuple[float, float, float]) -> FloatArray:
    """Unit vectors along the last axis; `fallback` where a vector has no length."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(length > _SMALL, vectors / np.maximum(length, _SMALL), np.asarray(fallback))
