"""Measures of motions whose answer is known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints
from motions import bump, ramp, shifted, standing, turned, with_joint


def test_walking_forward_has_the_speed_it_was_made_with() -> None:
    walk = walking(80, speed=1.2)
    assert k.net_metres(walk) == pytest.approx(1.2 * 79 / 20, rel=0.03)
    assert k.forward_metres(walk) == pytest.approx(k.net_metres(walk), rel=0.01)
    assert k.displacement(walk)[0] == pytest.approx(k.net_metres(walk), rel=0.01)
    assert abs(k.left_metres(walk)) < 0.02
    assert k.mean_speed(walk) == pytest.approx(1.2, rel=0.03)
    assert abs(k.turn_degrees(walk)) < 2


@pytest.mark.parametrize("facing", [0.0, 50.0, 180.0, -120.0])
def test_backward_and_sideways_are_told_apart_wherever_the_person_faces(facing: float) -> None:
    backward = shifted(standing(), z=-ramp(60, 1.0))
    to_the_left = shifted(standing(), x=ramp(60, 0.8))
    angle = np.radians(facing)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    assert k.forward_metres(backward @ turn.T) == pytest.approx(-1.0, abs=0.02)
    assert k.left_metres(to_the_left @ turn.T) == pytest.approx(0.8, abs=0.02)
    assert k.displacement(to_the_left @ turn.T) == pytest.approx((0.0, 0.8), abs=0.02)


@pytest.mark.parametrize("degrees", [90.0, -90.0, 180.0, -175.0, 720.0, -30.0])
def test_turns_are_signed_to_the_left_and_count_full_turns(degrees: float) -> None:
    turning = turned(standing(120), ramp(120, degrees))
    assert k.turn_degrees(turning) == pytest.approx(degrees, abs=3)
    assert k.turn_size_degrees(turning) == pytest.approx(abs(degrees), abs=3)
    assert k.turn_range_degrees(turning) == pytest.approx(abs(degrees), abs=3)


def test_walking_backward_while_turned_around_still_counts_backward() -> None:
    turned_away = turned(standing(), np.full(60, 180.0))
    assert k.forward_metres(shifted(turned_away, z=ramp(60, 1.0))) == pytest.approx(-1.0, abs=0.02)


@pytest.mark.parametrize("degrees", [180.0, -180.0, 360.0, 90.0])
def test_forward_and_left_are_as_the_person_faces_at_each_moment(degrees: float) -> None:
    """Along an arc all is forward to who faces along it, and left to who faces to its right."""
    facing = np.radians(ramp(120, degrees))
    moving = np.gradient(ramp(120, 2.0))
    arc = {"x": np.cumsum(moving * np.sin(facing)), "z": np.cumsum(moving * np.cos(facing))}
    along = shifted(turned(standing(120), np.degrees(facing)), **arc)
    assert k.forward_metres(along) == pytest.approx(2.0, abs=0.15)
    assert k.left_metres(along) == pytest.approx(0.0, abs=0.15)
    sideways = shifted(turned(standing(120), np.degrees(facing) - 90), **arc)
    assert k.left_metres(sideways) == pytest.approx(2.0, abs=0.15)
    assert k.forward_metres(sideways) == pytest.approx(0.0, abs=0.15)


def test_who_turns_round_and_goes_on_goes_forward_twice() -> None:
    there = ramp(60, 1.0)
    path = np.concatenate([there, np.full(60, 1.0), there[::-1]])
    turn = np.concatenate([np.zeros(60), ramp(60, 180.0), np.full(60, 180.0)])
    assert k.forward_metres(shifted(turned(standing(180), turn), z=path)) == pytest.approx(2.0, abs=0.05)


def test_mirroring_negates_turns_and_sideways_metres() -> None:
    motion = turned(shifted(standing(), x=ramp(60, 0.5)), ramp(60, 70.0))
    assert k.turn_degrees(mirror_joints(motion)) == pytest.approx(-k.turn_degrees(motion), abs=0.1)
    assert k.left_metres(mirror_joints(motion)) == pytest.approx(-k.left_metres(motion), abs=0.01)


def test_flight_is_measured_in_time_and_height() -> None:
    jumping = shifted(standing(), y=bump(60, 20, 28, 0.3))
    assert k.flights(jumping) == [(20, 28)]
    assert k.air_seconds(jumping) == pytest.approx(0.4)
    assert k.jump_metres(jumping) == pytest.approx(0.3)
    assert k.air_seconds(standing()) == 0


def test_rising_ground_is_no_flight() -> None:
    assert k.air_seconds(shifted(standing(120), y=np.linspace(0, 0.15, 120))) == 0


def test_heights_are_above_the_motions_own_floor() -> None:
    pose = standing()
    height = pose[0, 0, 1]
    assert k.pelvis_start(shifted(pose, y=5.0)) == pytest.approx(height, abs=0.01)
    sinking = pose.copy()
    sinking[:, 0, 1] -= ramp(60, 0.4)
    assert k.pelvis_rise(sinking) == pytest.approx(-0.4, abs=0.01)
    assert k.pelvis_min(sinking) == pytest.approx(height - 0.4, abs=0.01)
    assert k.pelvis_end(sinking) == pytest.approx(height - 0.4, abs=0.01)


def test_a_dip_counts_only_when_the_body_comes_up_again_or_ends_lower() -> None:
    pose = standing()
    dipping = pose.copy()
    dipping[:, 0, 1] -= bump(60, 20, 40, 0.3)
    assert k.pelvis_dip(dipping) == pytest.approx(0.3, abs=0.02)
    assert k.pelvis_dip(pose) == pytest.approx(0.0, abs=0.01)


def test_climbing_down_is_told_by_the_lesser_of_two_losses() -> None:
    down = shifted(standing(), y=-ramp(60, 0.6))
    down[:, k.PELVIS, 1] -= ramp(60, 0.3)
    assert k.pelvis_gain(down) == pytest.approx(-0.6, abs=0.01)


def test_climbing_needs_pelvis_and_feet_to_rise() -> None:
    climbing = shifted(standing(), y=ramp(60, 0.6))
    standing_up = standing()
    standing_up[:, 0, 1] += ramp(60, 0.6)
    assert k.pelvis_gain(climbing) == pytest.approx(0.6, abs=0.01)
    assert k.pelvis_gain(standing_up) == pytest.approx(0.0, abs=0.01)


def test_upside_down_is_timed() -> None:
    motion = standing()
    motion[20:40, :, 1] = motion[20:40, :, 1].max() - motion[20:40, :, 1]
    assert k.inverted_seconds(motion) == pytest.approx(1.0)
    assert k.torso_pitch_max(motion) > 160
    assert k.torso_pitch_max(standing()) < 15


def test_skating_is_sliding_on_the_floor_only() -> None:
    sliding = shifted(standing(), z=np.arange(60) / 20)
    assert k.skating_ratio(sliding) == 1.0
    assert k.skating_ratio(shifted(sliding, y=bump(60, 0, 60, 0.0))) == 1.0
    assert k.skating_ratio(standing()) == 0.0


def test_standing_is_still_and_walking_is_not() -> None:
    assert k.motion_energy(standing()) == 0.0
    assert k.motion_energy(walking(60)) > 0.1


def test_an_always_inverted_axis_gives_a_heading_without_nan() -> None:
    lying_on_the_side = standing()[..., [1, 0, 2]]
    assert np.isfinite(k.heading(lying_on_the_side)).all()


def test_speeds_at_the_start_at_the_end_and_in_between_are_told_apart() -> None:
    """It stands, goes at 2 m/s, and goes on at 0.5 m/s."""
    pace = np.concatenate([np.zeros(30), np.full(40, 2.0), np.full(30, 0.5)]) / 20
    going = shifted(standing(100), z=np.cumsum(pace))
    assert k.start_speed(going) == pytest.approx(0.0, abs=0.02)
    assert k.max_speed(going) == pytest.approx(2.0, abs=0.02)
    assert k.end_speed(going) == pytest.approx(0.5, abs=0.1)
    assert k.mean_speed(going) == pytest.approx(0.95, abs=0.05)


def test_there_and_back_is_a_path_and_no_distance() -> None:
    there = ramp(60, 1.0)
    back = shifted(standing(120), z=np.concatenate([there, there[::-1]]))
    assert k.path_metres(back) == pytest.approx(2.0, abs=0.1)
    assert k.net_metres(back) == pytest.approx(0.0, abs=0.02)
    assert k.gone_metres(back) == pytest.approx(0.0, abs=1e-9)


def test_what_is_gone_is_gone_over_the_ground() -> None:
    climbing = shifted(standing(), x=ramp(60, 3.0), y=ramp(60, 2.0), z=ramp(60, 4.0))
    assert k.gone_metres(climbing) == pytest.approx(5.0)
    assert k.net_metres(climbing) == pytest.approx(5.0, abs=0.02)


@pytest.mark.parametrize("degrees", [90.0, -60.0])
def test_hips_turn_to_their_own_side_whatever_the_shoulders_do(degrees: float) -> None:
    turning = turned(standing(), ramp(60, degrees))
    for side in ("left", "right"):
        turning[:, JOINT[f"{side}_shoulder"]] = standing()[:, JOINT[f"{side}_shoulder"]]
    assert k.hips_turn_degrees(turning) == pytest.approx(degrees, abs=3)
    assert k.hips_turn_degrees(turned(standing(), ramp(60, degrees))) == pytest.approx(degrees, abs=3)


def test_the_torso_is_twisted_where_shoulders_turn_against_the_hips() -> None:
    whole, twisted = turned(standing(), ramp(60, 80.0)), standing()
    for side in ("left", "right"):
        twisted[:, JOINT[f"{side}_shoulder"]] = whole[:, JOINT[f"{side}_shoulder"]]
    assert k.torso_twist_degrees(twisted) == pytest.approx(80, abs=2)
    assert k.torso_twist_degrees(whole) == pytest.approx(0, abs=1)


def test_a_bow_dips_the_head_and_may_end_bowed() -> None:
    still = standing()
    bowed = still.copy()
    bowed[:, [k.NECK, k.HEAD]] += np.stack([np.zeros(60), -ramp(60, 0.5), ramp(60, 0.5)], axis=-1)[:, None]
    assert k.head_dip(bowed) == pytest.approx(0.5, abs=0.02) == k.head_dip(bowed[::-1])
    assert k.head_dip(still) == pytest.approx(0.0, abs=1e-9)
    assert k.torso_pitch_end(bowed) > 45 and k.torso_pitch_end(bowed[::-1]) < 10
    assert k.torso_pitch_max(bowed) == pytest.approx(k.torso_pitch_max(bowed[::-1]))


@pytest.mark.parametrize("backwards", [False, True])
def test_sitting_down_and_getting_up_dip_alike(backwards: bool) -> None:
    sinking = standing()
    sinking[:, k.PELVIS, 1] -= ramp(60, 0.4)
    assert k.pelvis_dip(sinking[::-1] if backwards else sinking) == pytest.approx(0.4, abs=0.02)


def test_the_longest_of_several_flights_counts() -> None:
    hopping = shifted(
        standing(100), y=bump(100, 10, 14, 0.2) + bump(100, 40, 52, 0.3) + bump(100, 80, 86, 0.2)
    )
    assert k.flights(hopping) == [(10, 14), (40, 52), (80, 86)]
    assert k.air_seconds(hopping) == pytest.approx(0.6)
    assert k.jump_metres(hopping) == pytest.approx(0.3)


def test_a_foot_that_comes_down_or_leaves_does_not_skate() -> None:
    """It slides where it is low before and after; one foot that does is enough."""
    still, metres = standing(), np.arange(60) / 20
    one = with_joint(still, "left_foot", z=metres)
    assert k.skating_ratio(one) == 1.0
    assert k.skating_ratio(with_joint(one, "left_foot", y=(np.arange(60) % 2) * 0.2)) == 0.0
    assert k.skating_ratio(with_joint(still, "left_foot", z=0.4 * metres)) == 0.0


def test_the_heading_is_bridged_where_the_body_lies_on_its_side() -> None:
    """Near vertical, the line across the body points anywhere."""
    rolling = turned(standing(), np.full(60, 40.0))
    centre = rolling[20:40, :1].copy()
    rolled = rolling[20:40] - centre
    rolling[20:40] = (
        np.stack([0.05 * rolled[..., 2], rolled[..., 0], -0.05 * rolled[..., 1]], axis=-1) + centre
    )
    assert np.degrees(k.heading(rolling)) == pytest.approx(np.full(60, 40.0), abs=1.0)


def test_a_way_that_swings_out_and_comes_back_to_its_heading_is_bent() -> None:
    straight = walking(frames=80)
    yaw = np.radians(90) * np.sin(np.linspace(0, np.pi, 80))[:, None]
    swung = straight.copy()
    swung[..., 0] = np.cos(yaw) * straight[..., 0] + np.sin(yaw) * straight[..., 2]
    swung[..., 2] = np.cos(yaw) * straight[..., 2] - np.sin(yaw) * straight[..., 0]
    assert abs(k.turn_degrees(swung)) < 25
    assert k.bend_degrees(swung) > 25
    assert k.bend_degrees(straight) < 10


def test_people_are_as_far_apart_over_the_ground_as_their_hips() -> None:
    other = shifted(standing(), x=2.0, y=1.0, z=ramp(60, 1.5))
    metres = k.distances(standing(), other)
    assert metres[0] == pytest.approx(2.0, abs=0.01)
    assert metres[-1] == pytest.approx(2.5, abs=0.01)
