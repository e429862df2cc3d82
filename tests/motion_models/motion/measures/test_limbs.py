"""Which side, how far, how often: limb measures on motions with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.measures import limbs
from motion_agent.motion_models.motion.measures.limbs import SIDES, Side, other_side
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints
from motions import bump, ramp, shifted, standing, turned, with_joint

TWO_SIDED = [
    limbs.wrist_over_head, limbs.wrist_over_shoulder,
    limbs.wrist_speed_max, limbs.reach_forward, limbs.hand_to_head, limbs.hand_strokes, limbs.strike_speed,
    limbs.strike_share, limbs.ankle_max, limbs.foot_speed_max,
    limbs.foot_lift_seconds, limbs.thigh_pitch_end, limbs.arm_share, limbs.leg_share, limbs.lean_max,
]  # fmt: skip


def _waving(side: Side, times: int = 4) -> np.ndarray:
    """The wrist held over the head, swinging sideways `times` times there and back."""
    swing = 0.2 * np.sin(2 * np.pi * times * np.arange(60) / 60)
    return with_joint(standing(), f"{side}_wrist", x=swing, y=1.0)


@pytest.mark.parametrize("measure", TWO_SIDED, ids=lambda m: m.__name__)
def test_mirroring_swaps_the_sides(measure) -> None:
    motion = with_joint(_waving("left"), "right_ankle", y=bump(60, 20, 40, 0.5), z=ramp(60, 0.4))
    motion = shifted(motion, z=ramp(60, 1.0))
    for side in SIDES:
        expected = measure(motion, side)
        assert measure(mirror_joints(motion), other_side(side)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_the_waving_arm_is_named(side: Side) -> None:
    waving = _waving(side)
    assert limbs.arm_share(waving, side) > 0.95
    assert limbs.arm_share(waving, other_side(side)) < 0.05


def test_a_still_body_has_no_leading_side() -> None:
    assert limbs.arm_share(standing(), "left") == 0.5
    assert limbs.strike_share(standing(), "left") == 0.5


def test_turning_the_whole_body_moves_no_limb() -> None:
    assert limbs.limb_energy(turned(standing(), ramp(60, 90.0)), "left", "arm") < 0.05


@pytest.mark.parametrize("side", SIDES)
def test_a_kick_has_height_side_and_speed(side: Side) -> None:
    kick = with_joint(standing(), f"{side}_ankle", y=bump(60, 25, 35, 0.6), z=bump(60, 25, 35, 0.5))
    assert limbs.ankle_max(kick, side) == pytest.approx(0.6 + limbs.ankle_max(standing(), side), abs=0.02)
    assert limbs.leg_share(kick, side) > 0.9
    assert limbs.foot_speed_max(kick, side) > 3


def test_a_foot_held_up_is_timed() -> None:
    motion = with_joint(standing(80), "right_ankle", y=bump(80, 20, 60, 0.4))
    assert limbs.foot_lift_seconds(motion, "right") == pytest.approx(2.0, abs=0.11)
    assert limbs.foot_lift_seconds(motion, "left") == 0


def test_only_the_longest_time_a_foot_is_up_counts() -> None:
    """High steps on the spot do not add up to balancing, whichever of them lasts longest."""
    for holds in ([(10, 16), (30, 36), (50, 56), (70, 76)], [(5, 11), (20, 50), (60, 66)],
                  [(5, 35), (50, 56)], [(5, 11), (40, 70)]):  # fmt: skip
        lifted = sum(bump(80, first, last, 0.4) for first, last in holds)
        longest = max(last - first for first, last in holds) / 20
        marching = with_joint(standing(80), "right_ankle", y=lifted)
        assert limbs.foot_lift_seconds(marching, "right") == pytest.approx(longest, abs=0.11)


def test_a_foot_hardly_higher_than_the_other_is_not_held_up() -> None:
    still = standing(80)
    still[:, JOINT["left_ankle"], 1] = still[:, JOINT["right_ankle"], 1]
    for height, seconds in ((0.11, 0.0), (0.13, 2.0)):
        motion = with_joint(still, "left_ankle", y=bump(80, 20, 60, height))
        assert limbs.foot_lift_seconds(motion, "left") == pytest.approx(seconds, abs=0.16)


def test_strikes_are_outward_only() -> None:
    punch = with_joint(standing(), "right_wrist", y=np.full(60, 0.5), z=bump(60, 30, 40, 0.5))
    assert limbs.strike_share(punch, "right") > 0.95
    assert limbs.strike_count(punch) == 1


def test_steps_follow_the_legs() -> None:
    walk = walking(100)  # 0.9 strides a second, two steps each
    assert limbs.step_count(walk) == pytest.approx(2 * 0.9 * 5, abs=1)
    assert limbs.step_count(standing()) == 0


@pytest.mark.parametrize("times", [1, 2, 5])
def test_repetitions_are_counted(times: int) -> None:
    frames = 30 * times
    wave = np.clip(-np.cos(2 * np.pi * times * np.arange(frames) / frames), 0, None)
    jumps = shifted(standing(frames + 20), y=np.concatenate([np.zeros(10), 0.3 * wave, np.zeros(10)]))
    assert limbs.jump_count(jumps) == times
    assert limbs.hop_count(jumps) == times
    squats = standing(frames + 20)
    squats[:, 0, 1] -= np.concatenate([np.zeros(10), 0.4 * wave, np.zeros(10)])
    assert limbs.squat_count(squats) == times
    raised = np.concatenate([np.zeros(10), wave, np.zeros(10)])
    arms = with_joint(with_joint(standing(frames + 20), "left_wrist", y=raised), "right_wrist", y=raised)
    assert limbs.arm_raise_count(arms) == times


def test_reversals_ignore_small_swings() -> None:
    time = np.linspace(0, 4, 200)
    assert limbs.reversals(np.sin(2 * np.pi * time), 0.4) == 8
    assert limbs.reversals(0.01 * np.sin(2 * np.pi * time), 0.4) == 0


def test_thighs_are_level_when_sitting() -> None:
    sitting = standing()
    for side in SIDES:
        sitting = with_joint(sitting, f"{side}_knee", y=ramp(60, 0.38), z=ramp(60, 0.38))
    assert limbs.thigh_pitch_start(sitting, "left") < 30
    assert limbs.thigh_pitch_end(sitting, "left") > 75


def test_leaning_has_a_side() -> None:
    leaning = with_joint(standing(), "neck", x=bump(60, 20, 40, 0.4))
    assert limbs.lean_max(leaning, "left") > 25
    assert limbs.lean_max(leaning, "right") < 5


def test_longest_run() -> None:
    assert limbs.longest_run(np.array([0, 1, 1, 0, 1, 1, 1], dtype=bool)) == 3
    assert limbs.longest_run(np.array([1, 1, 1, 0, 1, 1, 0], dtype=bool)) == 3
    assert limbs.longest_run(np.ones(4, dtype=bool)) == 4
    assert limbs.longest_run(np.zeros(4, dtype=bool)) == 0


def test_hands_are_apart_at_most_and_on_average() -> None:
    still = standing()
    apart = limbs.hand_span_max(still)
    opened = with_joint(still, "left_wrist", x=bump(60, 0, 30, 0.4))
    assert limbs.hand_span_max(opened) == pytest.approx(apart + 0.4, abs=0.02)
    assert limbs.hand_span_mean(opened) == pytest.approx(apart + 0.2, abs=0.02)


def test_feet_are_apart_over_the_ground() -> None:
    still = standing()
    lifted = with_joint(still, "left_ankle", y=0.8)
    assert limbs.feet_apart_max(lifted) == pytest.approx(limbs.feet_apart_max(still))
    straddled = with_joint(still, "left_ankle", x=bump(60, 20, 40, 0.6))
    assert limbs.feet_apart_max(straddled) > limbs.feet_apart_max(still) + 0.3


def test_steps_on_the_spot_are_changes_of_the_higher_foot() -> None:
    swing = 0.08 * np.sin(2 * np.pi * np.arange(100) / 25)
    level = standing(100)
    level[:, JOINT["left_ankle"], 1] = level[:, JOINT["right_ankle"], 1]
    marching = with_joint(with_joint(level, "left_ankle", y=np.maximum(swing, 0)), "right_ankle",
                          y=np.maximum(-swing, 0))  # fmt: skip
    assert 7 <= limbs.foot_alternations(marching) <= 8
    assert limbs.foot_alternations(level + 0.2 * (marching - level)) == 0
    assert limbs.step_count(marching) == 0


@pytest.mark.parametrize(("frames", "jumps"), [(2, 0), (3, 1)])
def test_a_flight_of_a_tenth_of_a_second_is_no_jump(frames: int, jumps: int) -> None:
    assert limbs.jump_count(shifted(standing(), y=bump(60, 20, 20 + frames, 0.3))) == jumps


def test_small_bounces_and_dips_are_not_counted() -> None:
    bounce = -np.cos(2 * np.pi * np.arange(80) / 20)
    for height, hops, squats in ((0.02, 0, 0), (0.05, 4, 0), (0.12, 4, 3)):
        moving = with_joint(standing(80), "pelvis", y=height * bounce)
        assert (limbs.hop_count(moving), limbs.squat_count(moving)) == (hops, squats)


def test_arms_that_shoot_out_slowly_do_not_strike() -> None:
    for seconds, strikes in ((0.2, 2), (1.5, 0)):
        reach = 0.5 * np.clip((np.arange(60) - 20) / (20 * seconds), 0, 1)
        both = with_joint(with_joint(standing(), "left_wrist", y=0.5, z=reach), "right_wrist", y=0.5, z=reach)
        assert limbs.strike_count(both) == strikes


@pytest.mark.parametrize("facing", [0.0, 90.0, 180.0])
def test_reaching_forward_is_reaching_where_the_body_faces(facing: float) -> None:
    reaching = with_joint(standing(), "right_wrist", z=ramp(60, 0.5))
    aside = with_joint(standing(), "right_wrist", x=-ramp(60, 0.5))
    turn = np.full(60, facing)
    expected = limbs.reach_forward(standing(), "right")
    assert limbs.reach_forward(turned(reaching, turn), "right") == pytest.approx(expected + 0.5, abs=0.02)
    assert limbs.reach_forward(turned(aside, turn), "right") == pytest.approx(expected, abs=0.02)


def test_thighs_are_told_at_the_start_at_the_end_and_on_average() -> None:
    raised = with_joint(standing(), "left_knee", y=bump(60, 30, 60, 0.38), z=bump(60, 30, 60, 0.38))
    start, mean, end = (
        measure(raised, "left")
        for measure in (limbs.thigh_pitch_start, limbs.thigh_pitch_mean, limbs.thigh_pitch_end)
    )
    assert start < 30 and end > 75
    assert mean == pytest.approx((start + end) / 2, abs=3)


@pytest.mark.parametrize("side", SIDES)
def test_the_angle_of_a_knee_is_that_between_thigh_and_shin(side: Side) -> None:
    straight = standing()
    hip = straight[0, JOINT[f"{side}_hip"]]
    for name, place in (("knee", (0.0, -0.4, 0.0)), ("ankle", (0.0, -0.8, 0.0))):
        straight[:, JOINT[f"{side}_{name}"]] = hip + np.array(place)
    assert limbs.knee_angles(straight, side) == pytest.approx(180.0, abs=0.1)
    bent = straight.copy()
    bent[20:40, JOINT[f"{side}_ankle"]] = hip + np.array([0.0, -0.4, -0.4])
    assert limbs.knee_angles(bent, side).min() == pytest.approx(90.0, abs=0.5)
    assert limbs.knee_angles(bent, side)[0] == pytest.approx(180.0, abs=0.1)


@pytest.mark.parametrize("side", SIDES)
def test_the_height_of_a_hand_is_over_the_floor_wherever_that_is(side: Side) -> None:
    up = with_joint(shifted(standing(), y=0.5), f"{side}_wrist", y=bump(60, 20, 40, 0.8))
    heights = limbs.wrist_heights(up, side)
    assert heights.max() - heights[0] == pytest.approx(0.8, abs=0.01)
    assert heights == pytest.approx(
        limbs.wrist_heights(with_joint(standing(), f"{side}_wrist", y=bump(60, 20, 40, 0.8)), side)
    )


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("degrees", [0.0, 75.0])
def test_an_arm_is_told_ahead_up_and_how_straight_it_is(side: Side, degrees: float) -> None:
    joints = standing()
    shoulder, elbow, wrist = (joints[:, JOINT[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
    elbow[:] = shoulder + np.array([0.0, 0.0, 0.3])
    wrist[:] = elbow + np.array([0.0, 0.4, 0.0])
    ahead, up, share = limbs.arm_stretch(turned(joints, np.full(len(joints), degrees)), side)
    assert ahead == pytest.approx(0.3, abs=1e-6) and up == pytest.approx(0.4, abs=1e-6)
    assert share == pytest.approx(0.5 / 0.7, abs=1e-6)
    wrist[:] = elbow + np.array([0.0, 0.0, 0.4])
    assert limbs.arm_stretch(joints, side)[2] == pytest.approx(1.0)
