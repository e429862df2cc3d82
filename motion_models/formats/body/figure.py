"""The body that pictures show: points to draw between, capsules, colours of the two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import FloatArray
from ...motion.rig import END_SITES, RIG, RigMotion
from ...motion.skeleton import BONE_LENGTHS, JOINT_NAMES, LEG_BONES

#: sRGB colours; left and right stay the same for everyone, the trunk tells people apart.
LEFT_COLOUR, RIGHT_COLOUR = "#e8743b", "#2f7fc1"
SKIN_COLOUR = "#d9c4b4"
TRUNK_COLOURS = ("#aeb6c2", "#8fb58a", "#b79ac8", "#d1b06b", "#7fb3b8", "#c58f8f")

#: The 22 joints and the ends of head, hands and feet.
POINTS = {name: index for index, name in enumerate((*JOINT_NAMES, *(f"{name}_end" for name in END_SITES)))}


@dataclass(frozen=True)
class Capsule:
    """A rounded bone between two points, radii in metres; side is "left", "right" or "centre"."""

    start: str
    end: str
    radii: tuple[float, float]
    side: str = "centre"


def _limb(side: str) -> tuple[Capsule, ...]:
    bones = (
        ("hip", "knee", 0.078, 0.055), ("knee", "ankle", 0.055, 0.038), ("ankle", "foot", 0.040, 0.034),
        ("foot", "foot_end", 0.034, 0.024), ("collar", "shoulder", 0.066, 0.056),
        ("shoulder", "elbow", 0.050, 0.038), ("elbow", "wrist", 0.038, 0.027),
        ("wrist", "wrist_end", 0.030, 0.018),
    )  # fmt: skip
    return tuple(Capsule(f"{side}_{a}", f"{side}_{b}", (r, s), side) for a, b, r, s in bones)


CAPSULES = (
    Capsule("left_hip", "right_hip", (0.090, 0.090)),
    Capsule("pelvis", "spine1", (0.110, 0.105)),
    Capsule("spine1", "spine2", (0.105, 0.120)),
    Capsule("spine2", "spine3", (0.120, 0.120)),
    Capsule("left_collar", "right_collar", (0.085, 0.085)),
    Capsule("spine3", "neck", (0.100, 0.050)),
    Capsule("neck", "head", (0.050, 0.055)),
    Capsule("head", "head_end", (0.078, 0.086)),
    *_limb("left"),
    *_limb("right"),
)


def body_points(rig: RigMotion) -> FloatArray:
    """World positions (T, 27, 3) of `POINTS`, metres."""
    positions, turns = rig.world()
    points = np.empty((rig.frames, len(POINTS), 3))
    for name, index in POINTS.items():
        joint = RIG[name.removesuffix("_end")]
        points[:, index] = positions[:, joint]
        if name.endswith("_end"):
            points[:, index] += turns[joint].apply(
                np.array(END_SITES[name.removesuffix("_end")]) * body_scale(rig)
            )
    return points


def body_scale(rig: RigMotion) -> float:
    """Size of this body against the target skeleton, by the left leg."""
    leg = sum(np.linalg.norm(rig.offsets[RIG[JOINT_NAMES[bone]]]) for bone in LEG_BONES)
    return float(leg / BONE_LENGTHS[list(LEG_BONES)].sum())


def trunk_colour(person: int) -> str:
    return TRUNK_COLOURS[person % len(TRUNK_COLOURS)]
