"""GLB, read back byte by byte: skeleton, skin and animation give the joints that went in."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.formats import WriteOptions, save_motion
from motion_agent.motion_models.formats.body import Body
from motion_agent.motion_models.formats.writing import Names
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import JOINT, JOINT_NAMES
from motions import turned
from scipy.spatial.transform import Rotation

TYPES = {5121: "<u1", 5123: "<u2", 5126: "<f4"}
#: The bones that VRM 1.0 requires of a humanoid.
REQUIRED = {
    "hips", "spine", "head", "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg",
    "rightFoot", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
}  # fmt: skip
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """Just enough of glTF 2.0 to check a file: no library of the writer is used."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        magic, version, length = struct.unpack_from("<4sII", raw)
        assert (magic, version, length) == (b"glTF", 2, len(raw))
        size, kind = struct.unpack_from("<I4s", raw, 12)
        assert kind == b"JSON"
        self.json: dict[str, Any] = json.loads(raw[20 : 20 + size])
        start = 20 + size
        size, kind = struct.unpack_from("<I4s", raw, start)
        assert kind == b"BIN\0"
        self.blob = raw[start + 8 : start + 8 + size]

    def array(self, number: int) -> np.ndarray:
        accessor = self.json["accessors"][number]
        view = self.json["bufferViews"][accessor["bufferView"]]
        width, offset = WIDTHS[accessor["type"]], view.get("byteOffset", 0)
        kind = np.dtype(TYPES[accessor["componentType"]])
        assert offset % kind.itemsize == 0 and view["byteLength"] >= accessor["count"] * width * kind.itemsize
        return np.frombuffer(self.blob, kind, accessor["count"] * width, offset).reshape(-1, width)

    def parents(self) -> dict[int, int]:
        return {child: i for i, node in enumerate(self.json["nodes"]) for child in node.get("children", [])}

    def world(self, frame: int | None) -> dict[int, np.ndarray]:
        """Global matrices of all nodes, at rest or at a frame of the animation."""
        local = {}
        for number, node in enumerate(self.json["nodes"]):
            local[number] = np.eye(4)
            local[number][:3, 3] = node.get("translation", [0, 0, 0])
        for channel in self.json["animations"][0]["channels"] if frame is not None else []:
            sampler = self.json["animations"][0]["samplers"][channel["sampler"]]
            values, target = self.array(sampler["output"]), channel["target"]
            if target["path"] == "translation":
                local[target["node"]][:3, 3] = values[frame]
            else:
                local[target["node"]][:3, :3] = Rotation.from_quat(values[frame]).as_matrix()
        parents, matrices = self.parents(), {}

        def matrix(number: int) -> np.ndarray:
            if number not in matrices:
                above = matrix(parents[number]) if number in parents else np.eye(4)
                matrices[number] = above @ local[number]
            return matrices[number]

        return {number: matrix(number) for number in local}


def joints_of(glb: Glb, person: int, frame: int | None) -> np.ndarray:
    nodes = glb.json["skins"][person]["joints"]
    names = {glb.json["nodes"][node]["name"]: node for node in nodes}
    world = glb.world(frame)
    return np.stack([world[names[name]][:3, 3] for name in JOINT_NAMES])


def test_animation_gives_the_joints(motion: Motion, tmp_path: Path) -> None:
    glb = Glb(save_motion(motion, tmp_path / "walk.glb"))
    for frame in (0, 17, 59):
        assert np.abs(joints_of(glb, 0, frame) - motion.joints[frame]).max() < 1e-4
    times = glb.array(glb.json["animations"][0]["samplers"][0]["input"])[:, 0]
    assert np.allclose(times, np.arange(60) / 20)


def test_rotations_of_somebody_who_spins_take_the_short_way_from_frame_to_frame(tmp_path: Path) -> None:
    """Programs blend quaternions as they are written: of q and -q, the same turn, only one is near."""
    spinning = turned(walking(100), 9.0 * np.arange(100))
    glb = Glb(save_motion(Motion(spinning), tmp_path / "spin.glb"))
    animation = glb.json["animations"][0]
    turns = [channel for channel in animation["channels"] if channel["target"]["path"] == "rotation"]
    for channel in turns:
        values = glb.array(animation["samplers"][channel["sampler"]]["output"])
        assert np.sum(values[1:] * values[:-1], axis=1).min() > 0.9


def test_skin_binds_the_mesh_to_the_rest_pose(motion: Motion, tmp_path: Path) -> None:
    glb = Glb(save_motion(motion, tmp_path / "walk.glb"))
    skin, world = glb.json["skins"][0], glb.world(None)
    inverse = glb.array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    bound = np.stack([world[node] for node in skin["joints"]]) @ inverse
    assert np.abs(bound - np.eye(4)).max() < 1e-5
    rest = joints_of(glb, 0, None)
    assert rest[:, 1].min() > -1e-5, "the rest pose stands on the floor"


