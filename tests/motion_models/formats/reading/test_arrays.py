"""Arrays of other projects: units, axes and layouts told from the numbers; what is no motion is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.motion_models.formats.reading.kimodo import SKELETONS
from motion_agent.motion_models.formats.reading.smpl import OFFSETS
from motion_agent.motion_models.motion import features
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, JOINT
from scipy.spatial.transform import Rotation

WALK = walking(40)
Z_UP = np.stack([WALK[..., 0], -WALK[..., 2], WALK[..., 1]], axis=-1)


def read(array: Any, tmp_path: Path, **options: Any) -> Motion:
    np.save(tmp_path / "walk.npy", array)
    return load_motion(tmp_path / "walk.npy", **options)


@pytest.mark.parametrize(
    ("array", "note"),
    [
        (WALK, ""),
        (WALK.astype(np.float64), ""),
        (WALK[None], ""),
        (WALK.transpose(1, 2, 0), ""),
        (WALK.reshape(40, 66), ""),
        (np.repeat(WALK, 3, axis=1)[:, np.r_[0:66:3, 1:31]][:, :52], ""),
        (np.concatenate([WALK, WALK[:, :2]], axis=1), ""),
        (np.asfortranarray(WALK), ""),
        (WALK * 100, "centimetres"),
        (WALK * 1000, "millimetres"),
        (np.round(WALK * 1000).astype(np.int32), "millimetres"),
        (Z_UP, "z up"),
        (Z_UP * 100, "centimetres, z up"),
        (-WALK * [1, 1, -1], "-y up"),
    ],
)
def test_positions_in_any_layout_unit_and_axes(array: np.ndarray, note: str, tmp_path: Path) -> None:
    motion = read(array, tmp_path)
    assert np.abs(motion.joints - WALK).max() < 2e-3
    assert note in " ".join(motion.notes) if note else motion.notes == ()


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((20, 22, 3)), "no length"),
        (np.ones((20, 22, 3)), "no length"),
        (WALK > 1, "truth values"),
        (WALK + 1j, "complex numbers"),
        (np.random.default_rng(0).normal(size=(20, 22, 3)), "not a human body"),
        (np.zeros((20, 251)), "KIT-ML"),
        (np.zeros((20, 72)), "SMPL poses"),
        (np.zeros((20, 17, 3)), "key points of a video"),
        (np.zeros(()), "neither joints"),
        (np.array("walk"), "text"),
    ],
)
def test_what_is_no_motion_is_refused(array: np.ndarray, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidMotionError, match=said):
        read(array, tmp_path)


def test_the_rate_of_a_bare_array_can_be_said(tmp_path: Path) -> None:
    assert read(WALK, tmp_path, fps=60).fps == 60
    assert read(WALK, tmp_path).fps == 20


def test_results_of_mdm(tmp_path: Path) -> None:
    motion = np.stack([WALK, WALK * 0.9]).transpose(0, 2, 3, 1)
    results = {
        "motion": motion,
        "text": ["a person walks", "again"],
        "lengths": np.array([30, 25]),
        "num_samples": 2,
    }
    np.save(tmp_path / "results.npy", np.array(results, dtype=object), allow_pickle=True)
    first = load_motion(tmp_path / "results.npy")
    assert np.array_equal(first.joints, WALK[:30]) and first.caption == "a person walks"
    assert first.notes == ("MDM results of 2 samples; number 1 was read",)
    assert load_motion(tmp_path / "results.npy", person=2).frames == 25
    with pytest.raises(FormatError, match="no number 3"):
        load_motion(tmp_path / "results.npy", person=3)


def test_features_as_mdm_lays_them_out(tmp_path: Path) -> None:
    rows = features.from_joints(WALK)
    motion = read(rows.T[None, :, None], tmp_path)
    assert np.abs(motion.joints - WALK[:-1]).max() < 1e-4


# ---------------------------------------------------------------------- SMPL


def smpl_walk(frames: int = 120, *, up: Rotation) -> tuple[np.ndarray, np.ndarray]:
    """Poses (T, 72) and places (T, 3) at 60 fps of somebody who walks along +Z and looks down."""
    time = np.arange(frames) / 60
    poses = np.zeros((frames, 24, 3))
    poses[:, 0] = up.as_rotvec()
    poses[:, JOINT["left_hip"], 0] = 0.4 * np.sin(6 * time)
    poses[:, JOINT["right_hip"], 0] = -0.4 * np.sin(6 * time)
    for side, sign in (("left", -1), ("right", 1)):
        poses[:, JOINT[f"{side}_shoulder"], 2] = sign * 1.2
    poses[:, JOINT["head"], 0] = 0.7
    place = np.zeros((frames, 3))
    place[:, 1], place[:, 2] = 1.15, 1.2 * time
    return poses.reshape(frames, 72).astype(np.float32), up.apply(place).astype(np.float32)


Z_WORLD = Rotation.from_euler("x", 90, degrees=True)
UPRIGHT = Rotation.identity()


def layouts(tmp_path: Path) -> dict[str, Path]:
    """Files of one walk in the layouts of AMASS, its newer form, AIST++ and pose estimators."""
    poses, trans = smpl_walk(up=Z_WORLD)
    level, place = smpl_walk(up=UPRIGHT)
    hands = np.concatenate([poses[:, :66], np.zeros((120, 90), np.float32)], axis=1)
    rest: dict[str, Any] = {"betas": np.zeros(16), "gender": "neutral", "dmpls": np.zeros((120, 8))}
    np.savez(tmp_path / "amass.npz", poses=hands, trans=trans, mocap_framerate=60.0, **rest)
    np.savez(
        tmp_path / "amass_x.npz", root_orient=poses[:, :3], pose_body=poses[:, 3:66], trans=trans,
        mocap_frame_rate=np.array(60), surface_model_type="smplx",
    )  # fmt: skip
    aist = {"smpl_poses": level, "smpl_trans": place * 93.77, "smpl_scaling": np.array([93.77])}
    (tmp_path / "aist.pkl").write_bytes(pickle.dumps(aist))
    np.savez(tmp_path / "aist.npz", **aist)
    np.savez(
        tmp_path / "estimated.npz", global_orient=level[:, :3], body_pose=level[:, 3:66], transl=place, fps=60
    )
    return {path.name: path for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["amass.npz", "amass_x.npz", "aist.pkl", "aist.npz", "estimated.npz"])
def test_smpl_parameters_of_every_layout(name: str, tmp_path: Path) -> None:
    motion = load_motion(layouts(tmp_path)[name])
    joints = motion.joints
    assert motion.frames == 40 and motion.notes == ()
    assert 1.5 < joints[0, JOINT["head"], 1] < 1.75
    scale = BONE_LENGTHS[[4, 7]].sum() / np.linalg.norm(OFFSETS[[4, 7]], axis=1).sum()
    assert joints[-1, 0, 2] - joints[0, 0, 2] == pytest.approx(1.2 * 39 / 20 * scale, rel=0.01)
    assert abs(joints[-1, 0, 0]) < 0.05, "it walks straight ahead"
    left = joints[:, JOINT["left_hip"], 0] - joints[:, JOINT["right_hip"], 0]
    assert (left > 0.1).all()
    assert (joints[0, JOINT["left_wrist"]] - joints[0, JOINT["left_shoulder"]])[1] < -0.4, "the arms hang"
    looks_down = joints[:, JOINT["head"], 2] - joints[:, JOINT["neck"], 2]
    assert (looks_down > 0.04).all(), "the crown follows the head's own turn"


def test_smpl_parameters_that_do_not_fit_say_what_is_expected(tmp_path: Path) -> None:
    np.savez(tmp_path / "amass.npz", poses=np.zeros((20, 70)), trans=np.zeros((20, 3)))
    with pytest.raises(FormatError, match=r"AMASS poses of shape \(20, 70\).*72"):
        load_motion(tmp_path / "amass.npz")
    poses, trans = smpl_walk(up=Z_WORLD)
    np.savez(tmp_path / "amass.npz", poses=poses, trans=trans)
    assert "no frame rate; 30 was taken" in load_motion(tmp_path / "amass.npz").notes[0]
    assert load_motion(tmp_path / "amass.npz", fps=60).notes == ()


# ---------------------------------------------------------------------- Kimodo


@pytest.mark.parametrize("count", sorted(SKELETONS))
def test_results_of_kimodo(count: int, tmp_path: Path) -> None:
    places = {
        "Hips": "pelvis", "Spine1": "spine1", "Spine2": "spine2", "Chest": "spine3", "Neck1": "neck",
        "Head": "head",
        **{f"{s}{theirs}": f"{s.lower()}_{ours}" for s in ("Left", "Right") for theirs, ours in (
            ("Arm", "shoulder"), ("ForeArm", "elbow"), ("Hand", "wrist"), ("Shoulder", "collar"),
            ("Leg", "hip"),
            ("Shin", "knee"), ("Foot", "ankle"), ("ToeBase", "foot"),
        )},
        **{name: name for name in JOINT},
    }  # fmt: skip
    joints = np.zeros((60, count, 3))
    walk = walking(60, fps=30)
    names = [name for name, _ in SKELETONS[count]]
    for number, (name, parent) in enumerate(SKELETONS[count]):
        known = places.get(name)
        above = joints[:, names.index(parent)] if parent else 0
        joints[:, number] = walk[:, JOINT[known]] if known else above + np.array([0, 0.02, 0.02])
    if count == 77:
        joints[:, names.index("HeadEnd")] = joints[:, names.index("Head")] + [0, 0.18, 0]
    np.savez(
        tmp_path / "kimodo.npz", posed_joints=joints[None], global_rot_mats=np.zeros((1, 60, count, 3, 3))
    )
    motion = load_motion(tmp_path / "kimodo.npz")
    limbs = [
        JOINT[name] for name in ("left_knee", "right_ankle", "left_wrist", "right_foot", "left_shoulder")
    ]
    assert motion.frames == 40
    assert np.abs(motion.joints[:, limbs] - walking(40)[:, limbs]).max() < 0.05


def test_robots_of_kimodo_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "kimodo.npz", posed_joints=np.zeros((60, 34, 3)))
    with pytest.raises(InvalidMotionError, match="robots are not"):
        load_motion(tmp_path / "kimodo.npz")


# ---------------------------------------------------------------------- ours


def test_ours_keeps_what_it_says_and_refuses_what_is_wrong_in_it(tmp_path: Path) -> None:
    path = save_motion(Motion(WALK, caption="walks"), tmp_path / "ours.npz")
    with np.load(path) as file:
        arrays = dict(file)
    nested = "[" * 100_000 + "]" * 100_000
    for name, value, said in (
        ("segments", np.array(nested), "segments"),
        ("segments", np.array(json.dumps([{"description": "x", "start": "soon", "end": 1}])), "segments"),
        ("tokens", np.array([0.5]), "tokens"),
        ("mocap_framerate", np.array([20.0, 20.0]), "single number"),
        ("mocap_framerate", np.array(np.inf), "inf"),
        ("people", np.array(np.nan), "nan"),
        ("caption", np.array(["a", "b"]), "short text"),
    ):
        np.savez(tmp_path / "odd.npz", **(arrays | {name: value}))  # pyright: ignore[reportArgumentType]
        with pytest.raises(FormatError, match=said):
            load_motion(tmp_path / "odd.npz")
