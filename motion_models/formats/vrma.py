"""VRM animations (.vrma), written: a glTF file with the extension VRMC_vrm_animation 1.0, without a body.

Programs play it on any VRM character: the extension says which node is which bone of the humanoid. As it
demands, the figure rests in a T-pose facing +Z, the hips alone are moved, and every other bone only turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pygltflib as gl

from ..motion.motion import Motion
from .gltf import Builder, add_skeleton, animate
from .writing import DEFAULT, WriteOptions, bones_of
from .writing.skeleton import rig_of

EXTENSION = "VRMC_vrm_animation"


def save_vrma(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write one person, for the extension describes one humanoid; bones always have VRM's names."""
    [motion] = motions
    builder = Builder()
    bones = bones_of(rig_of(motion, "vrm"), "vrm", root=False)
    nodes = add_skeleton(builder, bones, motion.name)
    animation = gl.Animation(name=motion.name)
    animate(builder, animation, bones, nodes, motion.fps)
    document = builder.document
    document.animations = [animation]
    document.extensionsUsed = [EXTENSION]
    human = {bone.name: {"node": node} for bone, node in zip(bones, nodes, strict=True)}
    document.extensions = {EXTENSION: {"specVersion": "1.0", "humanoid": {"humanBones": human}}}
    path.write_bytes(builder.finish())
    return path
