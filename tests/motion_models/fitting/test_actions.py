"""Which conditions a motion is held against: those of its action, on its side, or of two actions in a row."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.english.stages import action_of
from motion_agent.motion_models.fitting.actions import conditions_of, evidence, stooping
from motion_agent.motion_models.motion.measures.predicates import PREDICATES
from motions import bump, ramp, shifted, standing, turned


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("a person kicks with the left leg", ("kicks_left",)),
        ("a person kicks", ("kicks",)),
        ("a person waves with the right hand", ("waves_right",)),
        ("a person walks forward", ("walks_forward",)),
        ("a person walks in a circle", ("walks_in_a_circle",)),
        ("a person walks to the left", ()),
        ("a person steps to the left", ("side_steps_left", "goes_straight")),
        ("someone takes a step to the right", ("side_steps_right", "goes_straight")),
        ("a person lies down", ("lies_down",)),
        ("a person lies on the floor", ("lies",)),
        ("a person dances", ()),
        ("a person jumps", ("jumps",)),
        ("someone leaps straight up into the air", ("jumps_up",)),
        ("a person jumps up onto a box", ("jumps",)),
        ("a person jumps forward", ("jumps_forward",)),
        ("a person punches with the right hand", ("punches_right",)),
        ("a person boxes", ("boxes",)),
        ("a boxer throws a flurry of jabs with both fists", ("boxes",)),
    ],
)
def test_an_action_is_known_by_conditions_on_its_side(said, names):
    assert conditions_of(action_of(said), read_demands(said)) == names
    assert set(names) <= PREDICATES.keys()


def lacking(said: str, joints: np.ndarray) -> float:
    return evidence(action_of(said), read_demands(said), joints).lacking


@pytest.mark.parametrize("link", [", then ", " and then ", ", and after that ", "; afterwards "])
def test_two_actions_in_a_row_must_both_show_in_their_order(link):
    walk = walking(81, speed=1.2)
    jump = shifted(standing(60), y=bump(60, 15, 30, 0.5)) + (walk[-1, 0] - walk[0, 0]) * [1, 0, 1]
    both = np.concatenate([walk, jump])
    assert lacking(f"a person walks forward{link}jumps", both) == 0
    assert lacking(f"a person walks forward{link}jumps", walk) > 0
    assert lacking(f"a person jumps{link}walks forward", both) > 0


def test_two_actions_that_nothing_is_known_of_lack_nothing():
    assert lacking("a person dances and then looks around", walking(60)) == 0
    assert lacking("a person walks and then turns around", walking(60)) == 0


def stoop(said: str, joints: np.ndarray) -> float:
    return stooping(action_of(said), read_demands(said), joints)


def test_whoever_bends_low_over_a_walk_stoops_unless_that_was_asked_for():
    bent = standing(40).copy()
    upper = bent[20:, 1:, 1] > bent[20:, :1, 1]
    lean = (bent[20:, 1:, 1] - bent[20:, :1, 1]) * upper
    bent[20:, 1:, 2] += lean
    bent[20:, 1:, 1] -= 0.5 * lean
    assert stoop("a person walks forward", standing(40)) == 0
    assert 0.4 < stoop("a person walks forward", bent) < 0.6
    for said in ("a person walks crouched", "a person sneaks", "a person bows", "an old man walks"):
        assert stoop(said, bent) == 0


def test_a_step_to_the_side_keeps_its_facing():
    aside = shifted(standing(40), x=ramp(40, 0.6))
    assert lacking("a person steps to the left", aside) == 0
    assert lacking("a person steps to the right", aside) > 0
    turning = turned(shifted(standing(40), x=ramp(40, 0.6)), ramp(40, 90))
    assert lacking("a person steps to the left", turning) > 0


def test_lying_down_begins_on_the_feet():
    low = standing(40)
    low[..., 1] *= 1 - ramp(40, 0.8)[:, None]
    assert lacking("a person lies down", low) == 0
    assert lacking("a person lies down", low[::-1]) > 0
