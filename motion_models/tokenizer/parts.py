"""Body parts with codebooks of their own: what of a frame's features each part is made of.

Legs with the root, trunk with the head, and each arm are encoded apart, so that the arms of one motion can
stand over the legs of another. What a part is encoded from is therefore told relative to what it hangs on:
the trunk to the hips, an arm to the chest; only the legs know where the body is and how it moves over ground.
Both arms are encoded by one network, which sees the right one mirrored, and share one codebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from ..errors import InvalidMotionError
from ..motion.representation import HUMANML3D, Representation
from ..motion.skeleton import JOINT

#: Signs of a position, and of the six numbers of a rotation, in the mirror of the body's left-right plane.
_MIRRORED_VECTOR, _MIRRORED_ROTATION = (-1.0, 1.0, 1.0), (1.0, -1.0, -1.0, -1.0, 1.0, 1.0)


@dataclass(frozen=True)
class BodyPart:
    """Joints that share a code.

    relative_to: the joints whose mean its positions and velocities are taken from; () keeps them as they are.
    width: of its encoder, as a share of the decoder's. network: parts of one network share encoder and
    codebook.
    """

    name: str
    joints: tuple[int, ...]
    relative_to: tuple[int, ...]
    width: float
    network: str
    mirrored: bool = False

    @property
    def has_root(self) -> bool:
        return not self.relative_to


def _arm(side: str) -> BodyPart:
    joints = tuple(JOINT[f"{side}_{name}"] for name in ("collar", "shoulder", "elbow", "wrist"))
    return BodyPart(f"{side} arm", joints, (JOINT["spine3"],), 0.5, "arm", mirrored=side == "right")


def _joints(*names: str) -> tuple[int, ...]:
    return tuple(JOINT[name] for name in names)


_LEGS = _joints(
    *(f"{side}_{name}" for side in ("left", "right") for name in ("hip", "knee", "ankle", "foot"))
)
_TRUNK = _joints("spine1", "spine2", "spine3", "neck", "head")

#: The parts in the order of their codes.
BODY_PARTS = (
    BodyPart("legs", _LEGS, (), 0.75, "legs"),
    BodyPart("trunk", _TRUNK, _joints("left_hip", "right_hip"), 0.375, "trunk"),
    _arm("left"),
    _arm("right"),
)
#: The encoders and codebooks behind them, each named by the parts it serves.
NETWORKS = tuple(dict.fromkeys(part.network for part in BODY_PARTS))


def indices(part: BodyPart, layout: Representation = HUMANML3D) -> list[int]:
    """Where its numbers stand in a frame: positions, rotations, velocities of its joints, then the root's."""
    positions = [_of(layout.local_positions, joint - 1, 3) for joint in part.joints]
    rotations = [_of(layout.rotations_6d, joint - 1, 6) for joint in part.joints]
    velocities = [_of(layout.joint_velocities, joint, 3) for joint in part.joints]
    found = [number for group in (positions, rotations, velocities) for row in group for number in row]
    if part.has_root:
        root = slice(layout.root_yaw_velocity.start, layout.root_height.stop)
        found += [*_numbers(root), *_of(layout.joint_velocities, 0, 3), *_numbers(layout.foot_contacts)]
    return found


@cache
def selection(part: BodyPart, layout: Representation = HUMANML3D) -> Tensor:
    """The matrix (D, d) that takes normalised features to those of a part, relative and mirrored as it says.

    Features of one kind share one standard deviation, so differences of normalised ones are differences of
    motion but for a constant. Raises InvalidMotionError for the skeleton of another representation.
    """
    if layout is not HUMANML3D:
        raise InvalidMotionError(f"body parts are known of the skeleton of {HUMANML3D.name} only")
    chosen = indices(part, layout)
    matrix = torch.zeros(layout.dim, len(chosen))
    matrix[chosen, torch.arange(len(chosen))] = 1.0
    joints = len(part.joints)
    for kind, first, offset in ((layout.local_positions, 0, 1), (layout.joint_velocities, 9 * joints, 0)):
        for place in range(3 * joints):
            for reference in part.relative_to:
                source = kind.start + 3 * (reference - offset) + place % 3
                matrix[source, first + place] -= 1 / len(part.relative_to)
    if part.mirrored:
        signs = (_MIRRORED_VECTOR, _MIRRORED_ROTATION, _MIRRORED_VECTOR)
        matrix *= torch.tensor([sign for kind in signs for _ in range(joints) for sign in kind])
    return matrix


def _of(kind: slice, row: int, size: int) -> list[int]:
    return list(range(kind.start + size * row, kind.start + size * (row + 1)))


def _numbers(kind: slice) -> list[int]:
    return list(range(kind.start, kind.stop))


class PartSelection(nn.Module):
    """Normalised features (B, D, T) -> those of one part (B, d, T)."""

    def __init__(self, part: BodyPart) -> None:
        super().__init__()
        self.matrix: Tensor
        self.register_buffer("matrix", selection(part).t().contiguous(), persistent=False)

    @property
    def channels(self) -> int:
        return len(self.matrix)

    def forward(self, x: Tensor) -> Tensor:
        return self.matrix.to(x.dtype) @ x
