"""BVH files as other programs write them, made of a motion of ours: names, bones, rest poses, quirks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from motion_agent.motion_models.motion.rig import END_SITES, RIG_NAMES, RIG_PARENTS, fit_rig
from scipy.spatial.transform import Rotation

#: Our rig's joints of the trunk and of a limb, in the order in which conventions list theirs.
TRUNK = ("pelvis", "lower_back", "spine1", "spine2", "spine3", "neck", "head")
LIMB = ("clavicle", "collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
#: How each convention writes left and right, its names of the trunk, its names of a limb ({0}: the side).
CONVENTIONS: dict[str, tuple[str, str, str, str]] = {
    "Mixamo": ("Left", "Right", "mixamorig:Hips mixamorig:Low mixamorig:Spine mixamorig:Spine1 mixamorig:Spine2 mixamorig:Neck mixamorig:Head", "mixamorig:{0}Shoulder mixamorig:{0}ShoulderEnd mixamorig:{0}Arm mixamorig:{0}ForeArm mixamorig:{0}Hand mixamorig:{0}UpLeg mixamorig:{0}Leg mixamorig:{0}Foot mixamorig:{0}ToeBase"),
    "Mixamo without colon": ("Left", "Right", "mixamorigHips mixamorigLow mixamorigSpine mixamorigSpine1 mixamorigSpine2 mixamorigNeck mixamorigHead", "mixamorig{0}Shoulder mixamorig{0}ShoulderEnd mixamorig{0}Arm mixamorig{0}ForeArm mixamorig{0}Hand mixamorig{0}UpLeg mixamorig{0}Leg mixamorig{0}Foot mixamorig{0}ToeBase"),
    "Rigify": ("L", "R", "spine spine.001 spine.002 spine.003 spine.0035 spine.004 spine.006", "shoulder.{0} shoulder_x.{0} upper_arm.{0} forearm.{0} hand.{0} thigh.{0} shin.{0} foot.{0} toe.{0}"),
    "Rigify deformers": ("L", "R", "DEF-spine DEF-spine.001 DEF-spine.002 DEF-spine.003 DEF-spine.0035 DEF-spine.004 DEF-spine.006", "DEF-shoulder.{0} DEF-x.{0} DEF-upper_arm.{0} DEF-forearm.{0} DEF-hand.{0} DEF-thigh.{0} DEF-shin.{0} DEF-foot.{0} DEF-toe.{0}"),
    "Unreal": ("l", "r", "pelvis spine_00 spine_01 spine_02 spine_03 neck_01 head", "clavicle_{0} clavicle_x_{0} upperarm_{0} lowerarm_{0} hand_{0} thigh_{0} calf_{0} foot_{0} ball_{0}"),
    "Biped": ("L", "R", "Bip01_Pelvis Bip01_Spine Bip01_Spine1 Bip01_Spine2 Bip01_Spine3 Bip01_Neck Bip01_Head", "Bip01_{0}_Clavicle Bip01_{0}_ClavicleTip Bip01_{0}_UpperArm Bip01_{0}_Forearm Bip01_{0}_Hand Bip01_{0}_Thigh Bip01_{0}_Calf Bip01_{0}_Foot Bip01_{0}_Toe0"),
    "Valve": ("L", "R", "ValveBiped.Bip01_Pelvis ValveBiped.Bip01_S ValveBiped.Bip01_Spine1 ValveBiped.Bip01_Spine2 ValveBiped.Bip01_Spine4 ValveBiped.Bip01_Neck1 ValveBiped.Bip01_Head1", "ValveBiped.Bip01_{0}_Clavicle ValveBiped.Bip01_{0}_C2 ValveBiped.Bip01_{0}_UpperArm ValveBiped.Bip01_{0}_Forearm ValveBiped.Bip01_{0}_Hand ValveBiped.Bip01_{0}_Thigh ValveBiped.Bip01_{0}_Calf ValveBiped.Bip01_{0}_Foot ValveBiped.Bip01_{0}_Toe0"),
    "HumanIK": ("Left", "Right", "Hips Spine Spine1 Spine2 Spine3 Neck Head", "{0}Shoulder {0}ShoulderExtra {0}Arm {0}ForeArm {0}Hand {0}UpLeg {0}Leg {0}Foot {0}ToeBase"),
    "Poser": ("Left", "Right", "Hips Abdomen Chest Chest2 Chest3 Neck Head", "{0}Collar {0}CollarTip {0}Shoulder {0}Elbow {0}Wrist {0}Hip {0}Knee {0}Ankle {0}Toe"),
    "Reallusion": ("L", "R", "CC_Base_Hip CC_Base_Waist CC_Base_Spine00 CC_Base_Spine01 CC_Base_Spine02 CC_Base_NeckTwist01 CC_Base_Head", "CC_Base_{0}_Clavicle CC_Base_{0}_C2 CC_Base_{0}_Upperarm CC_Base_{0}_Forearm CC_Base_{0}_Hand CC_Base_{0}_Thigh CC_Base_{0}_Calf CC_Base_{0}_Foot CC_Base_{0}_ToeBase"),
    "OptiTrack": ("L", "R", "Skeleton_001_Hip Skeleton_001_Ab0 Skeleton_001_Ab Skeleton_001_Ab2 Skeleton_001_Chest Skeleton_001_Neck Skeleton_001_Head", "Skeleton_001_{0}Shoulder Skeleton_001_{0}S2 Skeleton_001_{0}UArm Skeleton_001_{0}FArm Skeleton_001_{0}Hand Skeleton_001_{0}Thigh Skeleton_001_{0}Shin Skeleton_001_{0}Foot Skeleton_001_{0}Toe"),
    "Actor": ("Left", "Right", "Actor1_Hips Actor1_Low Actor1_Spine Actor1_Spine1 Actor1_Spine2 Actor1_Neck Actor1_Head", "Actor1_{0}Shoulder Actor1_{0}S2 Actor1_{0}Arm Actor1_{0}ForeArm Actor1_{0}Hand Actor1_{0}UpLeg Actor1_{0}Leg Actor1_{0}Foot Actor1_{0}ToeBase"),
    "robot": ("Left", "Right", "robot_Hips robot_Low robot_Spine robot_Spine1 robot_Spine2 robot_Neck robot_Head", "robot_{0}Shoulder robot_{0}S2 robot_{0}Arm robot_{0}ForeArm robot_{0}Hand robot_{0}UpLeg robot_{0}Leg robot_{0}Foot robot_{0}ToeBase"),
    "SMPL models": ("L", "R", "m_avg_Pelvis m_avg_Spine0 m_avg_Spine1 m_avg_Spine2 m_avg_Spine3 m_avg_Neck m_avg_Head", "m_avg_{0}_Collar m_avg_{0}_C2 m_avg_{0}_Shoulder m_avg_{0}_Elbow m_avg_{0}_Wrist m_avg_{0}_Hip m_avg_{0}_Knee m_avg_{0}_Ankle m_avg_{0}_Foot"),
    "DeepMotion": ("l", "r", "hips_JNT spine0_JNT spine_JNT spine1_JNT spine2_JNT neck_JNT head_JNT", "{0}_shoulder_JNT {0}_x_JNT {0}_arm_JNT {0}_forearm_JNT {0}_hand_JNT {0}_upleg_JNT {0}_leg_JNT {0}_foot_JNT {0}_toebase_JNT"),
    "AdvancedSkeleton": ("L", "R", "Root_M RootPart1_M Spine1_M Spine2_M Chest_M Neck_M Head_M", "Scapula_{0} ScapulaPart_{0} Shoulder_{0} Elbow_{0} Wrist_{0} Hip_{0} Knee_{0} Ankle_{0} Toes_{0}"),
    "MikuMikuDance": ("左", "右", "下半身 腰 上半身 上半身2 上半身3 首 頭", "{0}肩 {0}肩C {0}腕 {0}ひじ {0}手首 {0}足 {0}ひざ {0}足首 {0}つま先"),
    "VRoid": ("L", "R", "J_Bip_C_Hips J_Bip_C_S J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head", "J_Bip_{0}_Shoulder J_Bip_{0}_S2 J_Bip_{0}_UpperArm J_Bip_{0}_LowerArm J_Bip_{0}_Hand J_Bip_{0}_UpperLeg J_Bip_{0}_LowerLeg J_Bip_{0}_Foot J_Bip_{0}_ToeBase"),
    "VRM": ("left", "right", "hips s0 spine chest upperChest neck head", "{0}Shoulder {0}S2 {0}UpperArm {0}LowerArm {0}Hand {0}UpperLeg {0}LowerLeg {0}Foot {0}Toes"),
    "Daz 8": ("l", "r", "hip pelvis0 abdomenLower abdomenUpper chestLower neckLower head", "{0}Collar {0}C2 {0}ShldrBend {0}ForearmBend {0}Hand {0}ThighBend {0}Shin {0}Foot {0}Toe"),
    "Daz 9": ("l", "r", "hip s0 spine1 spine2 spine3 neck1 head", "{0}_shoulder {0}_x {0}_upperarm {0}_forearm {0}_hand {0}_thigh {0}_shin {0}_foot {0}_toes"),
    "Daz CMU": ("l", "r", "hip s0 abdomen s1 chest neck head", "{0}Collar {0}C2 {0}Shldr {0}ForeArm {0}Hand {0}Thigh {0}Shin {0}Foot {0}Toe"),
    "MakeHuman": ("L", "R", "root spine05 spine04 spine03 spine01 neck01 head", "clavicle.{0} shoulder01x.{0} upperarm01.{0} lowerarm01.{0} wrist.{0} upperleg01.{0} lowerleg01.{0} foot.{0} toe1-1.{0}"),
    "Kinect": ("LEFT", "RIGHT", "PELVIS SPINE_0 SPINE_NAVEL SPINE_1 SPINE_CHEST NECK HEAD", "CLAVICLE_{0} C2_{0} SHOULDER_{0} ELBOW_{0} WRIST_{0} HIP_{0} KNEE_{0} ANKLE_{0} FOOT_{0}"),
    "SOMA": ("Left", "Right", "Hips Spine0 Spine1 Spine2 Chest Neck1 Head", "{0}Shoulder {0}S2 {0}Arm {0}ForeArm {0}Hand {0}Leg {0}Shin {0}Foot {0}ToeBase"),
    "Roblox": ("Left", "Right", "LowerTorso T0 T1 T2 UpperTorso Neck Head", "{0}Clavicle {0}C2 {0}UpperArm {0}LowerArm {0}Hand {0}UpperLeg {0}LowerLeg {0}Foot {0}Toe"),
    "mocopi": ("l", "r", "root torso_1 torso_2 torso_3 torso_7 neck_1 head", "{0}_shoulder {0}_x {0}_up_arm {0}_low_arm {0}_hand {0}_up_leg {0}_low_leg {0}_foot {0}_toes"),
    "100STYLE": ("Left", "Right", "Hips Chest Chest2 Chest3 Chest4 Neck Head", "{0}Collar {0}C2 {0}Shoulder {0}Elbow {0}Wrist {0}Hip {0}Knee {0}Ankle {0}Toe"),
    "Bandai Namco": ("L", "R", "Hips Spine0 Spine Spine1 Chest Neck Head", "Shoulder_{0} S2_{0} UpperArm_{0} LowerArm_{0} Hand_{0} UpperLeg_{0} LowerLeg_{0} Foot_{0} Toes_{0}"),
    "humerus and femur": ("l", "r", "root lowerback upperback thorax0 thorax lowerneck skull", "{0}clavicle {0}c2 {0}humerus {0}radius {0}wrist {0}femur {0}tibia {0}ankle {0}toes"),
    "custom": ("l", "r", "b_hips b_spine0 b_spine1 b_spine2 b_spine3 b_neck b_head", "b_{0}_clavicle b_{0}_x b_{0}_arm b_{0}_forearm b_{0}_hand b_{0}_upleg b_{0}_leg b_{0}_foot b_{0}_toe"),
    "numbers": ("1", "2", "b00 b01 b02 b03 b04 b05 b06", "c{0}0 c{0}1 c{0}2 c{0}3 c{0}4 d{0}0 d{0}1 d{0}2 d{0}3"),
}  # fmt: skip # noqa: E501
POSITIONS, TURNS = ("Xposition", "Yposition", "Zposition"), ("Zrotation", "Xrotation", "Yrotation")


@dataclass
class Joint:
    """One joint of a file: offset (3,) in the file's unit, channels and their values (T, C)."""

    name: str
    offset: np.ndarray
    channels: tuple[str, ...] = ()
    values: np.ndarray | None = None
    children: list[Joint] = field(default_factory=list)
    end: np.ndarray | None = None

    def walk(self) -> Iterator[Joint]:
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: str) -> Joint:
        return next(joint for joint in self.walk() if joint.name == name)

    def drop(self, name: str) -> Joint:
        """Take a joint and what hangs on it away; it is returned."""
        above = next(joint for joint in self.walk() if any(child.name == name for child in joint.children))
        gone = next(child for child in above.children if child.name == name)
        above.children.remove(gone)
        return gone

    def add(self, name: str, offset: tuple[float, float, float], end: tuple[float, float, float]) -> None:
        """Hang a joint on this one that never turns."""
        self.children.append(Joint(name, np.array(offset), end=np.array(end)))


