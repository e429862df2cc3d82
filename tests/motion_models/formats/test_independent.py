"""What we write, read by packages of others: the same joints come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.rig import RIG_NAMES
from motion_agent.motion_models.motion.skeleton import JOINT_NAMES
from scipy.spatial.transform import Rotation

WALK = walking(30)


@pytest.fixture
def motion() -> Motion:
    return Motion(WALK, name="walk", caption="walks")


def test_bvh_by_another_parser(motion: Motion, tmp_path: Path) -> None:
    """Names, offsets and channels by the package bvh; positions by turning its numbers joint after joint."""
    bvh = pytest.importorskip("bvh")
    parsed = bvh.Bvh(save_motion(motion, tmp_path / "walk.bvh").read_text())
    assert parsed.nframes == 30 and parsed.frame_time == pytest.approx(0.05)
    names = parsed.get_joints_names()
    assert set(names) == set(RIG_NAMES)
    where, turns = {}, {}
    for name in names:
        angles = np.array(parsed.frames_joint_channels(name, ["Zrotation", "Xrotation", "Yrotation"]))
        local = Rotation.from_euler("ZXY", angles, degrees=True)
        parent = parsed.joint_parent(name)
        if parent is None:
            where[name] = np.array(
                parsed.frames_joint_channels(name, ["Xposition", "Yposition", "Zposition"])
            )
            turns[name] = local
            continue
        above, turn = where[parent.name], turns[parent.name]
        where[name], turns[name] = above + turn.apply(np.array(parsed.joint_offset(name))), turn * local
    joints = np.stack([where[name] for name in JOINT_NAMES], axis=1) / 100
    assert np.abs(joints - WALK).max() < 1e-4


def test_glb_by_another_loader(motion: Motion, tmp_path: Path) -> None:
    """The figure at rest by the package trimesh: a person's size, standing on the floor, feet apart."""
    trimesh = pytest.importorskip("trimesh")
    scene = trimesh.load(save_motion([motion, motion.moved(x=2)], tmp_path / "pair.glb"), process=False)
    assert scene.geometry and all(np.isfinite(each.vertices).all() for each in scene.geometry.values())
    low, high = scene.bounds
    assert -0.1 < low[1] < 0.05 and 1.5 < high[1] < 1.95
    known = set(scene.graph.nodes)
    assert len([name for name in known if name.startswith("left_knee")]) == 2


def test_arrays_by_plain_numpy(motion: Motion, tmp_path: Path) -> None:
    assert np.array_equal(np.load(save_motion(motion, tmp_path / "walk.npy"), allow_pickle=False), WALK)
    with np.load(save_motion(motion, tmp_path / "walk.npz"), allow_pickle=False) as stored:
        assert np.array_equal(stored["joints"], WALK) and str(stored["caption"]) == "walks"


@pytest.mark.parametrize("ending", ["bvh", "glb", "npz", "npy"])
def test_everything_that_can_be_read_comes_back_through_our_own_readers(
    ending: str, motion: Motion, tmp_path: Path
) -> None:
    again = load_motion(save_motion(motion, tmp_path / f"walk.{ending}"))
    assert np.abs(again.joints - WALK).max() < 1e-4 and again.notes == () and again.fps == 20
