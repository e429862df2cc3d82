"""What our joints are called in files that we write for other tools, and which they are in such a file."""

from __future__ import annotations

from typing import Literal, get_args

from ...motion.skeleton import JOINT_NAMES

#: Whose names the bones of a file bear.
Names = Literal["ours", "mixamo", "unity", "vrm"]
NAMES: tuple[Names, ...] = get_args(Names)
#: What our glTF files say of the program that made them.
GENERATOR = "motion-agent"

_MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck",
    "head": "Head", "collar": "Shoulder", "shoulder": "Arm", "elbow": "ForeArm", "wrist": "Hand",
    "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase",
}  # fmt: skip
_UNITY = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Chest", "spine3": "UpperChest", "neck": "Neck",
    "head": "Head", "collar": "Shoulder", "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand",
    "hip": "UpperLeg", "knee": "LowerLeg", "ankle": "Foot", "foot": "Toes",
}  # fmt: skip


def bone_name(joint: str, names: Names) -> str:
    """What a joint of the rig is called."""
    if names == "ours":
        return joint
    side, _, part = joint.rpartition("_")
    table = _MIXAMO if names == "mixamo" else _UNITY
    name = side.capitalize() + table[part]
    if names == "vrm":
        return name[0].lower() + name[1:]
    return f"mixamorig:{name}" if names == "mixamo" else name


def our_joints(bones: tuple[str, ...]) -> tuple[str, ...]:
    """The bones of a file of ours, under the names of our joints where it has all of them."""
    for names in NAMES:
        ours = {bone_name(joint, names): joint for joint in JOINT_NAMES}
        if set(ours) <= set(bones):
            return tuple(ours.get(bone, bone) for bone in bones)
    return bones
