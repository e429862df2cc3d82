"""An Acclaim skeleton with bones of any names, animated, whose person is found as in other files.

Each bone becomes a joint where it begins and turns with it; a bone on which none hangs gets an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import Float32Array, FloatArray
from ..people.skeletons import AnimatedSkeleton, Local, Point, posed, rest_positions


@dataclass
class Bone:
    """One ASF bone. offset: (3,) from its start to its end, file units. axis: rotation of its local frame."""

    name: str
    parent: str = ""
    offset: FloatArray = field(default_factory=lambda: np.zeros(3))
    axis: Rotation = field(default_factory=Rotation.identity)
    dof: tuple[str, ...] = ()


@dataclass
class Acclaim:
    """An ASF file: bones with parents first ("root" leads), metres a unit, radians an angle unit."""

    bones: dict[str, Bone]
    unit: float
    degrees: bool


def bone_motion(
    bone: Bone, values: FloatArray | None, frames: int, degrees: bool
) -> tuple[Rotation, FloatArray]:
    """A bone's rotation (T) in its parent's frame and, for the root, its position (T, 3)."""
    moved, turn = np.zeros((frames, 3)), Rotation.identity(frames)
    if values is None:
        return turn, moved
    for column, channel in zip(values.T, bone.dof, strict=True):
        if channel in ("rx", "ry", "rz"):
            turn = Rotation.from_euler(channel[1], column[:, None], degrees=degrees) * turn
        elif channel in ("tx", "ty", "tz"):
            moved[:, "xyz".index(channel[1])] = column
    return bone.axis * turn * bone.axis.inv(), moved


def animated(acclaim: Acclaim, values: Mapping[str, FloatArray], fps: float, path: Path) -> AnimatedSkeleton:
    """The joints of a trial. values: (T, degrees of freedom) of every bone that moves."""
    bones = list(acclaim.bones.values())
    number = {bone.name: index for index, bone in enumerate(bones)}
    parents = [number.get(bone.parent, -1) for bone in bones]
    offsets = [np.zeros(3) if parent < 0 else bones[parent].offset * acclaim.unit for parent in parents]
    leaves = [index for index in range(len(bones)) if index not in parents]
    ends = [bones[leaf].offset * acclaim.unit for leaf in leaves]
    places = np.array(offsets + ends)

    def local(joint: int, frames: slice) -> Local:
        if joint >= len(bones):
            return places[joint][None], np.eye(3)[None]
        bone = bones[joint]
        own = values.get(bone.name)
        known = None if own is None else own[frames]
        turn, moved = bone_motion(bone, known, frames.stop - frames.start, acclaim.degrees)
        where = moved * acclaim.unit if parents[joint] < 0 else places[joint][None]
        return where, turn.as_matrix()

    above = (*parents, *leaves)

    def pose(points: Sequence[Point], frames: slice) -> Float32Array:
        return posed(above, points, frames, local)

    return AnimatedSkeleton(
        names=(*(bone.name for bone in bones), *(f"{bones[leaf].name} end" for leaf in leaves)),
        parents=above,
        rest=rest_positions(above, places),
        frames=len(values["root"]),
        fps=fps,
        path=path,
        pose=pose,
    )
