"""Counting what happens, and where the floor is, on motions with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.measures.events import events, first_foot, numbers, runs
from motion_agent.motion_models.motion.measures.ground import (
    first_height,
    ground_line,
    median_height,
    off_floor,
)
from motion_agent.motion_models.motion.skeleton import JOINT
from motions import bump, ramp, shifted, standing, with_joint


def pulses(frames: int, *starts: int, length: int = 10, height: float = 1.0):
    """A half sine of so many frames at each start."""
    series = np.zeros(frames)
    for start in starts:
        series[start : start + length] = height * np.sin(np.pi * np.arange(length) / (length - 1))
    return series


def test_every_swing_of_a_foot_is_a_step():
    joints = walking(81, speed=1.2)
    spans = events(joints, "step")
    # 0.9 strides a second for 4 s: three or four swings of each foot.
    assert 6 <= len(spans) <= 8
    assert spans == sorted(spans, key=lambda span: (span[1], span[0]))
    assert events(standing(80), "step") == []


def test_jumps_are_flights_and_lie_where_they_are():
    joints = shifted(standing(100), y=pulses(100, 20, 60, height=0.4))
    [first, second] = events(joints, "jump")
    assert 20 <= first[0] < first[1] <= 31 and 60 <= second[0] < second[1] <= 71
    assert events(shifted(standing(60), y=bump(60, 20, 22, 0.3)), "jump") == []


@pytest.mark.parametrize(("event", "sign", "height"), [("squat", -1, 0.3), ("hop", 1, 0.1)])
def test_sinking_and_bouncing_pelvis(event, sign, height):
    joints = with_joint(standing(120), "pelvis", y=sign * pulses(120, 20, 50, 80, length=16, height=height))
    assert len(events(joints, event)) == 3


@pytest.mark.parametrize("side", ["left", "right"])
def test_kicks_of_either_leg(side):
    joints = with_joint(standing(100), f"{side}_ankle", y=pulses(100, 15, 60, length=14, height=0.6))
    assert len(events(joints, "kick")) == len(events(joints, "kick", side)) == 2
    assert events(joints, "kick", "right" if side == "left" else "left") == []
    low = with_joint(standing(100), f"{side}_ankle", y=pulses(100, 15, length=14, height=0.2))
    assert events(low, "kick") == []


def test_both_wrists_up_and_down_are_jumping_jacks():
    lift = pulses(120, 10, 45, 80, length=20, height=1.0)
    joints = with_joint(with_joint(standing(120), "left_wrist", y=lift), "right_wrist", y=lift)
    assert len(events(joints, "jumping jack")) == 3
    assert events(with_joint(standing(120), "left_wrist", y=0.7 * lift), "jumping jack") == []


def test_runs_are_half_open():
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]


def test_the_floor_is_at_zero():
    assert off_floor(standing(40)) == 0
    floating = shifted(standing(40), y=0.2)
    assert first_height(floating) == pytest.approx(0.2, abs=1e-6) == median_height(floating)
    assert off_floor(floating) == pytest.approx(0.13, abs=1e-6)
    jump = shifted(standing(40), y=bump(40, 5, 36, 0.5))
    assert off_floor(jump, jumping=True) == 0 < off_floor(jump)


def test_the_floor_drifts_slowly():
    drift = np.linspace(0, 0.3, 120)
    assert np.abs(ground_line(shifted(standing(120), y=drift)) - drift).max() < 0.04


@pytest.mark.parametrize(
    ("event", "joint", "sign", "height"),
    [("squat", "pelvis", -1, 0.15), ("hop", "pelvis", 1, 0.05), ("kick", "left_ankle", 1, 0.36)],
)
def test_a_number_is_clear_where_nobody_counts_another(event, joint, sign, height):
    """Two large ones are two to everybody; a third that is hardly one is, to some."""
    large = pulses(140, 20, 55, length=16, height=2 * height)
    clear = with_joint(standing(140), joint, y=sign * large)
    assert numbers(clear, event) == (2, 2)
    slight = with_joint(
        standing(140), joint, y=sign * (large + pulses(140, 90, length=16, height=1.1 * height))
    )
    assert numbers(slight, event) == (2, 3)


def test_a_low_jump_is_no_clear_one():
    low = shifted(standing(100), y=pulses(100, 20, height=0.4) + pulses(100, 60, height=0.075))
    assert numbers(shifted(standing(100), y=pulses(100, 20, 60, height=0.4)), "jump") == (2, 2)
    assert numbers(low, "jump") == (1, 2)


@pytest.mark.parametrize("side", ["left", "right"])
def test_waves_are_strokes_of_a_hand_that_is_up(side):
    stroke = {"left": 1, "right": -1}[side] * pulses(120, 20, 50, 80, length=16, height=0.25)
    raised = with_joint(standing(120), f"{side}_wrist", x=stroke, y=1.0)
    assert len(events(raised, "wave")) == len(events(raised, "wave", side)) == 3
    assert events(raised, "wave", "right" if side == "left" else "left") == []
    assert events(with_joint(standing(120), f"{side}_wrist", x=stroke), "wave") == []


def test_claps_are_hands_that_meet_and_part():
    joints = standing(120)
    apart = float(joints[0, JOINT["left_wrist"], 0] - joints[0, JOINT["right_wrist"], 0])
    together = pulses(120, 20, 50, 80, length=14, height=apart / 2 - 0.05)
    meeting = with_joint(with_joint(joints, "left_wrist", x=-together), "right_wrist", x=together)
    assert len(events(meeting, "clap")) == 3
    hardly = with_joint(joints, "left_wrist", x=-0.4 * together)
    assert events(hardly, "clap") == []


def test_nods_are_dips_of_the_head():
    dips = pulses(120, 20, 60, length=16, height=0.08)
    assert len(events(with_joint(standing(120), "head", z=dips), "nod")) == 2
    back = pulses(120, 40, length=16, height=-0.08)
    assert events(with_joint(standing(120), "head", z=back), "nod") == []


def test_an_arm_that_stays_up_has_been_raised():
    lift = pulses(100, 10, length=20, height=0.9)
    lift[60:] = 0.9
    joints = with_joint(standing(100), "left_wrist", y=lift)
    assert len(events(joints, "arm raise")) == len(events(joints, "arm raise", "left")) == 2
    assert events(joints, "arm raise", "right") == []
    assert events(with_joint(standing(100), "left_wrist", y=0.3 * lift), "arm raise") == []


def stepping(side: str, other: str, frames: int = 80):
    """One foot is set down half a metre ahead, then the other beside it."""
    joints = standing(frames)
    for number, foot in enumerate((side, other)):
        way = 0.5 * np.clip((np.arange(frames) - 15 - 30 * number) / 8, 0.0, 1.0)
        joints = with_joint(joints, f"{foot}_ankle", z=way)
    return joints


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_the_foot_that_steps_first(side, other):
    assert first_foot(stepping(side, other)) == side
    assert first_foot(standing(80)) is None
    assert first_foot(shifted(standing(80), z=ramp(80, 3.0))) is None, "both set out at once"


def test_a_step_that_is_hardly_one_is_not_told_as_the_first():
    way = 0.16 * np.clip((np.arange(80) - 15) / 8, 0.0, 1.0)
    assert first_foot(with_joint(standing(80), "left_ankle", z=way)) is None, "too short a step to be sure of"
