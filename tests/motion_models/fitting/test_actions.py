"""Which conditions a motion is held against: those of its action, on its side, or of two actions in a row."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.english.stages import action_of
from motion_agent.motion_models.fitting.actions import conditions_of, not_shown
from motion_agent.motion_models.motion.measures.predicates import PREDICATES
from motions import bump, shifted, standing


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("a person kicks with the left leg", ("kicks_left",)),
        ("a person kicks", ("kicks",)),
        ("a person waves with the right hand", ("waves_right",)),
        ("a person walks forward", ("walks_forward",)),
        ("a person walks in a circle", ()),
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
    return not_shown(action_of(said), read_demands(said), joints)


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
