"""The predicate table, the prompts that use it, and how conditions are read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from helpers import walking
from motion_agent.evals.motion.suite.calibration import meanings, opposite_name
from motion_agent.evals.motion.suite.prompts import Prompt, load_prompts, normalized
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.motion_models.motion.measures import limbs
from motion_agent.motion_models.motion.measures.predicates import (
    PREDICATES,
    Condition,
    check,
    check_in_order,
    holds,
)
from motions import bump, ramp, shifted, standing, turned, with_joint
from pydantic import ValidationError

WALK = walking(60, speed=1.2)
HELD_TRUE_BY_STANDING = {
    "goes_straight",
    "stays_in_place",
    "stands_still",
    "stands_at_ease",
    "begins_and_ends_standing",
}


@pytest.mark.parametrize("name", PREDICATES)
def test_standing_still_satisfies_only_what_it_should(name: str) -> None:
    assert holds([name], standing()) == (name in HELD_TRUE_BY_STANDING)


@pytest.mark.parametrize(
    ("names", "motion"),
    [
        (["walks_forward", "goes_straight"], WALK),
        (["walks_fast"], walking(60, speed=1.6)),
        (["runs", "runs_fast"], walking(60, speed=3.0)),
        (["walks_backward"], shifted(standing(), z=-ramp(60, 1.5))),
        (["turns_left_90", "turns_left"], turned(standing(), ramp(60, 95.0))),
        (["turns_right_180", "turns_around"], turned(standing(), ramp(60, -170.0))),
        (["spins"], turned(standing(), ramp(60, 720.0))),
        (["jumps_up"], shifted(standing(), y=bump(60, 20, 28, 0.3))),
        (["raises_both_arms"], with_joint(with_joint(standing(), "left_wrist", y=0.8), "right_wrist", y=0.8)),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_made_motions_satisfy_their_predicates(names: list[str], motion) -> None:
    assert [str(outcome) for outcome in check(names, motion) if not outcome.met] == []


def test_a_turn_to_the_other_side_is_refused() -> None:
    assert not holds(["turns_left"], turned(standing(), ramp(60, -90.0)))
    assert not holds(["turns_left_90"], turned(standing(), ramp(60, 180.0)))


def test_conditions_read_one_side_or_either() -> None:
    raised = with_joint(standing(), "left_wrist", y=1.0)
    high = limbs.wrist_over_shoulder(raised, "left")
    low = limbs.wrist_over_shoulder(raised, "right")
    assert Condition(limbs.wrist_over_shoulder, side="highest").value(raised) == high
    assert Condition(limbs.wrist_over_shoulder, side="lowest").value(raised) == low
    assert Condition(limbs.wrist_over_shoulder, side="right").value(raised) == low
    assert str(Condition(k.turn_degrees, 45, 140)) == "45 <= turn_degrees <= 140"
    assert str(Condition(limbs.ankle_max, low=0.5, side="left")) == "0.5 <= ankle_max[left]"


def test_stages_must_come_in_the_order_asked() -> None:
    stop = walking(60)[-1]
    then_stands = shifted(standing(60), x=stop[0, 0], z=stop[0, 2])
    joints = np.concatenate([walking(60), then_stands])
    assert check_in_order([["walks_forward"], ["stands_still"]], joints)[0]
    assert not check_in_order([["stands_still"], ["walks_forward"]], joints)[0]


def test_the_best_cut_of_a_failure_is_reported() -> None:
    met, outcomes = check_in_order([["walks_forward"], ["sits_down"]], WALK)
    assert not met
    assert any(outcome.met for outcome in outcomes)
    assert any(not outcome.met for outcome in outcomes)


def test_a_motion_too_short_to_cut_fails_without_outcomes() -> None:
    assert check_in_order([["walks_forward"], ["sits_down"]], WALK[:12]) == (False, [])


def test_the_suite_is_large_and_a_quarter_of_it_paraphrased() -> None:
    prompts = load_prompts()
    assert len(prompts) >= 70
    assert len({prompt.text for prompt in prompts}) >= len(prompts) - 1  # one is asked again with a duration
    assert sum(prompt.paraphrase for prompt in prompts) >= len(prompts) / 4


def test_paraphrases_are_worded_unlike_every_caption() -> None:
    captions = {normalized(text) for segment in load_captions() for text in segment.captions}
    paraphrases = [prompt for prompt in load_prompts() if prompt.paraphrase]
    assert [p.text for p in paraphrases if normalized(p.text) in captions] == []
    assert any(prompt.verbatim for prompt in load_prompts())


def test_every_predicate_a_prompt_uses_is_calibrated() -> None:
    used = {name for prompt in load_prompts() for stage in prompt.stages for name in stage}
    assert used - set(meanings()) == set()
    assert set(meanings()) == set(PREDICATES)


def test_calibration_names_labels_that_exist_and_patterns_that_compile() -> None:
    labels = {segment.action for segment in load_captions()}
    for name, meaning in meanings().items():
        assert set(meaning.labels) - labels == set(), name
        for pattern in (meaning.says, meaning.not_says, meaning.mentions, meaning.contrary):
            re.compile(pattern)


def test_sided_predicates_come_in_pairs() -> None:
    sided = [name for name in PREDICATES if opposite_name(name)]
    assert sided
    assert all(opposite_name(name) in PREDICATES for name in sided)
    assert opposite_name("jumps") is None


def test_unknown_predicates_and_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="unknown predicates: flies"):
        Prompt(text="a person flies", group="air", expect=("flies",))
    with pytest.raises(ValidationError):
        Prompt.model_validate({"text": "a", "group": "b", "expect": ["jumps"], "hope": ["jumps"]})
