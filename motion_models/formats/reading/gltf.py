"""glTF 2.0, read: .glb, .gltf with its buffers, .vrm and .vrma; any humanoid with an animation.

Only what moves joints is read: nodes, skins, one animation, and the accessors that it needs. The document
is checked against a schema; accessors are checked against their buffers before anything is taken from them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import Float32Array, FloatArray
from ...errors import FormatError, InvalidMotionError
from ...motion.features import FPS
from ..files.options import ReadOptions, read_bytes
from ..people.our_names import GENERATOR, our_joints
from ..people.placing import MAX_SECONDS
from ..people.skeletons import AnimatedSkeleton, Local, Point, posed
from .gltf_document import Animation, Document, Node, open_document
from .keyframes import Track, sampled

_TYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
#: Key times are single precision: a frame that ends this much before a key, in frames, ends with it.
_ROUNDED = 1e-2
_PATHS = {"translation": 3, "rotation": 4, "scale": 3}


def read_gltf_skeleton(path: Path, options: ReadOptions) -> AnimatedSkeleton:
    """Read one person of a glTF file with its animation. Raises FormatError, InvalidMotionError."""
    if options.fps is not None:
        raise FormatError(f"{path.name}: glTF's key frames have times of their own; --fps does not apply")
    document, binary = open_document(path, options)
    if not document.animations:
        raise InvalidMotionError(f"{path.name}: there is no animation in it, only figures or things")
    try:
        return _Scene(document, binary, path, options).skeleton()
    except (IndexError, KeyError) as error:
        raise FormatError(f"{path.name}: refers to something that it does not hold ({error})") from error


class _Scene:
    """The nodes of a document in order, parents first, with the tracks of one animation."""

    def __init__(self, document: Document, binary: bytes, path: Path, options: ReadOptions) -> None:
        self.document, self.binary, self.path, self.options = document, binary, path, options
        self.buffers: dict[int, bytes] = {}
        self.notes: list[str] = []
        self.above = self._parents()

    def skeleton(self) -> AnimatedSkeleton:
        """One person as an animated skeleton, sampled at 20 frames a second."""
        animation = self._animation()
        order = self._in_order(self._nodes_of_person(animation))
        place = {node: number for number, node in enumerate(order)}
        parents = tuple(place.get(self.above[node], -1) for node in order)
        tracks = self._tracks(animation, set(order))
        if not tracks:
            raise InvalidMotionError(f"{self.path.name}: its animation moves no joint")
        start = min(track.times[0] for tracked in tracks.values() for track in tracked.values())
        end = max(track.times[-1] for tracked in tracks.values() for track in tracked.values())
        if not 0 <= end - start <= MAX_SECONDS:
            raise FormatError(
                f"{self.path.name}: {end - start:.6g} s of motion; at most {MAX_SECONDS:.0f} are read"
            )
        times = start + np.arange(int((end - start) * FPS + _ROUNDED) + 1) / FPS
        nodes = [self.document.nodes[node] for node in order]

        def local(joint: int, frames: slice) -> Local:
            return _local(nodes[joint], tracks.get(order[joint], {}), times[frames])

        rest = [_local(node, {}, times[:1]) for node in nodes]
        where, matrices = _at_rest(parents, rest)

        def pose(points: Sequence[Point], frames: slice) -> Float32Array:
            return posed(parents, points, frames, local, matrices)

        return AnimatedSkeleton(
            names=self._names(order),
            parents=parents,
            rest=where,
            frames=len(times),
            fps=FPS,
            path=self.path,
            pose=pose,
            up="y",
            notes=tuple(self.notes),
        )

    def _parents(self) -> list[int]:
        """The parent of every node, -1 for roots. Raises FormatError where nodes hold each other."""
        above = [-1] * len(self.document.nodes)
        for number, node in enumerate(self.document.nodes):
            for child in node.children:
                if child >= len(above) or above[child] >= 0 or child == number:
                    raise FormatError(f"{self.path.name}: node {child} does not have one parent")
                above[child] = number
        return above

    def _in_order(self, wanted: set[int]) -> list[int]:
        """Nodes with all that they hang on and all that hangs on them, parents first."""
        roots = set()
        for node in wanted:
            highest, seen = node, {node}
            while self.above[highest] >= 0:
                highest = self.above[highest]
                if highest in seen:
                    raise FormatError(f"{self.path.name}: its nodes hang on each other in a circle")
                seen.add(highest)
            roots.add(highest)
        order = sorted(roots)
        for node in order:  # grows while it is read
            order.extend(self.document.nodes[node].children)
        return order

    def _nodes_of_person(self, animation: Animation) -> set[int]:
        """The joints of the skin that was asked for; all animated nodes where there is no skin."""
        people: list[set[int]] = []
        for skin in self.document.skins:
            joints = set(skin.joints)
            same = next((person for person in people if person & joints), None)
            if same is None:
                people.append(joints)
            else:
                same |= joints
        animated = {channel.target.node for channel in animation.channels if channel.target.node is not None}
        moving = [person for person in people if person & animated]
        wanted = self.options.person
        if wanted > max(1, len(moving)):
            raise FormatError(
                f"{self.path.name}: holds {max(1, len(moving))} people, there is no number {wanted}"
            )
        if len(moving) > 1:
            self.notes.append(f"it holds {len(moving)} people; number {wanted} was read")
        return moving[wanted - 1] if moving else animated

    def _animation(self) -> Animation:
        found = self.document.animations
        if len(found) > 1:
            names = ", ".join(each.name or "without name" for each in found[:5])
            self.notes.append(f"it holds {len(found)} animations ({names}); the first was read")
        return found[0]

    def _tracks(self, animation: Animation, nodes: set[int]) -> dict[int, dict[str, Track]]:
        """Key frames by node and by what they move."""
        tracks: dict[int, dict[str, Track]] = {}
        for channel in animation.channels:
            node, path = channel.target.node, channel.target.path
            if node in nodes and path in _PATHS:
                sampler = animation.samplers[channel.sampler]
                times = self._values(sampler.input).reshape(-1).astype(np.float64)
                values = self._values(sampler.output)
                track = Track(times, values, sampler.interpolation)
                track.check(_PATHS[path], self.path)
                tracks.setdefault(node, {})[path] = track
        return tracks

    def _values(self, number: int) -> FloatArray:
        """The numbers of an accessor, (count, width), integers that stand for shares as such."""
        accessor = self.document.accessors[number]
        kind, width = _TYPES.get(accessor.component_type), _WIDTHS.get(accessor.type)
        if kind is None or width is None or accessor.sparse is not None or accessor.buffer_view is None:
            raise FormatError(f"{self.path.name}: accessor {number} is of a kind that animations do not have")
        view = self.document.buffer_views[accessor.buffer_view]
        if any("compression" in name for name in view.extensions):
            raise FormatError(
                f"{self.path.name}: its animation is compressed ({', '.join(view.extensions)}); unpack it "
                "first, with gltfpack -noq or gltf-transform"
            )
        raw = self._buffer(view.buffer)[view.byte_offset : view.byte_offset + view.byte_length]
        dtype = np.dtype(kind)
        stride = view.byte_stride or dtype.itemsize * width
        ends = accessor.byte_offset + stride * max(accessor.count - 1, 0) + dtype.itemsize * width
        if not accessor.count or ends > len(raw):
            raise FormatError(
                f"{self.path.name}: accessor {number} reaches beyond its buffer (a file that was cut off?)"
            )
        found = np.ndarray(
            (accessor.count, width), dtype, raw, accessor.byte_offset, (stride, dtype.itemsize)
        ).astype(np.float64)
        if accessor.normalized and dtype.kind in "iu":
            found = np.maximum(found / np.iinfo(dtype).max, -1.0)
        if not np.isfinite(found).all():
            raise FormatError(f"{self.path.name}: accessor {number} holds NaN or infinity")
        return found

    def _buffer(self, number: int) -> bytes:
        if number not in self.buffers:
            uri = self.document.buffers[number].uri
            self.buffers[number] = self.binary if uri is None else self._from_uri(uri)
        return self.buffers[number]

    def _from_uri(self, uri: str) -> bytes:
        """A buffer written into the document, or a file in the same folder; nothing else is opened."""
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except (ValueError, binascii.Error) as error:
                raise FormatError(f"{self.path.name}: a buffer in it is broken ({error})") from error
        if Path(uri).name != uri or uri in ("", ".", ".."):
            raise FormatError(f"{self.path.name}: the buffer {uri[:80]!r} is not a file beside it")
        return read_bytes(self.path.with_name(uri), self.options)

    def _names(self, order: Sequence[int]) -> tuple[str, ...]:
        """The names of nodes; of VRM's humanoids the names of the bones they stand for; of ours our own."""
        bones = _vrm_bones(self.document.extensions)
        nodes = self.document.nodes
        names = tuple(bones.get(node) or nodes[node].name or f"node {node}" for node in order)
        return our_joints(names) if self.document.asset.generator == GENERATOR else names


