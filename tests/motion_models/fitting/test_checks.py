"""What a motion keeps of its words, where neither a number nor a place is named."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.fitting.checks import checks_of, posture
from motion_agent.motion_models.fitting.remedies import remedy_for
from motion_agent.motion_models.motion.editing.stretch import stretches
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.measures import kinematics as k
from motions import bump, shifted, standing

RIGHT_AFTER_A_STAND = "posture at the start"


def met(description: str, joints: np.ndarray) -> dict[str, bool]:
    return {check.what: check.met for check in checks_of(read_demands(description), joints)}


def seated(frames: int) -> np.ndarray:
    """Thighs level, shins upright: everything from the knees up stands where the pelvis went."""
    joints = standing(frames)
    thigh = joints[0, k.PELVIS, 1] - joints[0, 4, 1]
    upper = [joint for joint in range(22) if joint not in (4, 5, 7, 8, 10, 11)]
    joints[:, upper, 1] -= thigh
    joints[:, upper, 2] -= thigh
    return joints


def test_a_jump_without_a_number_has_to_be_one() -> None:
    jumping = shifted(standing(60), y=bump(60, 10, 24, 0.5))
    assert met("a person jumps", jumping)["event"]
    assert not met("a person jumps", standing(60))["event"]
    assert "event" not in met("a person walks", standing(60))


def test_who_is_to_sit_down_does_not_begin_seated() -> None:
    whole = seated(60)
    assert met("a person sits down", whole)["posture"]
    assert not met("a person sits down", whole)[RIGHT_AFTER_A_STAND]
    lowered = np.concatenate([standing(30), seated(40)])
    assert met("a person sits down", lowered)[RIGHT_AFTER_A_STAND]
    assert RIGHT_AFTER_A_STAND not in met("a person sits", whole)


def test_a_number_that_others_may_count_otherwise_is_not_kept_and_told() -> None:
    high, low = bump(120, 20, 30, 0.4), bump(120, 60, 70, 0.075)
    (clear,) = (
        c for c in checks_of(read_demands("a person jumps once"), shifted(standing(120), y=high)) if c.counted
    )
    assert clear.met and clear.reached == 1
    demands = read_demands("a person jumps twice")
    (unclear,) = (c for c in checks_of(demands, shifted(standing(120), y=high + low)) if c.counted)
    assert not unclear.met
    assert "one may count 1 to 2" in unclear.says


def test_a_speed_is_held_against_the_whole_way() -> None:
    joints = walking(81, speed=1.0)
    assert met("a person walks at 1 m/s", joints)["metres a second"]
    assert not met("a person walks at 2 m/s", joints)["metres a second"]
    stretch = stretches(from_joints(joints), [0, 80])[0]
    remedy = remedy_for(read_demands("a person walks at 1.3 m/s"), stretch)
    assert remedy.speed == pytest.approx(1.3, rel=0.05)


def test_who_is_to_get_up_does_not_begin_standing() -> None:
    raised = np.concatenate([seated(40), standing(30)])
    for words in ("a person stands up", "someone gets up from a chair", "a woman slowly rises"):
        assert met(words, raised)[RIGHT_AFTER_A_STAND]
        assert not met(words, standing(60))[RIGHT_AFTER_A_STAND]
    for words in ("a person stands", "a person walks, then gets up", "a person raises an arm"):
        assert RIGHT_AFTER_A_STAND not in met(words, standing(60))


def turning(degrees: float, *, trunk: float = 0.0) -> np.ndarray:
    """Somebody who turns to the left, and whose shoulders turn by `trunk` degrees more than the hips."""
    joints, frames = standing(60), np.linspace(0, 1, 60)
    upper = [joint for joint in range(22) if joint not in (0, 1, 2, 4, 5, 7, 8, 10, 11)]
    for chosen, angle in ((slice(None), degrees), (upper, trunk)):
        yaw = np.radians(angle) * frames[:, None]
        x, z = joints[:, chosen, 0].copy(), joints[:, chosen, 2].copy()
        joints[:, chosen, 0] = x * np.cos(yaw) + z * np.sin(yaw)
        joints[:, chosen, 2] = z * np.cos(yaw) - x * np.sin(yaw)
    return joints


def test_a_turn_is_kept_where_hips_and_shoulders_have_made_it() -> None:
    words = "a person turns 90 degrees to the left"
    assert met(words, turning(94))["degrees left"]
    (check,) = (c for c in checks_of(read_demands(words), turning(70, trunk=40)) if "degrees" in c.what)
    assert not check.met and "the hips 6" in check.says
    # A turn of no stated angle is one of either.
    assert met("a person turns to the left", turning(25, trunk=30))["turn"]


def test_a_knee_on_the_floor_is_knelt_on() -> None:
    joints = standing(60)
    joints[:, [joint for joint in range(22) if joint not in (5, 7, 8, 10, 11)], 1] -= 0.4
    joints[:, 5, 1] = 0.05  # the right knee is set down behind; the left thigh is level
    assert posture(joints[-5:], joints) == "kneeling"
    assert posture(seated(60)[-5:], seated(60)) == "sitting"


def test_who_goes_from_the_knees_to_a_chair_sits_down() -> None:
    """What is not to be there at the beginning is the posture at the end, not any that is low."""
    kneeling = standing(40)
    kneeling[:, [joint for joint in range(22) if joint not in (5, 7, 8, 10, 11)], 1] -= 0.4
    kneeling[:, 5, 1] = 0.05
    whole = np.concatenate([kneeling, seated(40)])
    kept = met("a person sits down", whole)
    assert kept[RIGHT_AFTER_A_STAND] and kept["posture"]


@pytest.mark.parametrize(("words", "reached"), [("a person jumps", 0.0), ("a person walks", 0.3)])
def test_how_far_off_the_floor_counts_the_start_of_a_jump_and_most_of_anything_else(
    words: str, reached: float
) -> None:
    joints = shifted(standing(60), y=bump(60, 10, 50, 0.3))
    (floor,) = (c for c in checks_of(read_demands(words), joints) if c.what == "metres off the floor")
    assert floor.reached == pytest.approx(reached, abs=0.02) and floor.met == (reached == 0.0)
