"""The 263-dimensional representation: layout, round trips, the published sample clip, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from motion_agent.motion_models import InvalidMotionError, features
from motion_agent.motion_models.motion.features import (
    canonicalize,
    from_joints,
    recover_joints,
    recover_root,
)


def turning(walk, radians):
    """The walking clip on an arc: the heading turns left by `radians` in all."""
    yaw = np.linspace(0, radians, len(walk))
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    local = walk - walk[:, :1] * [1, 0, 1]
    x, z = local[..., 0], local[..., 2]
    turned = np.stack([cos * x + sin * z, local[..., 1], cos * z - sin * x], axis=-1)
    steps = np.diff(walk[:, 0, 2], prepend=0.0)
    turned[..., 0] += np.cumsum(np.sin(yaw) * steps)[:, None]
    turned[..., 2] += np.cumsum(np.cos(yaw) * steps)[:, None]
    return turned


def test_the_slices_cover_every_dimension_once():
    slices = [
        features.ROOT_YAW_VELOCITY, features.ROOT_VELOCITY_XZ, features.ROOT_HEIGHT, features.LOCAL_POSITIONS,
        features.ROTATIONS_6D, features.JOINT_VELOCITIES, features.FOOT_CONTACTS,
    ]  # fmt: skip
    covered = np.concatenate([np.arange(features.DIM)[part] for part in slices])
    assert covered.tolist() == list(range(263))


def test_a_clip_loses_one_frame_and_comes_back_exactly(walk):
    made = from_joints(walk)
    assert made.shape == (len(walk) - 1, 263)
    assert made.dtype == np.float32
    np.testing.assert_allclose(recover_joints(made), canonicalize(walk)[:-1], atol=1e-5)


@given(turn=st.floats(-12, 12), yaw=st.floats(-np.pi, np.pi), x=st.floats(-50, 50), height=st.floats(-3, 3))
@settings(max_examples=30)
def test_the_round_trip_holds_for_any_path_and_ignores_the_starting_place(turn, yaw, x, height):
    from helpers import walking

    clip = turning(walking(50), turn)
    cos, sin = np.cos(yaw), np.sin(yaw)
    moved = clip @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]]) + [x, height, -x]
    np.testing.assert_allclose(recover_joints(from_joints(moved)), canonicalize(clip)[:-1], atol=2e-4)


@given(noise=arrays(np.float32, (12, 22, 3), elements=st.floats(-2, 2, width=32)))
@settings(max_examples=30)
def test_the_round_trip_holds_for_arbitrary_point_clouds(noise):
    made = from_joints(noise)
    assert np.isfinite(made).all()
    np.testing.assert_allclose(recover_joints(made), canonicalize(noise)[:-1], atol=2e-4)


def test_turning_left_is_positive_yaw(walk):
    yaw, _ = recover_root(from_joints(turning(walk, np.pi)))
    assert yaw[-1] == pytest.approx(np.pi, abs=0.5)


def test_a_straight_walk_moves_along_z_at_its_speed(walk):
    made = from_joints(walk)
    assert made[:, features.ROOT_VELOCITY_XZ].mean(0) == pytest.approx([0, 1.2 / 20], abs=1e-3)
    assert np.abs(made[:, features.ROOT_YAW_VELOCITY]).max() < 1e-3


def test_rotations_are_orthonormal_pairs(walk):
    pairs = from_joints(walk)[:, features.ROTATIONS_6D].reshape(-1, 21, 2, 3)
    np.testing.assert_allclose(np.linalg.norm(pairs, axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose((pairs[:, :, 0] * pairs[:, :, 1]).sum(-1), 0, atol=1e-5)


def test_feet_that_stand_are_in_contact(walk):
    still = np.repeat(walk[:1], 10, axis=0)
    assert (from_joints(still)[:, features.FOOT_CONTACTS] == 1).all()


def test_another_frame_rate_is_resampled(walk):
    from motion_agent.motion_models.motion.skeleton import resample

    fast = resample(walk, 20, 60)
    np.testing.assert_allclose(from_joints(fast, fps=60)[:-2], from_joints(walk)[:-2], atol=2e-3)


def test_a_known_floor_is_kept(walk):
    raised = walk + np.array([0, 0.3, 0], dtype=np.float32)
    assert from_joints(raised, floor=False)[0, 3] == pytest.approx(from_joints(walk)[0, 3] + 0.3, abs=1e-5)
    assert from_joints(raised)[0, 3] == pytest.approx(from_joints(walk)[0, 3], abs=1e-5)


def test_the_published_sample_clip(data_dir):
    with np.load(data_dir / "humanml3d_sample" / "012314.npz", allow_pickle=False) as sample:
        published, joints = sample["features"], sample["joints"]
    np.testing.assert_allclose(recover_joints(published), joints, atol=1e-4)
    # The facing direction is smoothed over +-80 frames, so the cut at the clip's end reaches back that far.
    np.testing.assert_allclose(from_joints(joints)[:85], published[:85], atol=1e-4)


@pytest.mark.parametrize(
    ("joints", "message"),
    [
        (np.zeros((5, 21, 3)), "shape"),
        (np.zeros((22, 3)), "shape"),
        (np.zeros((0, 22, 3)), "empty"),
        (np.full((5, 22, 3), np.nan), "NaN"),
        (np.zeros((1, 22, 3)), "two frames"),
        (np.full((5, 22, 3), 1e6), "metres"),
        ([["a"]], "numbers"),
    ],
)
def test_bad_joints_name_what_is_wrong(joints, message):
    with pytest.raises(InvalidMotionError, match=message):
        from_joints(joints)


@pytest.mark.parametrize("fps", [0, -20, float("nan"), float("inf")])
def test_bad_frame_rates_are_refused(walk, fps):
    with pytest.raises(InvalidMotionError, match="fps"):
        from_joints(walk, fps=fps)


def test_kit_features_are_named_as_such():
    with pytest.raises(InvalidMotionError, match="KIT-ML"):
        recover_joints(np.zeros((10, 251)))
