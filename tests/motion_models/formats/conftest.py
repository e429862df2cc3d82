"""Skeletons in the dialects other programs write."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.formats.bvh import bvh_text
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.rig import RIG_NAMES, fit_rig

#: Our rig joint -> the dialect's name; {0} is the side as that dialect writes it.
TRUNK = ("pelvis", "lower_back", "spine1", "spine2", "spine3", "neck", "head")
LIMB = ("clavicle", "collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
DIALECTS = {
    "mixamo": (
        ("left", "Left"), ("right", "Right"), "mixamorig:",
        "Hips SpineRoot Spine Spine1 Spine2 Neck Head",
        "{0}Shoulder {0}ShoulderEnd {0}Arm {0}ForeArm {0}Hand {0}UpLeg {0}Leg {0}Foot {0}ToeBase",
    ),
    "blender": (
        ("left", "L"), ("right", "R"), "",
        "hips spine spine.001 spine.002 chest neck head",
        "shoulder.{0} shoulder_x.{0} upper_arm.{0} forearm.{0} hand.{0} thigh.{0} shin.{0} foot.{0} toe.{0}",
    ),
    "unreal": (
        ("left", "l"), ("right", "r"), "",
        "pelvis spine_00 spine_01 spine_02 spine_03 neck_01 head",
        "clavicle_{0} clavicle_x_{0} upperarm_{0} lowerarm_{0} hand_{0} thigh_{0} calf_{0} foot_{0} ball_{0}",
    ),
    "biped": (
        ("left", "L"), ("right", "R"), "Bip01 ",
        "Pelvis Spine Spine1 Spine2 Spine3 Neck Head",
        "{0} Clavicle|{0} ClavicleTip|{0} UpperArm|{0} Forearm|{0} Hand|{0} Thigh|{0} Calf|{0} Foot|{0} Toe0",
    ),
    "plain": (
        ("left", "Left"), ("right", "Right"), "",
        "Hips Abdomen Chest Chest2 Chest3 Neck Head",
        "{0}Collar {0}CollarTip {0}Shoulder {0}Elbow {0}Wrist {0}Hip {0}Knee {0}Ankle {0}Toe",
    ),
    "cmu": (
        ("left", "Left"), ("right", "Right"), "",
        "Hips LowerBack Spine Spine1 Neck Neck1 Head",
        "{0}Shoulder {0}Inner {0}Arm {0}ForeArm {0}Hand {0}UpLeg {0}Leg {0}Foot {0}ToeBase",
    ),
}  # fmt: skip
_HIP_JOINT = "JOINT LHipJoint {\nOFFSET 0 0 0\nCHANNELS 0\nEnd Site {\nOFFSET 0 0 0\n}\n}\n"


def dialect_names(dialect: str) -> dict[str, str]:
    """Our rig names -> the dialect's."""
    *sides, prefix, trunk, limb = DIALECTS[dialect]
    names = dict(zip(TRUNK, trunk.split(), strict=True))
    for side, mark in sides:
        words = [word.format(mark) for word in limb.split("|" if "|" in limb else None)]
        names |= {f"{side}_{joint}": word for joint, word in zip(LIMB, words, strict=True)}
    return {ours: prefix + theirs for ours, theirs in names.items()}


@pytest.fixture(params=sorted(DIALECTS))
def dialect_bvh(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """(dialect, file): ten frames of walking with the joint names of another program."""
    text = bvh_text(fit_rig(walking(10)), 20.0)
    names = dialect_names(request.param)
    text = re.sub(r"(ROOT|JOINT) (\w+)", lambda match: f"{match[1]} {names[match[2]]}", text)
    if request.param == "cmu":
        text = text.replace("}\nMOTION", _HIP_JOINT + "}\nMOTION")
    path = tmp_path / f"{request.param}.bvh"
    path.write_text(text)
    return request.param, path


@pytest.fixture
def moving_bvh(tmp_path: Path) -> Callable[..., Path]:
    """Write rig positions (T, 25, 3) as a BVH whose joints all have position channels and never turn."""

    def write(positions: np.ndarray, *, fps: float = 20.0) -> Path:
        names = dialect_names("mixamo")
        lines = ["HIERARCHY"]
        for joint, name in enumerate(RIG_NAMES):
            # A flat tree is enough here: every joint but the first hangs on the root.
            offset = positions[0, joint] - (positions[0, 0] if joint else 0)
            lines += [f"{'JOINT' if joint else 'ROOT'} {names[name]}", "{", f"OFFSET {_line(offset)}"]
            lines += ["CHANNELS 3 Xposition Yposition Zposition"] + (["}"] if joint else [])
        local = positions.copy()
        local[:, 1:] -= positions[:, :1]
        lines += ["}", "MOTION", f"Frames:\t{len(positions)}", f"Frame Time:\t{1 / fps:.8f}"]
        lines += [_line(frame) for frame in local.reshape(len(positions), -1)]
        path = tmp_path / "moving.bvh"
        path.write_text("\n".join(lines))
        return path

    return write


def _line(values: np.ndarray) -> str:
    return " ".join(f"{value:.6f}" for value in values)


@pytest.fixture
def motion(walk: np.ndarray) -> Motion:
    return Motion(walk, name="walk")
