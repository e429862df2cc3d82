"""BVH (Biovision Hierarchy), written; `reading.bvh` reads it.

Written files: centimetres, Y up, facing +Z, T-pose at rest, one person; root channels `Xposition Yposition
Zposition Zrotation Xrotation Yrotation`, other joints `Zrotation Xrotation Yrotation` (the order of
MotionBuilder and Mixamo), degrees; frame time 1 / fps.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..arrays import FloatArray
from ..motion.motion import Motion
from ..motion.rig import END_SITES, RIG_NAMES, RigMotion
from .writing import DEFAULT, Bone, Names, WriteOptions, bones_of
from .writing.skeleton import rig_of

ROTATION_ORDER = "ZXY"
CENTIMETRES = 100.0


def save_bvh(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write one person: BVH holds one skeleton."""
    [motion] = motions
    rig = rig_of(motion, options.names)
    path.write_text(bvh_text(rig, motion.fps, options.names), encoding="ascii")
    return path


def bvh_text(rig: RigMotion, fps: float, names: Names = "ours") -> str:
    """A rigged motion as the text of a BVH file, its bones called as `names` says."""
    bones = bones_of(rig, names, root=False)
    lines = ["HIERARCHY"]
    _write_joint(lines, rig, bones, 0, 0)
    lines += ["MOTION", f"Frames: {rig.frames}", f"Frame Time: {1.0 / fps:.8g}"]
    angles = rig.euler(ROTATION_ORDER)[:, [bone.joint for bone in bones]].reshape(rig.frames, -1)
    table = np.concatenate([rig.root * CENTIMETRES, angles], axis=1)
    lines += [" ".join(f"{value:.5f}" for value in row) for row in table]
    return "\n".join(lines) + "\n"


def _write_joint(lines: list[str], rig: RigMotion, bones: Sequence[Bone], number: int, depth: int) -> None:
    pad, bone = "\t" * depth, bones[number]
    rotations = " ".join(f"{axis}rotation" for axis in ROTATION_ORDER)
    channels = f"3 {rotations}" if number else f"6 Xposition Yposition Zposition {rotations}"
    lines += [f"{pad}{'JOINT' if number else 'ROOT'} {bone.name}", f"{pad}{{"]
    lines += [f"{pad}\tOFFSET {_numbers(rig.offsets[bone.joint])}", f"{pad}\tCHANNELS {channels}"]
    for child, other in enumerate(bones):
        if other.parent == number:
            _write_joint(lines, rig, bones, child, depth + 1)
    joint = RIG_NAMES[bone.joint]
    if joint in END_SITES:
        end = _numbers(np.array(END_SITES[joint]))
        lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {end}", f"{pad}\t}}"]
    lines.append(f"{pad}}}")


def _numbers(offset: FloatArray) -> str:
    """Metres -> centimetres as text."""
    return " ".join(f"{value:.5f}" for value in offset * CENTIMETRES)