def _vrm_bones(extensions: dict[str, Any]) -> dict[int, str]:
    """Node -> bone, as VRM 0, VRM 1 and VRMA files say it."""
    bones: dict[int, str] = {}
    for name in ("VRM", "VRMC_vrm", "VRMC_vrm_animation"):
        extension = extensions.get(name)
        humanoid = extension.get("humanoid") if isinstance(extension, dict) else None
        found = humanoid.get("humanBones") if isinstance(humanoid, dict) else None
        if isinstance(found, dict):
            entries = [(bone, entry) for bone, entry in found.items() if isinstance(entry, dict)]
        elif isinstance(found, list):
            entries = [(entry.get("bone"), entry) for entry in found if isinstance(entry, dict)]
        else:
            continue
        for bone, entry in entries:
            if isinstance(bone, str) and isinstance(entry.get("node"), int):
                bones[entry["node"]] = bone
    return bones


def _local(node: Node, tracks: dict[str, Track], times: FloatArray) -> Local:
    """A node's position and matrix in its parent at some times; one of each where it does not move."""
    if node.matrix is not None and not tracks:
        whole = np.array(node.matrix).reshape(4, 4).T
        return whole[None, :3, 3], whole[None, :3, :3]
    where = sampled(tracks.get("translation"), np.array(node.translation), times)
    turn = sampled(tracks.get("rotation"), np.array(node.rotation), times)
    scale = sampled(tracks.get("scale"), np.array(node.scale), times)
    lengths = np.linalg.norm(turn, axis=-1, keepdims=True)
    turn = np.where(lengths > 1e-9, turn, [0.0, 0.0, 0.0, 1.0])
    return where, Rotation.from_quat(turn).as_matrix() * scale[:, None, :]


def _at_rest(parents: Sequence[int], local: Sequence[Local]) -> tuple[FloatArray, list[FloatArray]]:
    """Positions (J, 3) and matrices (3, 3) of the nodes as they stand without an animation."""
    where, matrices = np.zeros((len(parents), 3)), list[FloatArray]()
    for joint, (parent, (offset, matrix)) in enumerate(zip(parents, local, strict=True)):
        if parent < 0:
            where[joint] = offset[0]
            matrices.append(matrix[0])
        else:
            where[joint] = where[parent] + matrices[parent] @ offset[0]
            matrices.append(matrices[parent] @ matrix[0])
    return where, matrices
