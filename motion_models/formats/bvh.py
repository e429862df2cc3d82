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
from ..motion.rig import END_SITES, RIG_NAMES, RIG_PARENTS, RigMotion

ROTATION_ORDER = "ZXY"
CENTIMETRES = 100.0


def save_bvh(motions: Sequence[Motion], path: Path) -> Path:
    """Write one person: BVH holds one skeleton."""
    [motion] = motions
    path.write_text(bvh_text(motion.rig, motion.fps), encoding="ascii")
    return path


def bvh_text(rig: RigMotion, fps: float) -> str:
    """A rigged motion as the text of a BVH file."""
    lines = ["HIERARCHY"]
    _write_joint(lines, rig, 0, 0)
    lines += ["MOTION", f"Frames: {rig.frames}", f"Frame Time: {1.0 / fps:.8g}"]
    angles = rig.euler(ROTATION_ORDER).reshape(rig.frames, -1)
    table = np.concatenate([rig.root * CENTIMETRES, angles], axis=1)
    lines += [" ".join(f"{value:.5f}" for value in row) for row in table]
    return "\n".join(lines) + "\n"


def _write_joint(lines: list[str], rig: RigMotion, joint: int, depth: int) -> None:
    pad, name = "\t" * depth, RIG_NAMES[joint]
    rotations = " ".join(f"{axis}rotation" for axis in ROTATION_ORDER)
    channels = f"6 Xposition Yposition Zposition {rotations}" if joint == 0 else f"3 {rotations}"
    lines += [f"{pad}{'JOINT' if joint else 'ROOT'} {name}", f"{pad}{{"]
    lines += [f"{pad}\tOFFSET {_numbers(rig.offsets[joint])}", f"{pad}\tCHANNELS {channels}"]
    for child, parent in enumerate(RIG_PARENTS):
        if parent == joint:
            _write_joint(lines, rig, child, depth + 1)
    if name in END_SITES:
        end = _numbers(np.array(END_SITES[name]))
        lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {end}", f"{pad}\t}}"]
    lines.append(f"{pad}}}")


def _numbers(offset: FloatArray) -> str:
    """Metres -> centimetres as text."""
    return " ".join(f"{value:.5f}" for value in offset * CENTIMETRES)
