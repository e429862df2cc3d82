"""The bones of written files under the names of the tools that are to read them.

| names | hierarchy |
|---|---|
| ours | the 22 joints of the motion and three helpers, exactly where the motion has them |
| mixamo | a root bone, then Mixamo's bones: `mixamorig:Hips`, `mixamorig:Spine`, ... |
| unity | a root bone, then the bones of Unity's humanoid: `Hips`, `Spine`, `Chest`, ... |
| vrm | a root bone, then the bones of a VRM humanoid: `hips`, `spine`, `chest`, ... |

These tools know no helpers: the base of the spine is then rigid with the hips and the collars with the chest,
and what hangs on them is aimed at where the motion has it. The root bone stands on the floor below the hips,
faces where they face, and carries the way that the figure goes (root motion).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ...motion.motion import Motion
from ...motion.rig import HELPERS, RIG_NAMES, RIG_PARENTS, RigMotion, fit_rig
from ..body.skin import rest_positions
from ..people.our_names import Names, bone_name

ROOT = "root"


@dataclass(frozen=True, eq=False)
class Bone:
    """One bone of a written figure.

    parent: its number in the list, -1 for the first. offset: (3,) from the parent at rest, metres, at no
    rotation. rotations: (T, 4) local unit quaternions (x, y, z, w), of continuous sign. translations: (T, 3),
    where the bone moves against its parent, in place of the offset. joint: the rig joint; -1: the root.
    """

    name: str
    parent: int
    offset: FloatArray
    rotations: FloatArray
    translations: FloatArray | None = None
    joint: int = -1


def rig_of(motion: Motion, names: Names) -> RigMotion:
    """The rig that a figure of these names is animated by: with helpers for ours, without for others."""
    return motion.rig if names == "ours" else fit_rig(motion.joints, helpers=False)


def bones_of(rig: RigMotion, names: Names = "ours", *, root: bool | None = None) -> list[Bone]:
    """The bones of a figure, parents first. root: whether a root bone is put in; None: as `names` has it."""
    place, turn = rig.root, rig.rotations[:, 0]
    bones: list[Bone] = []
    if names != "ours" if root is None else root:
        way, heading = _root_motion(rig)
        bones.append(Bone(ROOT, -1, np.zeros(3), heading.as_quat(), way))
        place = heading.inv().apply(rig.root - way)
        turn = _continuous((heading.inv() * Rotation.from_quat(turn)).as_quat())
    numbers: dict[int, int] = {-1: len(bones) - 1}
    for joint, (name, parent) in enumerate(zip(RIG_NAMES, RIG_PARENTS, strict=True)):
        if names != "ours" and name in HELPERS:
            numbers[joint] = numbers[parent]
            continue
        numbers[joint] = len(bones)
        first = parent < 0
        bones.append(
            Bone(
                bone_name(name, names),
                numbers[parent],
                rest_positions(rig)[0] if first else rig.offsets[joint],
                turn if first else rig.rotations[:, joint],
                place if first else None,
                joint,
            )
        )
    return bones


def _root_motion(rig: RigMotion) -> tuple[FloatArray, Rotation]:
    """Where the figure is on the floor (T, 3) and where its hips face: their turn about the vertical (T)."""
    way = rig.root * np.array([1.0, 0.0, 1.0])
    twist = rig.rotations[:, 0] * np.array([0.0, 1.0, 0.0, 1.0])
    length = np.linalg.norm(twist, axis=1)
    # Upside down nothing tells the heading: the last one that was known stays.
    known = np.maximum.accumulate(np.where(length > 0.1, np.arange(len(twist)), 0))
    twist = twist[known] / np.maximum(length[known], 1e-9)[:, None]
    twist[length[known] <= 0.1] = (0.0, 0.0, 0.0, 1.0)
    return way, Rotation.from_quat(_continuous(twist))


def _continuous(quaternions: FloatArray) -> FloatArray:
    """The same rotations (T, 4), without jumps of sign."""
    dots = np.sum(quaternions[1:] * quaternions[:-1], axis=-1)
    signs = np.cumprod(np.concatenate([[1.0], np.where(dots < 0, -1.0, 1.0)]))
    return quaternions * signs[:, None]
