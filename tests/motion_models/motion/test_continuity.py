"""How smoothly a motion goes on: jerks, steps and sliding with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.continuity import jerk, local_steps, sliding
from motion_agent.motion_models.motion.features import from_joints
from motions import bump, shifted, standing, with_joint


def test_the_joint_that_jerks_most_counts_with_all_its_axes() -> None:
    assert jerk(shifted(standing(20), z=0.01 * np.arange(20) ** 2)) == pytest.approx(0, abs=1e-9)
    leap = bump(20, 10, 20, 0.1)
    one = with_joint(standing(20), "left_wrist", x=leap, z=-leap)
    found = jerk(one)
    assert found.shape == (17,)
    assert found.max() == pytest.approx(2 * 0.2), "a step of h has the third differences h, -2h, h"
    assert found[:7] == pytest.approx(0) == found[10:]


def test_steps_of_the_body_do_not_depend_on_where_it_goes() -> None:
    walk = from_joints(walking(60))
    moved = walk.copy()
    moved[:, :3] += 1.0
    assert local_steps(walk) == pytest.approx(local_steps(moved))
    assert local_steps(walk).shape == (58,) and local_steps(walk).min() > 0
    assert local_steps(from_joints(standing(20))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("speed", "height", "floor", "slides"),
    [(0.6, 0.0, 0.0, True), (0.4, 0.0, 0.0, False), (2.0, 0.1, 0.0, False), (2.0, 0.1, 0.1, True)],
)
def test_a_toe_slides_where_it_is_low_and_fast(
    speed: float, height: float, floor: float, slides: bool
) -> None:
    toes = standing(20)
    toes[:, :, 1] -= toes[:, [10, 11], 1].max(axis=1, keepdims=True)
    going = with_joint(shifted(toes, y=height), "right_foot", z=speed * np.arange(20) / 20)
    assert sliding(going, floor).tolist() == [slides] * 19


def test_a_toe_that_is_lifted_or_set_down_does_not_slide() -> None:
    toes = standing(20)
    toes[:, :, 1] -= toes[:, [10, 11], 1].max(axis=1, keepdims=True)
    hopping = with_joint(toes, "right_foot", y=0.2 * (np.arange(20) % 2), z=np.arange(20) / 10)
    assert not sliding(hopping, 0.0).any()
