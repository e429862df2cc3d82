"""Files of other programs, with what is odd in them: read right, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import foreign_bvh as foreign
import numpy as np
import pytest
from foreign_bvh import Joint
from helpers import walking
from motion_agent.motion_models.errors import InvalidMotionError
from motion_agent.motion_models.formats import load_motion, read_person
from motion_agent.motion_models.motion.skeleton import JOINT
from scipy.spatial.transform import Rotation

WALK = walking(40)
LIMBS = [
    JOINT[name]
    for name in JOINT
    if name.endswith(("hip", "knee", "ankle", "elbow", "wrist", "shoulder", "foot"))
]


def far_from(joints: np.ndarray, limbs: list[int] = LIMBS) -> float:
    """How far limbs of a walk are from where they should be, metres."""
    return float(np.abs(joints[:, limbs] - WALK[: len(joints), limbs]).max())


def head_tilt(joints: np.ndarray) -> float:
    """The angle between the head and the trunk in the worst frame, degrees."""
    head, trunk = joints[:, JOINT["head"]] - joints[:, JOINT["neck"]], joints[:, JOINT["neck"]] - joints[:, 0]
    lengths = np.linalg.norm(head, axis=-1) * np.linalg.norm(trunk, axis=-1)
    return float(np.degrees(np.arccos((head * trunk).sum(axis=-1) / lengths)).max())


@pytest.mark.parametrize("convention", sorted(foreign.CONVENTIONS))
def test_joints_are_found_whatever_they_are_called(convention: str, tmp_path: Path) -> None:
    path = foreign.write(foreign.renamed(foreign.figure(WALK), convention), tmp_path / "walk.bvh")
    person = read_person(path)
    assert far_from(person.joints) < 1e-4
    assert head_tilt(person.joints) < 25
    assert person.notes == (
        ("its joints were told by their places, not by their names",) if convention == "numbers" else ()
    )


# ---------------------------------------------------------------------- which way is up


@pytest.mark.parametrize("turn", ["z up", "y down", "-z up"])
def test_a_turned_world_under_an_upright_rest_pose(turn: str, tmp_path: Path) -> None:
    angle = {"z up": 90, "y down": 180, "-z up": -90}[turn]
    turned = foreign.turned(foreign.figure(WALK), Rotation.from_euler("x", angle, degrees=True))
    motion = load_motion(foreign.write(turned, tmp_path / "walk.bvh"))
    assert far_from(motion.joints) < 1e-3
    assert len(motion.notes) == 1 and "--up" in motion.notes[0]


@pytest.mark.parametrize("angle", [90, -90, 180])
def test_a_turned_rest_pose_under_an_upright_world(angle: int, tmp_path: Path) -> None:
    turned = foreign.with_turned_rest(foreign.figure(WALK), Rotation.from_euler("z", angle, degrees=True))
    assert far_from(load_motion(foreign.write(turned, tmp_path / "walk.bvh")).joints) < 1e-3


def test_up_can_be_said(tmp_path: Path) -> None:
    path = foreign.write(foreign.figure(WALK), tmp_path / "walk.bvh")
    lying = load_motion(path, up="z")
    assert np.ptp(lying.joints[..., 1], axis=1).max() < 1.2 and lying.notes == ()
    assert far_from(load_motion(path, up="y").joints) < 1e-3


# ---------------------------------------------------------------------- heads


def eyes(root: Joint) -> None:
    """Two eyes are all that hangs on the head."""
    head = root.find("head")
    head.end = None
    head.add("lEye", (3, 8, 9), (0, 0, 2))
    head.add("rEye", (-3, 8, 9), (0, 0, 2))


def face(root: Joint) -> None:
    """A face of many bones, the longest of which goes forward and down."""
    head = root.find("head")
    head.end = None
    head.add("jaw", (0, -2, 6), (0, -5, 9))
    head.children[-1].add("tongue00", (0, 0, 4), (0, -8, 12))
    for side in (-1, 1):
        head.add(f"eye.{side}", (3 * side, 6, 9), (0, 0, 3))


def sideways(root: Joint) -> None:
    root.find("head").end = np.array([18.0, 1.0, 0.0])


def base_of_skull(root: Joint) -> None:
    """The head joint lies before the neck, as SMPL's does, and nothing hangs on it."""
    root.find("head").offset = np.array([0, 6.5, 5.1])
    root.find("head").end = None


@pytest.mark.parametrize("change", [eyes, face, sideways, base_of_skull])
@pytest.mark.parametrize("convention", ["Daz CMU", "MakeHuman", "HumanIK", ""])
def test_the_crown_lies_over_the_skull(
    change: Callable[[Joint], None], convention: str, tmp_path: Path
) -> None:
    root = foreign.figure(WALK)
    change(root)
    if convention:
        foreign.renamed(root, convention)
    joints = read_person(foreign.write(root, tmp_path / "walk.bvh")).joints
    assert far_from(joints) < 1e-4
    assert head_tilt(joints) < 25


def test_an_estimated_crown_nods_with_the_head(tmp_path: Path) -> None:
    root = foreign.renamed(foreign.figure(WALK), "HumanIK")
    eyes_of = root.find("Head")
    eyes_of.end = None
    assert eyes_of.values is not None
    eyes_of.values[:, 1] = 50.0
    joints = read_person(foreign.write(root, tmp_path / "walk.bvh")).joints
    forward = joints[:, JOINT["head"], 2] - joints[:, JOINT["neck"], 2]
    assert (forward > 0.08).all()


# ---------------------------------------------------------------------- what is missing


