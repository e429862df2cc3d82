"""A limb of one motion on the body of another, as seen from what it hangs on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import FloatArray
from ..skeleton import JOINT, bone_vectors, directions, forward_positions
from .stretch import MARGIN, Stretch

#: Frames in which a limb goes back to its own motion where the other one ends (0.4 s).
FADE_FRAMES = 8


@dataclass(frozen=True)
class _Hinge:
    """What a limb hangs on. root: the joint it is seen from; across and up: pairs of joints (from, to)."""

    root: int
    across: tuple[int, int]
    up: tuple[int, int]


def _joints(*names: str) -> tuple[int, ...]:
    return tuple(JOINT[name] for name in names)


_PELVIS = _Hinge(JOINT["pelvis"], (JOINT["right_hip"], JOINT["left_hip"]), (JOINT["pelvis"], JOINT["spine1"]))


def _arm(side: str) -> tuple[_Hinge, tuple[int, ...]]:
    collars = (JOINT["right_collar"], JOINT["left_collar"])
    chest = _Hinge(JOINT[f"{side}_collar"], collars, (JOINT["spine3"], JOINT["neck"]))
    return chest, _joints(f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist")


def _leg(side: str) -> tuple[_Hinge, tuple[int, ...]]:
    return _PELVIS, _joints(*(f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "foot")))


_ARM = ("collar", "shoulder", "elbow", "wrist")
_TRUNK = (
    _PELVIS,
    (
        *_joints("spine1", "spine2", "spine3", "neck", "head"),
        *_joints(*(f"{side}_{joint}" for side in ("left", "right") for joint in _ARM)),
    ),
)

#: Each limb by its name: what it hangs on, and its joints, for each of its parts.
LIMBS = {
    "left arm": (_arm("left"),),
    "right arm": (_arm("right"),),
    "arms": (_arm("left"), _arm("right")),
    "left leg": (_leg("left"),),
    "right leg": (_leg("right"),),
    "upper body": (_TRUNK,),
}
#: The other name of a limb in a mirror.
OTHER_SIDE = {
    "left arm": "right arm",
    "right arm": "left arm",
    "left leg": "right leg",
    "right leg": "left leg",
}


def with_limb(body: Stretch, donor: Stretch, limb: str) -> Stretch:
    """A body whose `limb` moves as the donor's, from the start on; where the donor ends, as its own again.

    With "legs" the donor's legs go with their path, under the upper body of `body`.
    """
    if limb == "legs":
        return Stretch(
            _spliced(_as_long(donor, donor.joints, body), body.joints, "upper body"),
            np.asarray(_as_long(donor, donor.roots, body), dtype=np.float64),
            body.offset,
        )
    joints = _spliced(body.joints, _as_long(donor, donor.joints, body), limb)
    if donor.frames >= body.frames:
        return Stretch(joints, body.roots, body.offset)
    frames = np.arange(len(joints)) - MARGIN
    share = np.clip((donor.frames - frames) / min(FADE_FRAMES, donor.frames), 0.0, 1.0)[:, None, None]
    return Stretch(blended(body.joints, joints, share), body.roots, body.offset)


def blended(ours: FloatArray, others: FloatArray, share: FloatArray) -> FloatArray:
    """Joints (T, 22, 3) between two that hang on one root: every bone turns from one to the other."""
    first, second = bone_vectors(ours), bone_vectors(others)
    lengths = [np.linalg.norm(vectors, axis=-1, keepdims=True) for vectors in (first, second)]
    ours_point, others_point = directions(first), directions(second)
    cosine = np.sum(ours_point * others_point, axis=-1, keepdims=True)
    angle = np.maximum(np.arccos(np.clip(cosine, -1.0, 1.0)), 1e-6)
    between = np.sin((1 - share) * angle) * ours_point + np.sin(share * angle) * others_point
    root = ours[:, 0] * (1 - share[:, 0]) + others[:, 0] * share[:, 0]
    return forward_positions(root, directions(between) * (lengths[0] * (1 - share) + lengths[1] * share))


def with_bones(joints: FloatArray, lengths: FloatArray) -> FloatArray:
    """Joints (T, 22, 3) with the same directions of bones and these lengths, (22, 1) or (T, 22, 1)."""
    vectors = bone_vectors(joints)
    found = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return forward_positions(joints[:, 0], vectors * (lengths / np.maximum(found, 1e-9)))


def _spliced(body: FloatArray, donor: FloatArray, limb: str) -> FloatArray:
    joints = np.array(body, dtype=np.float64)
    for hinge, own in LIMBS[limb]:
        turn = _frame(body, hinge) @ np.swapaxes(_frame(donor, hinge), -1, -2)
        arm = donor[:, list(own)] - donor[:, [hinge.root]]
        joints[:, list(own)] = joints[:, [hinge.root]] + np.einsum("tij,tkj->tki", turn, arm)
    return joints


def _frame(joints: FloatArray, hinge: _Hinge) -> FloatArray:
    """The turn (T, 3, 3) of what a limb hangs on; its columns are across, up and ahead."""
    across = directions(joints[:, hinge.across[1]] - joints[:, hinge.across[0]])
    up = joints[:, hinge.up[1]] - joints[:, hinge.up[0]]
    up = directions(up - np.sum(up * across, axis=-1, keepdims=True) * across)
    return np.stack([across, up, np.cross(across, up)], axis=-1)


def _as_long(donor: Stretch, values: FloatArray, body: Stretch) -> FloatArray:
    """The rows (T, ...) of a donor for every row of a body; where it has ended, its last frame."""
    last = len(values) - 1 if donor.frames >= body.frames else MARGIN + donor.frames - 1
    return values[np.minimum(np.arange(len(body.joints)), last)]
