"""Captions that a motion contradicts are not told."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.fitting.telling import (
    best_caption,
    contradictions,
    plain_words,
    without_repeats,
)
from motion_agent.motion_models.motion.skeleton import mirror_joints
from motions import ramp, standing, turned, with_joint


def waving(frames: int = 60):
    """The right hand goes up and down beside the head."""
    lift = 0.6 + 0.15 * np.sin(np.arange(frames))
    return with_joint(standing(frames), "right_wrist", y=lift)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a person stands still and then stands still", "a person stands still"),
        ("a person walks, turns and a person walks", "a person walks, turns"),
        ("a person walks forward and waves", "a person walks forward and waves"),
    ],
)
def test_no_phrase_is_told_twice(text, plain):
    assert without_repeats(text) == plain


def test_who_goes_nowhere_does_not_walk():
    candidates = ["a person walks forward", "a person waves with the right hand"]
    assert best_caption(candidates, waving()) == candidates[1]
    assert best_caption(candidates, walking(60)) == candidates[0]


def test_a_held_pose_stands_still_whatever_is_said():
    assert best_caption(["a person runs slowly forward"], standing(60)) == "a person stands still"
    raised = with_joint(standing(60), "left_wrist", y=0.9)
    assert best_caption(["a person waves"], raised) == "a person stands still with the left arm raised"


def squatting(frames: int = 60):
    """The body over the knees sinks by 45 cm and comes up, its trunk upright."""
    joints = standing(frames)
    sink = 0.45 * np.sin(np.pi * np.clip((np.arange(frames) - 10) / (frames - 21), 0, 1))
    upper = [joint for joint in range(22) if joint not in (4, 5, 7, 8, 10, 11)]
    joints[:, upper, 1] -= sink[:, None]
    return joints


def test_who_squats_is_told_to_do_so():
    said = ["a person raises a hand in front and lowers it", "a person jumps"]
    assert best_caption(said, squatting()) == "a person squats and stands up again"
    assert best_caption(["a person bends the knees", *said], squatting()) == "a person bends the knees"
    slight = waving() + (squatting() - standing(60)) / 3
    assert best_caption(said, slight) == said[0]


def test_left_and_right_are_looked_at():
    right = "a person waves with the right hand"
    left = "a person waves with the left hand"
    assert best_caption([left], waving()) == right
    assert best_caption([right], mirror_joints(waving())) == left
    assert best_caption(["a person turns right"], turned(standing(60), ramp(60, 90))) == "a person turns left"


@pytest.mark.parametrize("text", ["a person sits down", "a person squats", "a person turns around"])
def test_what_does_not_happen_is_contradicted(text):
    assert contradictions(text, walking(60)) >= 1


def test_where_all_is_contradicted_the_measures_speak():
    assert best_caption(["a person sits down", "a person squats"], walking(60)) == "a person walks forward"
    assert plain_words(turned(standing(60), ramp(60, -170))) == "a person turns around"
    assert plain_words(walking(60)[::-1].copy()) == "a person walks backward"
