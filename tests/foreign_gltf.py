"""glTF documents as other programs write them, made by hand: armatures, tracks of all kinds."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import foreign_bvh as foreign
import numpy as np
from foreign_bvh import Joint
from scipy.spatial.transform import Rotation

FLOAT, SHORT = 5126, 5122
_KINDS = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}


@dataclass
class Document:
    """A glTF document that grows; its one buffer is `blob`."""

    json: dict[str, Any] = field(
        default_factory=lambda: {
            "asset": {"version": "2.0"}, "nodes": [], "accessors": [], "bufferViews": [], "skins": [],
            "animations": [{"name": "take", "channels": [], "samplers": []}],
        }
    )  # fmt: skip
    blob: bytearray = field(default_factory=bytearray)

    def accessor(self, values: np.ndarray, *, shorts: bool = False) -> int:
        flat = np.asarray(values, np.float32).reshape(len(values), -1)
        raw = np.round(flat * 32767).astype("<i2") if shorts else flat.astype("<f4")
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": len(self.blob), "byteLength": raw.nbytes})
        self.blob += raw.tobytes() + b"\0" * (-raw.nbytes % 4)
        kind = {
            "componentType": SHORT if shorts else FLOAT,
            "count": len(flat),
            "type": _KINDS[flat.shape[1]],
        }
        self.json["accessors"].append(
            {
                "bufferView": len(self.json["bufferViews"]) - 1,
                **kind,
                **({"normalized": True} if shorts else {}),
            }
        )
        return len(self.json["accessors"]) - 1

    def node(self, **node: Any) -> int:
        self.json["nodes"].append(node)
        return len(self.json["nodes"]) - 1

    def track(
        self,
        node: int,
        path: str,
        times: np.ndarray,
        values: np.ndarray,
        *,
        kind: str = "LINEAR",
        shorts: bool = False,
    ) -> None:
        animation = self.json["animations"][0]
        sampler = {
            "input": self.accessor(times),
            "output": self.accessor(values, shorts=shorts),
            "interpolation": kind,
        }
        animation["samplers"].append(sampler)
        target = {"node": node, "path": path}
        animation["channels"].append({"sampler": len(animation["samplers"]) - 1, "target": target})

    def glb(self, path: Path) -> Path:
        document = self.json | {"buffers": [{"byteLength": len(self.blob)}]}
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        whole = 12 + 8 + len(text) + 8 + len(self.blob)
        path.write_bytes(
            struct.pack("<4sII", b"glTF", 2, whole)
            + struct.pack("<II", len(text), 0x4E4F534A) + text
            + struct.pack("<II", len(self.blob), 0x004E4942) + self.blob
        )  # fmt: skip
        return path

    def gltf(self, path: Path, *, inside: bool) -> Path:
        """As JSON, the buffer inside of it or in a file beside it."""
        uri = "data:application/octet-stream;base64," + base64.b64encode(self.blob).decode()
        if not inside:
            uri = path.with_suffix(".bin").name
            path.with_suffix(".bin").write_bytes(self.blob)
        path.write_text(json.dumps(self.json | {"buffers": [{"byteLength": len(self.blob), "uri": uri}]}))
        return path


def skeleton(
    document: Document,
    root: Joint,
    *,
    fps: float,
    above: int | None = None,
    kind: str = "LINEAR",
    shorts: bool = False,
) -> dict[str, int]:
    """Add a figure of `foreign_bvh` with its motion, below a node where one is given; nodes by name."""
    nodes: dict[str, int] = {}

    def add(joint: Joint, parent: int | None) -> None:
        assert joint.values is not None
        number = nodes[joint.name] = document.node(
            name=joint.name, translation=joint.offset.tolist(), children=[]
        )
        if parent is not None:
            document.json["nodes"][parent].setdefault("children", []).append(number)
        times = np.arange(len(joint.values)) / fps + 3.0
        turns = Rotation.from_euler("ZXY", joint.values[:, -3:], degrees=True).as_quat()
        document.track(number, "rotation", times, _keys(turns, kind), kind=kind, shorts=shorts)
        if joint is root:
            document.track(number, "translation", times, _keys(joint.values[:, :3], kind), kind=kind)
        for child in joint.children:
            add(child, number)
        if joint.end is not None:
            end = document.node(name=f"{joint.name}_End", translation=joint.end.tolist())
            document.json["nodes"][number]["children"].append(end)

    add(root, above)
    document.json["skins"].append({"joints": list(nodes.values())})
    return nodes


def _keys(values: np.ndarray, kind: str) -> np.ndarray:
    """Values of key frames as their interpolation wants them; cubic ones stand between their tangents."""
    if kind != "CUBICSPLINE":
        return values
    tangents = np.gradient(values, axis=0) * 20.0
    return np.stack([tangents, values, tangents], axis=1).reshape(-1, values.shape[1])


def figure(joints: np.ndarray, convention: str, *, unit: float = 1.0) -> Joint:
    return foreign.renamed(foreign.figure(joints, unit=unit), convention)
