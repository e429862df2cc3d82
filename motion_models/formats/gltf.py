"""glTF 2.0 binary (GLB), written: a skinned mannequin per person and one animation that moves them all.

Metres, Y up, facing +Z. Nodes carry the names of the joints, at rest in a T-pose on the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pygltflib as gl
from PIL import ImageColor

from ..arrays import FloatArray
from ..motion.motion import Motion
from ..motion.rig import RIG_NAMES, RIG_PARENTS, RigMotion
from .body import LEFT_COLOUR, RIGHT_COLOUR, trunk_colour
from .mesh import Part, body_mesh

_SIDES = ("centre", "left", "right")
_COMPONENTS = {
    np.dtype(np.float32): gl.FLOAT,
    np.dtype(np.uint16): gl.UNSIGNED_SHORT,
    np.dtype(np.uint8): gl.UNSIGNED_BYTE,
}


class _Builder:
    """A glTF document and its one buffer, growing together."""

    def __init__(self) -> None:
        self.document = gl.GLTF2(asset=gl.Asset(version="2.0", generator="motion-agent"), scene=0)
        self.roots: list[int] = []
        self.blob = bytearray()

    def accessor(
        self, array: npt.NDArray, kind: str, *, target: int | None = None, bounds: bool = False
    ) -> int:
        """Append an array as buffer view and accessor; `bounds` adds the min and max glTF asks for."""
        array = np.ascontiguousarray(array)
        self.blob += b"\0" * (-len(self.blob) % 4)
        view = gl.BufferView(buffer=0, byteOffset=len(self.blob), byteLength=array.nbytes, target=target)
        self.blob += array.tobytes()
        self.document.bufferViews.append(view)
        accessor = gl.Accessor(
            bufferView=len(self.document.bufferViews) - 1,
            componentType=_COMPONENTS[array.dtype],
            count=len(array) if kind != gl.SCALAR else array.size,
            type=kind,
        )
        if bounds:
            flat = array.reshape(accessor.count, -1)
            accessor.min, accessor.max = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        self.document.accessors.append(accessor)
        return len(self.document.accessors) - 1

    def node(self, node: gl.Node, *, root: bool = False) -> int:
        self.document.nodes.append(node)
        number = len(self.document.nodes) - 1
        if root:
            self.roots.append(number)
        return number

    def finish(self) -> bytes:
        self.document.scenes = [gl.Scene(name="scene", nodes=self.roots)]
        self.document.buffers = [gl.Buffer(byteLength=len(self.blob))]
        self.document.set_binary_blob(bytes(self.blob))
        return b"".join(self.document.save_to_bytes())


def save_glb(motions: Sequence[Motion], path: Path) -> Path:
    """Write people as one GLB scene whose animation plays all of them."""
    builder = _Builder()
    animation = gl.Animation(name="motion")
    for number, motion in enumerate(motions):
        rig = motion.rig
        name = motion.name if len(motions) == 1 else f"{motion.name} {number + 1}"
        joints = _add_skeleton(builder, rig, name)
        _add_body(builder, rig, joints, number, name)
        _animate(builder, animation, rig, joints, motion.fps)
    builder.document.animations = [animation]
    path.write_bytes(builder.finish())
    return path


def _rest_positions(rig: RigMotion) -> FloatArray:
    """Global rest positions (25, 3), the lowest joint on the floor."""
    positions = np.zeros_like(rig.offsets)
    for joint, parent in enumerate(RIG_PARENTS):
        if parent >= 0:
            positions[joint] = positions[parent] + rig.offsets[joint]
    positions[:, 1] -= positions[:, 1].min()
    return positions


def _add_skeleton(builder: _Builder, rig: RigMotion, name: str) -> list[int]:
    """Add one node per rig joint under a node of the person's name; returns the nodes of the joints."""
    first = len(builder.document.nodes)
    joints = list(range(first, first + len(RIG_NAMES)))
    offsets = rig.offsets.copy()
    offsets[0] = _rest_positions(rig)[0]
    for joint, joint_name in enumerate(RIG_NAMES):
        children = [joints[child] for child, parent in enumerate(RIG_PARENTS) if parent == joint]
        builder.node(gl.Node(name=joint_name, translation=offsets[joint].tolist(), children=children))
    builder.node(gl.Node(name=name, children=[joints[0]]), root=True)
    return joints


