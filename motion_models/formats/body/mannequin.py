"""A low-poly mannequin that fits any rig: rounded parts, each moved by one joint.

Sizes are metres on the target skeleton; others scale them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import FloatArray, IntArray
from ...motion.rig import END_SITES, RIG, RigMotion
from .figure import body_scale
from .skin import INFLUENCES, Skin, rest_positions

_AROUND = 16
_CAP_RINGS = 4
_X, _Z = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Part:
    """One rounded solid in the local frame of a rig joint.

    positions: (V, 3). triangles: (F, 3) vertex indices, counter-clockwise from outside.
    side: "left", "right" or "centre".
    """

    joint: int
    side: str
    positions: FloatArray
    triangles: IntArray


def mannequin_skin(rig: RigMotion) -> Skin:
    """The mannequin on a rig's bones; every vertex follows one joint."""
    size, rest = body_scale(rig), rest_positions(rig)
    solids = [*_trunk(rig, size), *_limbs(rig, "left", size), *_limbs(rig, "right", size)]
    counts = [len(part.positions) for part in solids]
    starts = np.cumsum([0, *counts[:-1]])
    joints = np.zeros((sum(counts), INFLUENCES), np.uint8)
    joints[:, 0] = np.repeat([part.joint for part in solids], counts)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (sum(counts), 1))
    sides = {
        side: [
            part.triangles + start for part, start in zip(solids, starts, strict=True) if part.side == side
        ]
        for side in ("centre", "left", "right")
    }
    return Skin(
        np.concatenate([part.positions + rest[part.joint] for part in solids]),
        joints,
        weights,
        {side: np.concatenate(triangles) for side, triangles in sides.items()},
    )


def _trunk(rig: RigMotion, size: float) -> list[Part]:
    bones = {name: rig.offsets[index] for name, index in RIG.items()}
    hips = (bones["left_hip"] + bones["right_hip"]) / 2
    collars = (bones["left_collar"] + bones["right_collar"]) / 2
    shoulder = collars + size * np.array([0.0, 0.02, 0.0])
    skull = size * np.array([[0, 0.045, 0.012], [0, 0.105, 0.006]])
    nose = size * np.array([[0, 0.075, 0.088], [0, 0.052, 0.092]])
    solids = [
        ("pelvis", hips * 0.7, 0.3 * bones["spine1"], (0.130, 0.095), (0.120, 0.090)),
        ("spine1", -0.6 * bones["spine1"], 0.8 * bones["spine2"], (0.112, 0.083), (0.122, 0.090)),
        ("spine2", -0.2 * bones["spine2"], bones["spine3"], (0.125, 0.092), (0.140, 0.100)),
        ("spine3", -0.5 * bones["spine3"], shoulder, (0.142, 0.102), (0.120, 0.075)),
        ("spine3", shoulder, 0.8 * bones["neck"], (0.100, 0.062), (0.054, 0.052)),
        ("neck", np.zeros(3), bones["head"], (0.050, 0.052), (0.048, 0.050)),
        ("head", skull[0], skull[1], (0.068, 0.082), (0.080, 0.094)),
        ("head", nose[0], nose[1], (0.012, 0.016), (0.010, 0.012)),
    ]
    return [
        Part(RIG[joint], "centre", *_solid(start, end, np.array([first, last]) * size, _X))
        for joint, start, end, first, last in solids
    ]


def _limbs(rig: RigMotion, side: str, size: float) -> list[Part]:
    bones = {name.removeprefix(f"{side}_"): rig.offsets[index] for name, index in RIG.items()}
    nothing = np.zeros(3)
    palm = np.array(END_SITES[f"{side}_wrist"]) * size
    heel, toes = size * np.array([0, -0.035, -0.045]), size * np.array([0, 0.004, 0.060])
    solids = [
        ("collar", nothing, bones["shoulder"], (0.062, 0.062), (0.058, 0.058), _Z),
        ("shoulder", nothing, bones["elbow"], (0.052, 0.052), (0.038, 0.038), _Z),
        ("elbow", nothing, bones["wrist"], (0.040, 0.040), (0.026, 0.026), _Z),
        ("wrist", 0.15 * palm, 0.85 * palm, (0.034, 0.020), (0.026, 0.011), _Z),
        ("hip", nothing, bones["knee"], (0.080, 0.084), (0.054, 0.056), _X),
        ("knee", nothing, bones["ankle"], (0.054, 0.057), (0.036, 0.038), _X),
        ("ankle", heel, bones["foot"], (0.036, 0.032), (0.045, 0.030), _X),
        ("foot", nothing, toes, (0.045, 0.030), (0.038, 0.022), _X),
    ]
    return [
        Part(RIG[f"{side}_{joint}"], side, *_solid(start, end, np.array([first, last]) * size, across))
        for joint, start, end, first, last, across in solids
    ]


def _solid(
    start: FloatArray, end: FloatArray, radii: FloatArray, across: FloatArray
) -> tuple[FloatArray, IntArray]:
    """An elliptic tapered capsule: positions and triangles.

    radii: (2, 2), at start and end, along `across` and square to it.
    """
    along = end - start
    length = max(float(np.linalg.norm(along)), 1e-6)
    y = along / length if length > 1e-6 else np.array([0.0, 1.0, 0.0])
    x = across - y * (across @ y)
    x /= np.linalg.norm(x)
    frame = np.stack([x, y, np.cross(x, y)])
    centres, sizes = _profile(length, *radii)
    angles = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    circle = np.stack([np.cos(angles), np.zeros(_AROUND), np.sin(angles)], axis=-1)
    rings = circle * sizes[:, [0, 0, 1]][:, None]
    rings[..., 1] = centres[:, None]
    return start + rings.reshape(-1, 3) @ frame, _ring_triangles(len(centres))


def _profile(length: float, first: FloatArray, last: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Heights (R,) and radii (R, 2) of the rings from tip to tip."""
    bend = np.linspace(0.06, np.pi / 2, _CAP_RINGS + 1)
    lower = -np.cos(bend) * first.min()
    upper = length + np.cos(bend[::-1]) * last.min()
    radii = np.concatenate([np.sin(bend)[:, None] * first, np.sin(bend[::-1])[:, None] * last])
    return np.concatenate([lower, upper]), radii


def _ring_triangles(rings: int) -> IntArray:
    """Triangles (F, 3) of a closed tube of `rings` circles with a flat lid on both (tiny) ends."""
    here = np.arange(_AROUND)
    there = (here + 1) % _AROUND
    faces = []
    for ring in range(rings - 1):
        low, high = ring * _AROUND, (ring + 1) * _AROUND
        faces += [
            np.stack([low + here, high + here, low + there], -1),
            np.stack([low + there, high + here, high + there], -1),
        ]
    top = (rings - 1) * _AROUND
    fan = np.arange(1, _AROUND - 1)
    faces += [np.stack([0 * fan, fan, fan + 1], -1), np.stack([0 * fan + top, top + fan + 1, top + fan], -1)]
    return np.concatenate(faces)
