"""Files of every format: what they say of themselves, and what comes back when they are read."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.motion_models.formats import READABLE, load_motion, save_motion
from motion_agent.motion_models.formats.writing.options import WriteOptions
from motion_agent.motion_models.motion.motion import Motion, Segment
from motion_agent.motion_models.motion.skeleton import JOINT
from records.recording import assert_recorded

#: What is written within a fraction of a second; films are looked at elsewhere.
WRITTEN = ("bvh", "glb", "vrma", "npz", "npy")
WALK = Motion(
    walking(41), name="stroll", caption="a person walks", segments=(Segment("a person walks", 0.0, 2.05),)
)
OTHER = Motion(walking(21, speed=0.5) + np.array([1.0, 0.0, 0.0], np.float32), name="other")


def looked_at(file: Path) -> Any:
    """What a file says of itself, without the numbers of its frames."""
    match file.suffix:
        case ".bvh":
            return bvh(file.read_text())
        case ".glb" | ".vrma":
            return gltf(file.read_bytes())
        case ".npz":
            with np.load(file) as arrays:
                return {name: array_told(arrays[name]) for name in arrays.files}
    return array_told(np.load(file))


def array_told(array: np.ndarray) -> Any:
    if array.dtype.kind in "US" or array.size <= 1:
        return array.tolist()
    return f"{array.dtype} {array.shape}, from {array.min():.2f} to {array.max():.2f}"


def bvh(text: str) -> dict[str, Any]:
    """Hierarchy by depth, and the first and last frames of the root."""
    head, _, frames = text.partition("MOTION\n")
    lines = frames.splitlines()
    joints = [line.rstrip() for line in head.splitlines() if "JOINT" in line or "ROOT" in line]
    offsets = [line.split()[1:] for line in head.splitlines() if "OFFSET" in line]
    values = [list(map(float, line.split())) for line in (lines[2], lines[-1])]
    return {
        "joints": joints,
        "channels": sorted({line.strip() for line in head.splitlines() if "CHANNELS" in line}),
        "offsets": [list(map(float, offset)) for offset in offsets],
        "frames": lines[:2],
        "first": np.round(values[0][:12], 1),
        "last": np.round(values[1][:12], 1),
    }


def gltf(data: bytes) -> dict[str, Any]:
    """Its names, its extensions, and of each animation which bones move and until when."""
    length = struct.unpack_from("<I", data, 12)[0]
    held = json.loads(data[20 : 20 + length])
    nodes, accessors = held.get("nodes", []), held.get("accessors", [])
    return {
        "asset": {key: value for key, value in held["asset"].items() if key != "generator"},
        "nodes": [node.get("name") for node in nodes],
        "children": {node["name"]: len(below(node)) for node in nodes if len(below(node)) > 1},
        "meshes": [mesh.get("name") for mesh in held.get("meshes", [])],
        "skins": [len(skin["joints"]) for skin in held.get("skins", [])],
        "extensions": extension_told(held.get("extensions", {}), nodes),
        "animations": [
            {
                "name": animation.get("name"),
                "channels": [
                    f"{nodes[channel['target']['node']].get('name')} {channel['target']['path']}"
                    for channel in animation["channels"]
                ],
                "until": accessors[animation["samplers"][0]["input"]].get("max"),
                "frames": accessors[animation["samplers"][0]["input"]]["count"],
                "steps": sorted({each.get("interpolation", "LINEAR") for each in animation["samplers"]}),
            }
            for animation in held.get("animations", [])
        ],
    }


def below(node: dict[str, Any]) -> list[int]:
    return node.get("children", [])


def extension_told(value: Any, nodes: Sequence[dict[str, Any]]) -> Any:
    """Extensions with the names of nodes in place of their numbers."""
    if isinstance(value, dict) and set(value) == {"node"}:
        return nodes[value["node"]].get("name")
    if isinstance(value, dict):
        return {key: extension_told(inner, nodes) for key, inner in value.items()}
    return value


def read_again(file: Path, motion: Motion) -> Any:
    """What a file gives back, and how far from what was written, in millimetres from the hips."""
    if file.suffix.removeprefix(".") not in READABLE:
        return "not read"
    try:
        found = load_motion(file)
    except MotionAgentError as error:
        return str(error)
    frames = min(len(found.joints), len(motion.joints))
    pairs = (found.joints[:frames], motion.joints[:frames])
    from_hips = [joints - joints[:, :1] for joints in pairs]
    way = found.joints[-1, 0] - found.joints[0, 0]
    return {
        "shape": found.joints.shape,
        "fps": found.fps,
        "name": found.name,
        "caption": found.caption,
        "segments": [f"{part.description} {part.start:g}-{part.end:g}" for part in found.segments],
        "notes": found.notes,
        "furthest_mm": np.abs(from_hips[0] - from_hips[1]).max() * 1000 // 5 * 5,
        "way": way.round(2),
        "head": found.joints[0, JOINT["head"], 1].round(2),
    }


def test_files_and_what_is_read_again(tmp_path: Path) -> None:
    cases = {}
    for name in WRITTEN:
        file = save_motion(WALK, tmp_path / f"walk.{name}")
        cases[name] = {"file": looked_at(file), "again": read_again(file, WALK)}
    for names in ("mixamo", "unity", "vrm"):
        for format in ("bvh", "glb"):
            options = WriteOptions("mannequin", names)
            file = save_motion(WALK, tmp_path / f"{names}.{format}", options=options)
            file_told = looked_at(file)
            named = {"joints": file_told["joints"]} if format == "bvh" else {"nodes": file_told["nodes"]}
            cases[f"{names} {format}"] = {**named, "again": read_again(file, WALK)}
    assert_recorded("formats", cases)


def test_files_of_two_people(tmp_path: Path) -> None:
    cases = {}
    for name in WRITTEN:
        folder = tmp_path / name
        first = save_motion([WALK, OTHER], folder / f"both.{name}")
        cases[name] = {
            "files": sorted(file.name for file in folder.iterdir()),
            "first": looked_at(first) if name in ("npz", "npy") else read_again(first, WALK),
        }
        if name in ("glb", "npz"):
            second = load_motion(first, person=2)
            cases[name]["second"] = [second.name, second.joints.shape, second.joints[-1, 0].round(2)]
    assert_recorded("formats_of_two", cases)


@pytest.mark.parametrize("name", ["html", "png"])
def test_pages_and_pictures_are_written(tmp_path: Path, name: str) -> None:
    assert save_motion(WALK, tmp_path / f"walk.{name}").stat().st_size > 1000