def figure(joints: np.ndarray, *, unit: float = 0.01) -> Joint:
    """Joints (T, 22, 3) as a tree with our rig's names. unit: metres in one unit of the file."""
    rig = fit_rig(joints)
    angles = rig.euler("ZXY")
    made: list[Joint] = []
    for number, (name, parent) in enumerate(zip(RIG_NAMES, RIG_PARENTS, strict=True)):
        joint = Joint(name, rig.offsets[number] / unit, TURNS, angles[:, number])
        if name in END_SITES:
            joint.end = np.array(END_SITES[name]) / unit
        made.append(joint)
        if parent >= 0:
            made[parent].children.append(joint)
    root = made[0]
    root.channels = POSITIONS + TURNS
    root.values = np.concatenate([rig.root / unit, angles[:, 0]], axis=1)
    return root


def renamed(root: Joint, convention: str) -> Joint:
    """A figure with the names of a convention, in place."""
    left, right, trunk, limb = CONVENTIONS[convention]
    names = dict(zip(TRUNK, trunk.split(), strict=True))
    for side, mark in (("left", left), ("right", right)):
        names |= {
            f"{side}_{ours}": theirs.format(mark) for ours, theirs in zip(LIMB, limb.split(), strict=True)
        }
    for joint in root.walk():
        joint.name = names.get(joint.name, joint.name)
    return root


