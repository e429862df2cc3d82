"""Kimodo's results: positions of SOMA's or SMPL-X's joints, whose order its models fix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InvalidMotionError
from ...motion.skeleton import JOINT_NAMES, PARENTS
from ..files.arrays import numbers
from ..files.options import ReadOptions
from ..people.placing import Person, person_of
from ..people.skeletons import of_positions

FPS = 30.0
_FINGERS = ("Index", "Middle", "Ring", "Pinky")


def _hand(side: str) -> list[tuple[str, str]]:
    """A hand of the full skeleton: names with parents."""
    bones = [(f"{side}HandThumb1", f"{side}Hand")]
    bones += [(f"{side}HandThumb{n}", f"{side}HandThumb{n - 1}") for n in (2, 3)]
    bones.append((f"{side}HandThumbEnd", f"{side}HandThumb3"))
    for finger in _FINGERS:
        bones.append((f"{side}Hand{finger}1", f"{side}Hand"))
        bones += [(f"{side}Hand{finger}{n}", f"{side}Hand{finger}{n - 1}") for n in (2, 3, 4)]
        bones.append((f"{side}Hand{finger}End", f"{side}Hand{finger}4"))
    return bones


def _arm(side: str) -> list[tuple[str, str]]:
    return [
        (f"{side}Shoulder", "Chest"), (f"{side}Arm", f"{side}Shoulder"), (f"{side}ForeArm", f"{side}Arm"),
        (f"{side}Hand", f"{side}ForeArm"),
    ]  # fmt: skip


def _leg(side: str) -> list[tuple[str, str]]:
    return [
        (f"{side}Leg", "Hips"), (f"{side}Shin", f"{side}Leg"), (f"{side}Foot", f"{side}Shin"),
        (f"{side}ToeBase", f"{side}Foot"),
    ]  # fmt: skip


_TRUNK = [
    ("Hips", ""), ("Spine1", "Hips"), ("Spine2", "Spine1"), ("Chest", "Spine2"), ("Neck1", "Chest"),
    ("Neck2", "Neck1"), ("Head", "Neck2"),
]  # fmt: skip
_FACE = [("Jaw", "Head"), ("LeftEye", "Head"), ("RightEye", "Head")]
_FULL = [*_TRUNK, ("HeadEnd", "Head"), *_FACE]
_COMPACT = [*_TRUNK, *_FACE]
for _side in ("Left", "Right"):
    _FULL += [*_arm(_side), *_hand(_side)]
    _COMPACT += [
        *_arm(_side),
        (f"{_side}HandThumbEnd", f"{_side}Hand"),
        (f"{_side}HandMiddleEnd", f"{_side}Hand"),
    ]
for _side in ("Left", "Right"):
    _FULL += [*_leg(_side), (f"{_side}ToeEnd", f"{_side}ToeBase")]
    _COMPACT += _leg(_side)

#: Names with parents, by how many joints there are.
SKELETONS = {
    len(_FULL): _FULL,
    len(_COMPACT): _COMPACT,
    len(JOINT_NAMES): [
        (name, JOINT_NAMES[parent] if parent >= 0 else "")
        for name, parent in zip(JOINT_NAMES, PARENTS, strict=True)
    ],
}


def read_kimodo(arrays: Mapping[str, Any], path: Path, options: ReadOptions) -> Person:
    """posed_joints (T, J, 3), or (N, T, J, 3), metres, as a person. Raises InvalidMotionError."""
    found = numbers(arrays["posed_joints"], path, "posed_joints")
    notes: tuple[str, ...] = ()
    if found.ndim == 4 and options.person <= len(found):
        if len(found) > 1:
            notes = (f"it holds {len(found)} motions; number {options.person} was read",)
        found = found[options.person - 1]
    if found.ndim != 3 or found.shape[1] not in SKELETONS or found.shape[2] != 3 or not len(found):
        raise InvalidMotionError(
            f"{path.name}: posed_joints of shape {found.shape}; of Kimodo's bodies those of "
            f"{', '.join(map(str, sorted(SKELETONS)))} joints are read, robots are not"
        )
    if not np.isfinite(found).all() or np.abs(found).max() > 1e6:
        raise InvalidMotionError(f"{path.name}: posed_joints hold NaN, infinity or huge numbers")
    bones = SKELETONS[found.shape[1]]
    names = [name for name, _ in bones]
    parents = [names.index(parent) if parent else -1 for _, parent in bones]
    skeleton = of_positions(names, parents, found, fps=FPS, path=path, up="y", notes=notes)
    return person_of(skeleton, options)