def without_toes(root: Joint) -> None:
    for side in ("left", "right"):
        root.drop(f"{side}_foot")


def without_hands(root: Joint) -> None:
    for side in ("left", "right"):
        hand = root.drop(f"{side}_wrist")
        root.find(f"{side}_elbow").end = hand.offset


def without_forearm_ends(root: Joint) -> None:
    for side in ("left", "right"):
        root.drop(f"{side}_wrist")


def without_head(root: Joint) -> None:
    head = root.drop("head")
    root.find("neck").end = head.offset


@pytest.mark.parametrize(
    ("change", "note", "limbs"),
    [
        (without_toes, "the ball of the foot was estimated", ["left_foot", "right_foot"]),
        (without_hands, "", []),
        (without_forearm_ends, "there is no wrist joint; it was estimated", ["left_wrist", "right_wrist"]),
        (without_head, "there is no head joint", []),
    ],
)
@pytest.mark.parametrize("convention", ["HumanIK", "Rigify", "Biped"])
def test_a_missing_joint_is_estimated_and_told(
    change: Callable[[Joint], None], note: str, limbs: list[str], convention: str, tmp_path: Path
) -> None:
    root = foreign.figure(WALK)
    change(root)
    person = read_person(foreign.write(foreign.renamed(root, convention), tmp_path / "walk.bvh"))
    assert note in " ".join(person.notes)
    estimated = [JOINT[name] for name in limbs]
    assert far_from(person.joints, [joint for joint in LIMBS if joint not in estimated]) < 2e-2
    assert far_from(person.joints, estimated or LIMBS) < 0.12
    assert head_tilt(person.joints) < 25


def test_a_person_whose_head_has_another_name(tmp_path: Path) -> None:
    """As a rig without hands, whose head is called a face."""
    root = foreign.figure(WALK)
    without_hands(root)
    without_toes(root)
    foreign.renamed(root, "Rigify").find("spine.006").name = "face"
    person = read_person(foreign.write(root, tmp_path / "walk.bvh"))
    assert far_from(person.joints, [j for j in LIMBS if j not in (10, 11)]) < 2e-2
    assert head_tilt(person.joints) < 25


# ---------------------------------------------------------------------- reference poses


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("fps", [20.0, 30.0, 120.0])
def test_a_reference_pose_before_the_motion_is_left_out(frames: int, fps: float, tmp_path: Path) -> None:
    walk = walking(round(2 * fps), fps=fps) + np.array([0, 0, 2.5], np.float32)
    root = foreign.with_rest_pose_first(foreign.renamed(foreign.figure(walk), "Daz CMU"), frames)
    motion = load_motion(foreign.write(root, tmp_path / "walk.bvh", fps=fps))
    assert motion.notes[0].startswith("a reference pose at the start") and str(frames) in motion.notes[0]
    steps = np.linalg.norm(np.diff(motion.joints, axis=0), axis=-1).mean(axis=1)
    assert steps.max() < 0.12


def test_a_motion_that_begins_in_a_t_pose_keeps_it(tmp_path: Path) -> None:
    """Who moves out of a T-pose like a person keeps it."""
    root = foreign.figure(np.repeat(WALK[:1], 40, axis=0))
    for joint in root.walk():
        assert joint.values is not None
        joint.values[:, -3:] *= np.clip(np.arange(40) / 20, 0, 1)[:, None]
    motion = load_motion(foreign.write(root, tmp_path / "walk.bvh"))
    assert motion.frames == 40 and motion.notes == ()


# ---------------------------------------------------------------------- no people


def elephant(root: Joint) -> None:
    """A long level trunk on four legs of one length, the nose before the head."""
    for name in ("spine1", "spine2", "spine3", "neck"):
        joint = root.find(name)
        length = float(np.linalg.norm(joint.offset)) * 1.8
        joint.offset = np.array([0, 0.1 * length, length])
    for joint in root.walk():
        if joint.values is not None:
            joint.values[:, -3:] *= 0.1
    for side, x in (("left", 20.0), ("right", -20.0)):
        root.find(f"{side}_collar").offset = np.array([x, 0, 0])
        for name, length in (("shoulder", 5.0), ("elbow", 42.0), ("wrist", 40.0)):
            root.find(f"{side}_{name}").offset = np.array([0, -length, 0])
    root.find("head").end = np.array([0, -30.0, 60.0])


def spider(root: Joint) -> None:
    for side in ("left", "right"):
        root.find(f"{side}_elbow").offset *= 5
        root.find(f"{side}_wrist").offset *= 5


@pytest.mark.parametrize(("change", "said"), [(elephant, "trunk never stands"), (spider, "arm is")])
def test_what_is_no_human_body_is_refused(change: Callable[[Joint], None], said: str, tmp_path: Path) -> None:
    root = foreign.figure(WALK)
    change(root)
    with pytest.raises(InvalidMotionError, match=f"not a human body: .*{said}"):
        load_motion(foreign.write(foreign.renamed(root, "Biped"), tmp_path / "animal.bvh"))


def test_names_that_are_near_are_said(tmp_path: Path) -> None:
    root = foreign.renamed(foreign.figure(WALK), "HumanIK")
    for joint in root.walk():
        joint.name = joint.name.replace("ForeArm", "Forarm").replace("Leg", "Lge")
        if "Spine" in joint.name:
            joint.offset = joint.offset * 0
    root.children = [child for child in root.children if "Lge" in child.name]
    with pytest.raises(InvalidMotionError, match="is near to"):
        load_motion(foreign.write(root, tmp_path / "odd.bvh"))