def turned(root: Joint, turn: Rotation) -> Joint:
    """The same motion in a world that is turned; the rest pose stays as it is. In place."""
    assert root.values is not None
    world = turn * Rotation.from_euler("ZXY", root.values[:, 3:], degrees=True)
    root.values = np.concatenate(
        [turn.apply(root.values[:, :3]), world.as_euler("ZXY", degrees=True)], axis=1
    )
    return root


def with_turned_rest(root: Joint, turn: Rotation) -> Joint:
    """The same motion of a skeleton whose rest pose is turned. In place."""
    for joint in root.walk():
        joint.offset = turn.apply(joint.offset)
        joint.end = None if joint.end is None else turn.apply(joint.end)
        assert joint.values is not None
        local = Rotation.from_euler("ZXY", joint.values[:, -3:], degrees=True) * turn.inv()
        local = local if joint is root else turn * local
        joint.values[:, -3:] = local.as_euler("ZXY", degrees=True)
    return root


def with_rest_pose_first(root: Joint, frames: int = 1) -> Joint:
    """The motion after some frames in which no joint is turned and the root stands at the origin. In place."""
    for joint in root.walk():
        if joint.values is not None:
            joint.values = np.concatenate([np.zeros((frames, joint.values.shape[1])), joint.values])
    return root


