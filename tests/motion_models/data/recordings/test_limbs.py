"""Bodies made of several: limbs taken over, limbs turned."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.recordings.limbs import (
    TAKEN,
    Variety,
    varied_clips,
    with_limbs_of,
    with_turned_limbs,
)
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, JOINT, bone_vectors

ARMS, LEGS = list(TAKEN["arms"]), [1, 2, 4, 5, 7, 8, 10, 11]


def facing(joints: np.ndarray, degrees: float) -> np.ndarray:
    """Turn a whole clip about the vertical."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return joints @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]).T


@pytest.fixture
def legs() -> np.ndarray:
    return walking(60).astype(float)


@pytest.fixture
def waving() -> np.ndarray:
    """The walk with its left forearm straight up, of the target's bone lengths."""
    joints = walking(60).astype(float)
    joints[:, JOINT["left_wrist"]] = joints[:, JOINT["left_elbow"]]
    joints[:, JOINT["left_wrist"], 1] += BONE_LENGTHS[JOINT["left_wrist"]]
    return joints


@pytest.mark.parametrize("taken", list(TAKEN))
@pytest.mark.parametrize("degrees", [0.0, 90.0, 200.0])
def test_the_own_limbs_of_a_turned_copy_change_nothing(legs: np.ndarray, taken: str, degrees: float) -> None:
    np.testing.assert_allclose(with_limbs_of(legs, facing(legs, degrees), taken), legs, atol=1e-9)


@pytest.mark.parametrize("taken", ["upper body", "arms", "left arm"])
def test_a_walk_waves_with_the_arm_of_another(legs: np.ndarray, waving: np.ndarray, taken: str) -> None:
    made = with_limbs_of(legs, facing(waving, 130), taken)
    np.testing.assert_allclose(made[:, LEGS], legs[:, LEGS])
    raised = made[:, JOINT["left_wrist"], 1] - made[:, JOINT["left_elbow"], 1]
    np.testing.assert_allclose(raised, BONE_LENGTHS[JOINT["left_wrist"]], atol=1e-6)
    lengths = np.linalg.norm(bone_vectors(made), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-5)


def test_the_other_arm_stays_its_own(legs: np.ndarray, waving: np.ndarray) -> None:
    made = with_limbs_of(legs, waving, "right arm")
    np.testing.assert_allclose(made[:, list(TAKEN["left arm"])], legs[:, list(TAKEN["left arm"])])


def test_turned_limbs_keep_their_lengths_and_the_floor(legs: np.ndarray) -> None:
    made = with_turned_limbs(legs, np.random.default_rng(0))
    lengths = np.linalg.norm(bone_vectors(made), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-5)
    np.testing.assert_allclose(made[..., 1].min(axis=1), legs[..., 1].min(axis=1), atol=1e-9)
    moved = np.linalg.norm(made[:, JOINT["left_wrist"]] - legs[:, JOINT["left_wrist"]], axis=-1)
    assert 0.02 < moved.mean() < 0.5
    # Smoothly: from frame to frame they move much as they did.
    step = np.linalg.norm(np.diff(made - legs, axis=0), axis=-1)
    assert step.max() < 0.06


def test_clips_are_the_same_for_the_same_seed() -> None:
    trials = [Trial(f"{n}", walking(90, speed=0.8 + 0.2 * n), "train") for n in range(3)]
    first, again = (varied_clips(trials, Variety(clips=6, frames=48)) for _ in range(2))
    other = varied_clips(trials, Variety(clips=6, frames=48, seed=1))
    assert len(first) == 6 and all(len(clip) >= 30 for clip in first)
    for one, two, three in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.shape != three.shape or not np.array_equal(one, three)
