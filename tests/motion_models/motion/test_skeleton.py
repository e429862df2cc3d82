"""Skeleton: hierarchy, mirroring, resampling, retargeting, shortest rotations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from motion_agent.motion_models import skeleton
from motion_agent.motion_models.motion.skeleton import (
    BONE_LENGTHS,
    JOINT,
    PARENTS,
    bone_vectors,
    forward_positions,
    mirror_joints,
    resample,
    retarget,
    rotation_between,
)


def test_every_joint_hangs_on_one_named_before_it_in_its_chain():
    assert PARENTS[0] == -1
    assert PARENTS[JOINT["left_collar"]] == JOINT["spine3"]
    assert PARENTS[JOINT["right_wrist"]] == JOINT["right_elbow"]
    assert sorted(skeleton.HIERARCHY_ORDER) == list(range(1, 22))


def test_mirroring_swaps_sides_and_undoes_itself(walk):
    mirrored = mirror_joints(walk)
    np.testing.assert_array_equal(mirrored[:, JOINT["left_wrist"], 1:], walk[:, JOINT["right_wrist"], 1:])
    np.testing.assert_array_equal(mirrored[..., JOINT["left_wrist"], 0], -walk[:, JOINT["right_wrist"], 0])
    np.testing.assert_array_equal(mirror_joints(mirrored), walk)


@pytest.mark.parametrize(("source", "target"), [(120, 20), (30, 20), (20, 60), (24, 20), (20, 20)])
def test_resampling_keeps_duration_and_straight_lines(source, target):
    line = np.linspace(0, 1, source * 2 + 1)[:, None, None] * np.ones((1, 22, 3))
    out = resample(line, source, target)
    assert len(out) == target * 2 + 1
    np.testing.assert_allclose(out[:, 0, 0], np.linspace(0, 1, len(out)), atol=1e-9)


def test_bones_and_positions_are_inverse(walk):
    np.testing.assert_allclose(forward_positions(walk[:, 0], bone_vectors(walk)), walk, atol=1e-6)


@given(scale=st.floats(0.3, 3))
@settings(max_examples=20)
def test_retargeting_a_scaled_person_gives_the_target_person(scale):
    from helpers import walking

    walk = walking(20).astype(np.float64)
    np.testing.assert_allclose(retarget(walk * scale), walk, atol=1e-4)


def test_retargeting_gives_target_bones_and_survives_collapsed_ones(walk):
    odd = walk.copy()
    odd[:, JOINT["left_collar"]] = odd[:, JOINT["spine3"]]
    lengths = np.linalg.norm(bone_vectors(retarget(odd)), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-9)


@given(
    arrays(np.float64, (6, 3), elements=st.floats(-1, 1)),
    arrays(np.float64, (6, 3), elements=st.floats(-1, 1)),
)
@settings(max_examples=50)
def test_shortest_rotation_takes_one_direction_to_the_other(source, target):
    source, target = source + np.array([2, 0, 0]), target + np.array([0, 0, 2])
    source /= np.linalg.norm(source, axis=-1, keepdims=True)
    target /= np.linalg.norm(target, axis=-1, keepdims=True)
    np.testing.assert_allclose(rotation_between(source, target).apply(source), target, atol=1e-9)


@pytest.mark.parametrize("axis", np.eye(3))
def test_opposite_directions_have_a_rotation_too(axis):
    turned = rotation_between(axis[None], -axis[None]).apply(axis[None])
    np.testing.assert_allclose(turned, -axis[None], atol=1e-9)
