"""The rig: exact for constant bones, a T-pose at rest, continuous in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.motion.rig import HELPERS, RIG, RIG_NAMES, RIG_PARENTS, fit_rig
from motion_agent.motion_models.motion.skeleton import JOINT
from scipy.spatial.transform import Rotation


def rest_positions(offsets: np.ndarray) -> np.ndarray:
    positions = np.zeros_like(offsets)
    for joint, parent in enumerate(RIG_PARENTS):
        if parent >= 0:
            positions[joint] = positions[parent] + offsets[joint]
    return positions


def test_forward_kinematics_returns_the_joints(walk: np.ndarray) -> None:
    assert np.abs(fit_rig(walk).joints() - walk).max() < 1e-4


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_any_pose_with_constant_bones_is_exact(seed: int) -> None:
    """Trunk and collars need not be rigid: only the triangle of pelvis and hips is."""
    rng = np.random.default_rng(seed)
    joints = walking(8).astype(float)
    turns = Rotation.random(8, rng=rng)
    upper = [
        JOINT[name]
        for name in JOINT
        if not name.endswith(("hip", "knee", "ankle", "foot")) and name != "pelvis"
    ]
    bend = Rotation.from_rotvec(rng.normal(0, 0.4, (8, 3)))
    for frame in range(8):
        root = joints[frame, 0].copy()
        joints[frame, upper] = bend[frame].apply(joints[frame, upper] - root) + root
        joints[frame] = turns[frame].apply(joints[frame] - root) + root
    assert np.abs(fit_rig(joints).joints() - joints).max() < 1e-5  # the walk is float32


def test_rest_pose_is_a_t_pose_facing_z(walk: np.ndarray) -> None:
    rest = rest_positions(fit_rig(walk).offsets)
    left, right = rest[RIG["left_wrist"]], rest[RIG["right_wrist"]]
    assert left[0] > 0.5 and right[0] < -0.5
    assert np.allclose(left[1:], rest[RIG["left_shoulder"]][1:], atol=1e-6)
    assert rest[RIG["head"]][1] > 0.4 and rest[RIG["left_ankle"]][1] < -0.7
    assert rest[RIG["left_foot"]][2] - rest[RIG["left_ankle"]][2] > 0.1


def test_quaternions_are_unit_and_continuous(walk: np.ndarray) -> None:
    rotations = fit_rig(walk).rotations
    assert np.allclose(np.linalg.norm(rotations, axis=-1), 1.0)
    assert np.sum(rotations[1:] * rotations[:-1], axis=-1).min() > 0.9


def tumbling(axis: str, degrees: float) -> np.ndarray:
    """A walk whose body turns about an axis of the world, so many degrees a frame, for 100 frames."""
    joints = walking(100).astype(float)
    root = joints[:, :1]
    steps = [Rotation.from_euler(axis, degrees * frame, degrees=True) for frame in range(100)]
    return np.stack([turn.apply(pose) for turn, pose in zip(steps, joints - root, strict=True)]) + root


@pytest.mark.parametrize("degrees", [9.0, -9.0], ids=["there", "back"])
@pytest.mark.parametrize("axis", ["y", "x", "z"], ids=["pirouettes", "somersaults", "cartwheels"])
def test_quaternions_stay_continuous_over_whole_turns(axis: str, degrees: float) -> None:
    """Sign and half turn are passed several times: a sign that changed stays changed for all that follows."""
    rotations = fit_rig(tumbling(axis, degrees)).rotations
    assert np.sum(rotations[1:] * rotations[:-1], axis=-1).min() > 0.9


def test_written_angles_go_on_beyond_a_whole_turn() -> None:
    angles = fit_rig(tumbling("y", 9.0)).euler("YXZ")
    assert np.abs(np.diff(angles, axis=0)).max() < 30
    assert angles[-1, RIG["pelvis"], 0] - angles[0, RIG["pelvis"], 0] == pytest.approx(9 * 99, abs=5)


def test_helpers_stand_on_their_parents(walk: np.ndarray) -> None:
    rig = fit_rig(walk)
    assert all(np.allclose(rig.offsets[RIG[name]], 0) for name in HELPERS)
    assert len(RIG_NAMES) == 22 + len(HELPERS)


@pytest.mark.parametrize("order", ["ZXY", "XYZ", "YXZ", "ZYX", "XZY", "YZX"])
def test_euler_angles_mean_the_same_rotations(walk: np.ndarray, order: str) -> None:
    rig = fit_rig(walk)
    angles = rig.euler(order)
    again = Rotation.from_euler(order, angles.reshape(-1, 3), degrees=True)
    expected = Rotation.from_quat(rig.rotations.reshape(-1, 4))
    assert (again.inv() * expected).magnitude().max() < 1e-6


def test_written_euler_angles_do_not_jump(walk: np.ndarray) -> None:
    assert np.abs(np.diff(fit_rig(walk).euler("ZXY"), axis=0)).max() < 30


def test_opposite_and_zero_bones_give_no_nan() -> None:
    joints = np.zeros((6, 22, 3), dtype=np.float32)
    joints[:, JOINT["left_elbow"], 0] = -1.0
    rig = fit_rig(joints)
    assert np.isfinite(rig.rotations).all() and np.isfinite(rig.joints()).all()


def test_real_motion_within_two_centimetres(data_dir: Path) -> None:
    with np.load(data_dir / "cmu" / "joints22_20fps.npz") as trials:
        for trial in ("02_01", "16_10", "49_07", "14_06"):
            joints = trials[trial]
            assert np.linalg.norm(fit_rig(joints).joints() - joints, axis=-1).max() < 0.02, trial