@pytest.mark.parametrize(
    ("body", "parts"),
    [("human", ("centre", "left", "right", "skin")), ("mannequin", ("centre", "left", "right"))],
)
def test_mesh_is_sound_and_has_two_sides(
    motion: Motion, tmp_path: Path, body: Body, parts: tuple[str, ...]
) -> None:
    glb = Glb(save_motion(motion, tmp_path / "walk.glb", options=WriteOptions(body=body)))
    primitives = glb.json["meshes"][0]["primitives"]
    assert [glb.json["materials"][p["material"]]["name"] for p in primitives] == list(parts)
    for primitive in primitives:
        positions = glb.array(primitive["attributes"]["POSITION"])
        normals = glb.array(primitive["attributes"]["NORMAL"])
        assert glb.array(primitive["indices"]).max() < len(positions)
        assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
        assert np.allclose(glb.array(primitive["attributes"]["WEIGHTS_0"]).sum(axis=1), 1)
        assert glb.array(primitive["attributes"]["JOINTS_0"]).max() < 25
    left, right = (glb.array(p["attributes"]["POSITION"])[:, 0] for p in primitives[1:3])
    assert left.mean() > 0.1 and right.mean() < -0.1
    assert left.min() > -0.05 and right.max() < 0.05
    height = np.ptp(np.concatenate([glb.array(p["attributes"]["POSITION"])[:, 1] for p in primitives]))
    assert 1.4 < height < 2.1


def test_several_people_share_one_animation(motion: Motion, tmp_path: Path) -> None:
    pair = [motion, Motion(motion.joints[:30], name="other").moved(theta=90, x=1.5)]
    glb = Glb(save_motion(pair, tmp_path / "pair.glb"))
    assert len(glb.json["skins"]) == 2 and len(glb.json["animations"]) == 1
    # Both are driven at their own last frame or earlier.
    assert np.abs(joints_of(glb, 1, 10) - pair[1].joints[10]).max() < 1e-4


@pytest.mark.parametrize("body", ["human", "mannequin"])
def test_people_are_told_apart_by_the_colour_of_their_trunks_alone(
    motion: Motion, tmp_path: Path, body: Body
) -> None:
    people = [motion.moved(x=float(number)) for number in range(3)]
    glb = Glb(save_motion(people, tmp_path / "three.glb", options=WriteOptions(body=body)))
    worn: dict[str, list[tuple[float, ...]]] = {}
    for mesh in glb.json["meshes"]:
        for material in (glb.json["materials"][part["material"]] for part in mesh["primitives"]):
            colour = material["pbrMetallicRoughness"]["baseColorFactor"]
            worn.setdefault(material["name"], []).append(tuple(colour))
    assert all(len(colours) == len(people) for colours in worn.values())
    different = {part: len(set(colours)) for part, colours in worn.items()}
    assert different.pop("centre") == len(people)
    assert set(different.values()) == {1}


def test_the_action_is_called_after_the_clip(motion: Motion, tmp_path: Path) -> None:
    glb = Glb(save_motion(replace(motion, name="slow walk"), tmp_path / "walk.glb"))
    assert glb.json["animations"][0]["name"] == "slow walk"
    pair = Glb(save_motion([motion, motion.moved(x=1.0)], tmp_path / "pair.glb"))
    assert [skin["name"] for skin in pair.json["skins"]] == [f"{motion.name} 1", f"{motion.name} 2"]


@pytest.mark.parametrize(
    ("names", "hips", "left_foot"),
    [
        ("mixamo", "mixamorig:Hips", "mixamorig:LeftFoot"),
        ("unity", "Hips", "LeftFoot"),
        ("vrm", "hips", "leftFoot"),
    ],
)
def test_bones_of_other_tools_carry_root_motion(
    motion: Motion, tmp_path: Path, names: Names, hips: str, left_foot: str
) -> None:
    turned = motion.moved(theta=120)
    glb = Glb(save_motion(turned, tmp_path / "walk.glb", options=WriteOptions(names=names)))
    nodes = {glb.json["nodes"][node]["name"]: node for node in glb.json["skins"][0]["joints"]}
    assert len(nodes) == 23 and glb.parents()[nodes[hips]] == nodes["root"]
    for frame in (0, 31, 59):
        world = glb.world(frame)
        joints = turned.joints[frame]
        assert np.allclose(world[nodes[hips]][:3, 3], joints[0], atol=1e-4)
        assert np.allclose(world[nodes["root"]][:3, 3], joints[0] * (1, 0, 1), atol=1e-4)
        assert np.linalg.norm(world[nodes[left_foot]][:3, 3] - joints[JOINT["left_ankle"]]) < 0.01
        across = (joints[JOINT["left_hip"]] - joints[JOINT["right_hip"]]) * (1, 0, 1)
        facing = world[nodes["root"]][:3, 0]
        assert facing @ across / np.linalg.norm(across) > 0.95, "the root faces where the hips face"


def test_a_vrm_animation_says_which_node_is_which_bone(motion: Motion, tmp_path: Path) -> None:
    glb = Glb(save_motion(motion, tmp_path / "walk.vrma"))
    assert glb.json["extensionsUsed"] == ["VRMC_vrm_animation"]
    extension = glb.json["extensions"]["VRMC_vrm_animation"]
    bones = {name: bone["node"] for name, bone in extension["humanoid"]["humanBones"].items()}
    assert extension["specVersion"] == "1.0" and set(bones) >= REQUIRED
    moved = [
        c["target"] for c in glb.json["animations"][0]["channels"] if c["target"]["path"] == "translation"
    ]
    assert [target["node"] for target in moved] == [bones["hips"]]
    assert "meshes" not in glb.json or not glb.json["meshes"]
    world = glb.world(40)
    for bone, joint in (("hips", "pelvis"), ("rightFoot", "right_ankle"), ("leftHand", "left_wrist")):
        assert np.linalg.norm(world[bones[bone]][:3, 3] - motion.joints[40, JOINT[joint]]) < 0.03