def _add_body(builder: _Builder, rig: RigMotion, joints: list[int], person: int, name: str) -> None:
    """Add the mannequin: a primitive and a material for trunk, left and right, and the skin."""
    document, rest = builder.document, _rest_positions(rig)
    parts = body_mesh(rig)
    primitives = []
    for side, colour in zip(_SIDES, (trunk_colour(person), LEFT_COLOUR, RIGHT_COLOUR), strict=True):
        document.materials.append(_material(side, colour))
        group = [part for part in parts if part.side == side]
        primitives.append(_primitive(builder, group, rest, len(document.materials) - 1))
    document.meshes.append(gl.Mesh(name=f"{name} body", primitives=primitives))
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(rest), 1, 1))
    inverse[:, 3, :3] = -rest  # column-major: the translation is the last row in memory
    bind = builder.accessor(inverse.reshape(-1, 16), gl.MAT4)
    document.skins.append(gl.Skin(name=name, inverseBindMatrices=bind, skeleton=joints[0], joints=joints))
    mesh, skin = len(document.meshes) - 1, len(document.skins) - 1
    builder.node(gl.Node(name=f"{name} body", mesh=mesh, skin=skin), root=True)


def _material(side: str, colour: str) -> gl.Material:
    srgb = np.array(ImageColor.getrgb(colour)[:3]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    surface = gl.PbrMetallicRoughness(
        baseColorFactor=[*linear.round(5).tolist(), 1.0], metallicFactor=0.0, roughnessFactor=0.75
    )
    return gl.Material(name=side, pbrMetallicRoughness=surface)


def _primitive(builder: _Builder, parts: list[Part], rest: FloatArray, material: int) -> gl.Primitive:
    """Parts in bind pose as one indexed primitive; every vertex follows one joint."""
    counts = [len(part.positions) for part in parts]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    positions = np.concatenate([part.positions + rest[part.joint] for part in parts])
    normals = np.concatenate([part.normals for part in parts])
    triangles = np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=True)])
    joints = np.zeros((sum(counts), 4), np.uint8)
    joints[:, 0] = np.repeat([part.joint for part in parts], counts)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (sum(counts), 1))
    vertices = gl.ARRAY_BUFFER
    attributes = gl.Attributes(
        POSITION=builder.accessor(positions.astype(np.float32), gl.VEC3, target=vertices, bounds=True),
        NORMAL=builder.accessor(normals.astype(np.float32), gl.VEC3, target=vertices),
        JOINTS_0=builder.accessor(joints, gl.VEC4, target=vertices),
        WEIGHTS_0=builder.accessor(weights, gl.VEC4, target=vertices),
    )
    indices = builder.accessor(triangles.astype(np.uint16), gl.SCALAR, target=gl.ELEMENT_ARRAY_BUFFER)
    return gl.Primitive(attributes=attributes, indices=indices, material=material)


def _animate(
    builder: _Builder, animation: gl.Animation, rig: RigMotion, joints: list[int], fps: float
) -> None:
    """Add a rotation track per joint and the pelvis's translation track."""
    times = (np.arange(rig.frames) / fps).astype(np.float32)
    clock = builder.accessor(times, gl.SCALAR, bounds=True)

    def track(node: int, path: str, values: FloatArray, kind: str) -> None:
        output = builder.accessor(values.astype(np.float32), kind)
        animation.samplers.append(gl.AnimationSampler(input=clock, output=output, interpolation="LINEAR"))
        target = gl.AnimationChannelTarget(node=node, path=path)
        animation.channels.append(gl.AnimationChannel(sampler=len(animation.samplers) - 1, target=target))

    track(joints[0], "translation", rig.root, gl.VEC3)
    for joint, node in enumerate(joints):
        track(node, "rotation", rig.rotations[:, joint], gl.VEC4)
