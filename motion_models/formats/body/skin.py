"""A skin: one surface in rest pose whose vertices follow the joints of a rig."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ...arrays import FloatArray, IntArray
from ...motion.rig import RIG_PARENTS, RigMotion
from .figure import LEFT_COLOUR, RIGHT_COLOUR, SKIN_COLOUR, trunk_colour

#: What a surface is made of; the colours of left and right are everybody's, the centre tells people apart.
PARTS = ("centre", "left", "right", "skin")
#: Joints that may move one vertex.
INFLUENCES = 4


@dataclass(frozen=True, eq=False)
class Skin:
    """A surface bound to a rig at rest (T-pose, the lowest joint on the floor).

    positions: (V, 3) metres. joints: (V, 4) rig joints of each vertex. weights: (V, 4) float32, of sum one.
    parts: triangles (F, 3), counter-clockwise from outside, by the part of `PARTS` they belong to.
    """

    positions: FloatArray
    joints: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]
    parts: dict[str, IntArray]

    @property
    def triangles(self) -> IntArray:
        """All triangles (F, 3), part by part."""
        return np.concatenate(list(self.parts.values()))

    @cached_property
    def normals(self) -> FloatArray:
        """Unit normals (V, 3) at rest."""
        return vertex_normals(self.positions, self.triangles)


@dataclass(frozen=True, eq=False)
class MovingSkin:
    """A skin on a moving rig."""

    skin: Skin
    rig: RigMotion

    @cached_property
    def _matrices(self) -> FloatArray:
        """What each joint does to points of the rest pose: (T, 25, 3, 4)."""
        positions, turns = self.rig.world()
        turned = np.stack([turn.as_matrix() for turn in turns], axis=1)
        moved = positions - np.einsum("tjab,jb->tja", turned, rest_positions(self.rig))
        return np.concatenate([turned, moved[..., None]], axis=-1)

    def at(self, frame: int) -> tuple[FloatArray, FloatArray]:
        """Positions and unit normals (V, 3) of a frame, by linear blend skinning."""
        skin = self.skin
        blended = np.einsum("vk,vkab->vab", skin.weights, self._matrices[frame][skin.joints])
        positions = np.einsum("vab,vb->va", blended[..., :3], skin.positions) + blended[..., 3]
        normals = np.einsum("vab,vb->va", blended[..., :3], skin.normals)
        return positions, normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def rest_positions(rig: RigMotion) -> FloatArray:
    """Where the joints stand at rest (25, 3), the lowest on the floor."""
    positions = np.zeros_like(rig.offsets)
    for joint, parent in enumerate(RIG_PARENTS):
        if parent >= 0:
            positions[joint] = positions[parent] + rig.offsets[joint]
    positions[:, 1] -= positions[:, 1].min()
    return positions


def part_colour(part: str, person: int) -> str:
    """The sRGB colour of a part, as #rrggbb."""
    return {"left": LEFT_COLOUR, "right": RIGHT_COLOUR, "skin": SKIN_COLOUR}.get(part, trunk_colour(person))


def vertex_normals(positions: FloatArray, triangles: IntArray) -> FloatArray:
    """Smooth unit normals (V, 3): the area-weighted mean of the faces around each vertex."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros_like(positions)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-12, normals / np.maximum(length, 1e-12), (0.0, 1.0, 0.0))