def text(root: Joint, *, fps: float = 20.0, number: Callable[[float], str] = "{:.5f}".format) -> str:
    """The figure as a BVH file."""
    lines, columns = ["HIERARCHY"], list[np.ndarray]()

    def write(joint: Joint, depth: int) -> None:
        pad = "  " * depth
        lines.extend([f"{pad}{'JOINT' if depth else 'ROOT'} {joint.name}", pad + "{"])
        lines.append(f"{pad}  OFFSET {' '.join(map(number, joint.offset))}")
        lines.append(f"{pad}  CHANNELS {len(joint.channels)} {' '.join(joint.channels)}")
        if joint.values is not None:
            columns.append(joint.values)
        for child in joint.children:
            write(child, depth + 1)
        if joint.end is not None:
            lines.extend(
                [f"{pad}  End Site", pad + "  {", f"{pad}    OFFSET {' '.join(map(number, joint.end))}"]
            )
            lines.append(pad + "  }")
        lines.append(pad + "}")

    write(root, 0)
    table = np.concatenate(columns, axis=1)
    lines += ["MOTION", f"Frames: {len(table)}", f"Frame Time: {number(1 / fps)}"]
    lines += [" ".join(map(number, row)) for row in table]
    return "\n".join(lines) + "\n"


def write(root: Joint, path: Path, *, fps: float = 20.0) -> Path:
    path.write_text(text(root, fps=fps), encoding="utf-8")
    return path
