"""glTF 2.0 binary (GLB), written: a skinned body per person and one animation that moves them all.

Metres, Y up, facing +Z. Nodes carry the names of the bones, at rest in a T-pose on the floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pygltflib as gl
from PIL import ImageColor

from ..arrays import FloatArray, IntArray
from ..motion.motion import Motion
from ..motion.rig import RigMotion
from .body import Body, Skin, skin_of
from .body.skin import part_colour, rest_positions
from .people.our_names import GENERATOR
from .writing import DEFAULT, Bone, WriteOptions, bones_of, person_names
from .writing.skeleton import rig_of

_COMPONENTS = {
    np.dtype(np.float32): gl.FLOAT,
    np.dtype(np.uint16): gl.UNSIGNED_SHORT,
    np.dtype(np.uint8): gl.UNSIGNED_BYTE,
}


class Builder:
    """A glTF document and its one buffer, growing together."""

    def __init__(self) -> None:
        self.document = gl.GLTF2(asset=gl.Asset(version="2.0", generator=GENERATOR), scene=0)
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


class Armature(NamedTuple):
    """A person's name, bones, and the nodes of these."""

    name: str
    bones: Sequence[Bone]
    nodes: Sequence[int]


def save_glb(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write people as one GLB scene whose animation, named after them, plays all of them."""
    builder = Builder()
    names = person_names(motions)
    animation = gl.Animation(name=", ".join(names))
    for number, (motion, name) in enumerate(zip(motions, names, strict=True)):
        rig = rig_of(motion, options.names)
        bones = bones_of(rig, options.names)
        nodes = add_skeleton(builder, bones, name)
        _add_body(builder, rig, options.body, Armature(name, bones, nodes), number)
        animate(builder, animation, bones, nodes, motion.fps)
    builder.document.animations = [animation]
    path.write_bytes(builder.finish())
    return path


def add_skeleton(builder: Builder, bones: Sequence[Bone], name: str) -> list[int]:
    """Add one node per bone under a node of the person's name; returns the nodes of the bones."""
    first = len(builder.document.nodes)
    nodes = list(range(first, first + len(bones)))
    for number, bone in enumerate(bones):
        children = [nodes[child] for child, other in enumerate(bones) if other.parent == number]
        builder.node(gl.Node(name=bone.name, translation=bone.offset.tolist(), children=children))
    builder.node(gl.Node(name=name, children=[nodes[0]]), root=True)
    return nodes


def _add_body(builder: Builder, rig: RigMotion, body: Body, armature: Armature, person: int) -> None:
    """Add the body: a primitive and a material for each part of its surface, and the skin."""
    document, skin, rest = builder.document, skin_of(rig, body), rest_positions(rig)
    name, bones, nodes = armature
    numbers = np.zeros(len(rest), np.uint8)
    for number, bone in enumerate(bones):
        if bone.joint >= 0:
            numbers[bone.joint] = number
    primitives = []
    for part, triangles in skin.parts.items():
        document.materials.append(_material(part, part_colour(part, person)))
        primitives.append(_primitive(builder, skin, triangles, numbers, len(document.materials) - 1))
    document.meshes.append(gl.Mesh(name=f"{name} body", primitives=primitives))
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(bones), 1, 1))
    for number, bone in enumerate(bones):
        if bone.joint >= 0:
            inverse[number, 3, :3] = -rest[
                bone.joint
            ]  # column-major: the translation is the last row in memory
    bind = builder.accessor(inverse.reshape(-1, 16), gl.MAT4)
    document.skins.append(gl.Skin(name=name, inverseBindMatrices=bind, skeleton=nodes[0], joints=list(nodes)))
    mesh, number = len(document.meshes) - 1, len(document.skins) - 1
    builder.node(gl.Node(name=f"{name} body", mesh=mesh, skin=number), root=True)


def _material(side: str, colour: str) -> gl.Material:
    srgb = np.array(ImageColor.getrgb(colour)[:3]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    surface = gl.PbrMetallicRoughness(
        baseColorFactor=[*linear.round(5).tolist(), 1.0], metallicFactor=0.0, roughnessFactor=0.75
    )
    return gl.Material(name=side, pbrMetallicRoughness=surface)


def _primitive(
    builder: Builder, skin: Skin, triangles: IntArray, numbers: npt.NDArray[np.uint8], material: int
) -> gl.Primitive:
    """One part of a skin in bind pose, with the vertices it uses. numbers: the bone of each rig joint."""
    used, indices = np.unique(triangles, return_inverse=True)
    weights = skin.weights[used]
    joints = np.where(weights > 0, numbers[skin.joints[used]], 0).astype(np.uint8)
    vertices = gl.ARRAY_BUFFER
    positions = skin.positions[used].astype(np.float32)
    attributes = gl.Attributes(
        POSITION=builder.accessor(positions, gl.VEC3, target=vertices, bounds=True),
        NORMAL=builder.accessor(skin.normals[used].astype(np.float32), gl.VEC3, target=vertices),
        JOINTS_0=builder.accessor(joints, gl.VEC4, target=vertices),
        WEIGHTS_0=builder.accessor(weights, gl.VEC4, target=vertices),
    )
    target = gl.ELEMENT_ARRAY_BUFFER
    order = builder.accessor(indices.reshape(-1).astype(np.uint16), gl.SCALAR, target=target)
    return gl.Primitive(attributes=attributes, indices=order, material=material)


def animate(
    builder: Builder, animation: gl.Animation, bones: Sequence[Bone], nodes: Sequence[int], fps: float
) -> None:
    """Add a rotation track per bone, and a translation track for those that move against their parent."""
    times = (np.arange(len(bones[0].rotations)) / fps).astype(np.float32)
    clock = builder.accessor(times, gl.SCALAR, bounds=True)

    def track(node: int, path: str, values: FloatArray, kind: str) -> None:
        output = builder.accessor(values.astype(np.float32), kind)
        animation.samplers.append(gl.AnimationSampler(input=clock, output=output, interpolation="LINEAR"))
        target = gl.AnimationChannelTarget(node=node, path=path)
        animation.channels.append(gl.AnimationChannel(sampler=len(animation.samplers) - 1, target=target))

    for bone, node in zip(bones, nodes, strict=True):
        if bone.translations is not None:
            track(node, "translation", bone.translations, gl.VEC3)
        track(node, "rotation", bone.rotations, gl.VEC4)
