"""Motion that is led through places and poses: it gets there in time, and stays what it is otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import InvalidMotionError
from motion_agent.motion_models.motion.editing.cycles import one_round
from motion_agent.motion_models.motion.editing.joining import joined
from motion_agent.motion_models.motion.editing.keyframes import (
    BLENDING,
    Waypoints,
    at_waypoints,
    facing_of,
    led_through,
    through_poses,
)
from motion_agent.motion_models.motion.editing.shapes import turning_further
from motion_agent.motion_models.motion.editing.stretch import MARGIN, Stretch, stretches
from motion_agent.motion_models.motion.features import FPS, from_joints
from motion_agent.motion_models.motion.measures.kinematics import heading
from motion_agent.motion_models.motion.rig import RIG, RigMotion, fit_rig
from motion_agent.motion_models.motion.skeleton import JOINT
from motions import standing
from scipy.spatial.transform import Rotation

FREE = np.nan
ACROSS = [0, 2]


@pytest.fixture
def walk() -> Stretch:
    """Three seconds, 3.5 m along +Z."""
    return stretches(from_joints(walking(61)), [0, 60])[0]


@pytest.fixture
def rig() -> RigMotion:
    return fit_rig(walking(60))


def waypoints(*told: tuple[float, float, float, float]) -> Waypoints:
    """Each as time, x, z and heading."""
    values = np.array(told, dtype=float)
    return Waypoints(values[:, 0], values[:, 1:3], values[:, 3])


def sliding(stretch: Stretch) -> float:
    """How fast the balls of feet go that are on the floor, in metres a second, on average."""
    balls = stretch.shown[:, [JOINT["left_foot"], JOINT["right_foot"]]]
    speed = np.linalg.norm(np.diff(balls[..., ACROSS], axis=0), axis=-1) * FPS
    return float(speed[balls[1:, :, 1] < 0.04].mean())


def test_it_is_at_its_places_in_time_facing_along_them(walk: Stretch) -> None:
    told = waypoints((5, 1, 1, FREE), (25, 1.6, 2, FREE), (50, 3, 2.4, FREE))
    led, stride = led_through(walk, told)
    assert led.shown[[5, 25, 50], 0][:, ACROSS] == pytest.approx(told.points, abs=1e-6)
    assert stride == pytest.approx(2.6 / 2.7, abs=0.1)
    assert np.degrees(heading(led.shown)[[10, 45]]) == pytest.approx([20, 75], abs=15)
    along = np.linalg.norm(np.diff(led.shown[:, 0][:, ACROSS], axis=0), axis=1) * FPS
    assert along.min() > 0.5 and along.max() < 2.0  # it keeps its pace
    assert sliding(led) < sliding(walk) + 0.1


def test_it_goes_on_by_itself_before_and_after_what_is_told(walk: Stretch) -> None:
    led, _ = led_through(walk, waypoints((20, 0, 0, FREE), (30, 0.1, 0.6, FREE)))
    for rows in (slice(0, 20), slice(31, 60)):
        own, steps = (np.diff(stretch.shown[rows, 0][:, ACROSS], axis=0) for stretch in (walk, led))
        assert np.linalg.norm(steps, axis=1) == pytest.approx(np.linalg.norm(own, axis=1), abs=1e-6)


def test_one_place_and_heading_move_it_as_a_whole(walk: Stretch) -> None:
    led, stride = led_through(walk, waypoints((40, 4, -1, np.pi / 2)))
    assert stride == 1.0
    assert led.shown[40, 0, ACROSS] == pytest.approx([4, -1], abs=1e-6)
    assert np.degrees(heading(led.shown)[40]) == pytest.approx(90, abs=8)
    assert led.shown[0, 0, 0] < 2.0 and led.shown[59, 0, 0] > 4.5  # it comes and goes along +X
    own, moved = (np.linalg.norm(s.shown[:, 0] - s.shown[[40], 0], axis=-1) for s in (walk, led))
    assert moved == pytest.approx(own, abs=1e-6)


def test_the_first_of_two_headings_turns_it_as_a_whole(walk: Stretch) -> None:
    led, _ = led_through(walk, waypoints((10, FREE, FREE, 0.8), (50, FREE, FREE, 1.4)))
    hips = led.shown[:, JOINT["left_hip"]] - led.shown[:, JOINT["right_hip"]]
    assert np.arctan2(-hips[:, 2], hips[:, 0])[[10, 50]] == pytest.approx([0.8, 1.4], abs=1e-6)
    gone = led.shown[59, 0] - led.shown[0, 0]
    assert np.arctan2(gone[0], gone[2]) == pytest.approx(0.8, abs=0.15)


def test_it_stands_where_it_stood_by_itself() -> None:
    joints = walking(31)
    own = stretches(from_joints(np.concatenate([joints, np.tile(joints[-1:], (20, 1, 1))])), [0, 50])[0]
    far = float(own.shown[49, 0, 2])
    led, stride = led_through(own, waypoints((0, 0, 0, FREE), (49, 2 * far, 0, FREE)))
    assert stride == pytest.approx(2.0, abs=0.1)  # and it is there when it stops, as it was by itself
    assert led.shown[[15, 31], 0, 0] == pytest.approx(2 * own.shown[[15, 31], 0, 2], abs=0.2)


def test_headings_on_either_side_of_backwards_are_near_each_other(walk: Stretch, rig: RigMotion) -> None:
    told = waypoints((10, 0, 0, 3.0), (50, 0, 2, -3.0))
    led, _ = led_through(walk, told)
    hips = (led.shown[:, JOINT["left_hip"]] - led.shown[:, JOINT["right_hip"]])[10:51]
    assert np.cos(np.arctan2(-hips[:, 2], hips[:, 0])).max() < -0.5
    assert np.cos(facing_of(at_waypoints(rig, told))[10:51]).max() < -0.5


def test_after_the_last_place_it_goes_on_from_there(walk: Stretch) -> None:
    led, _ = led_through(walk, waypoints((20, 0, 0, FREE), (40, 1.1, 0.3, FREE)))
    jumps = np.linalg.norm(np.diff(led.shown[:, 0][:, ACROSS], axis=0), axis=1)
    assert jumps.max() < 0.12
    assert led.shown[39, 0, 0] < 1.1 and led.shown[59, 0, 0] > 1.6


def test_headings_are_met_across_the_way(walk: Stretch) -> None:
    told = waypoints((0, 0, 0, np.pi), (30, 0, 1.7, np.pi + 0.2), (59, 0, 3.4, np.pi))
    led, _ = led_through(walk, told)
    hips = led.shown[:, JOINT["left_hip"]] - led.shown[:, JOINT["right_hip"]]
    facing = np.arctan2(-hips[:, 2], hips[:, 0])[[0, 30, 59]]
    assert np.sin(facing - told.headings) == pytest.approx(0, abs=1e-6) and (np.cos(facing) < 0).all()


def test_who_stands_may_be_told_to_stand(walk: Stretch) -> None:
    [still] = stretches(from_joints(standing(41)), [0, 40])
    led, _ = led_through(still, waypoints((0, 2, 3, FREE), (39, 2, 3, FREE)))
    assert led.shown[:, 0][:, ACROSS] == pytest.approx(np.tile([2, 3], (40, 1)), abs=1e-3)
    for stretch, told in (
        (still, waypoints((0, 0, 0, FREE), (39, 0, 2, FREE))),  # nowhere, and is to go
        (walk, waypoints((0, 0, 0, FREE), (59, 0, 0, FREE))),  # goes, and is to stay
        (walk, waypoints((0, 0, 0, FREE), (59, 0, 11, FREE))),  # three times as far
    ):
        with pytest.raises(InvalidMotionError, match="m long"):
            led_through(stretch, told)
    with pytest.raises(InvalidMotionError, match="m/s"):
        led_through(walk, waypoints((0, 0, 0, FREE), (2, 0, 3, FREE), (59, 0, 3.2, FREE)))


def test_what_is_left_is_made_up_for_on_a_rig(rig: RigMotion) -> None:
    told = waypoints((0, 0.01, 0, 0.05), (30, 0, 1.8, FREE), (59, FREE, FREE, -0.1))
    there = at_waypoints(rig, told)
    assert there.root[[0, 30]][:, ACROSS] == pytest.approx(told.points[:2], abs=1e-9)
    assert facing_of(there)[[0, 59]] == pytest.approx([0.05, -0.1], abs=1e-9)
    assert there.root[:, 1] == pytest.approx(rig.root[:, 1])
    assert there.rotations[:, 1:] == pytest.approx(rig.rotations[:, 1:])


def test_a_pose_is_met_and_left(rig: RigMotion) -> None:
    pose = np.array(rig.rotations[10])
    pose[RIG["left_shoulder"]] = Rotation.from_euler("z", 80, degrees=True).as_quat()
    posed = through_poses(rig, np.array([30]), pose[None], np.array([0.7]), FPS)
    assert np.abs(np.sum(posed.rotations[30] * pose, axis=-1)) == pytest.approx(np.ones(25))
    assert posed.root[30] == pytest.approx([rig.root[30, 0], 0.7, rig.root[30, 2]])
    away = np.abs(np.arange(60) - 30) >= BLENDING * FPS
    assert posed.joints()[away] == pytest.approx(rig.joints()[away], abs=1e-9)
    steps = [np.linalg.norm(np.diff(one.joints(), axis=0), axis=-1).max() for one in (rig, posed)]
    assert steps[1] < steps[0] + 0.1  # and no joint jumps there


def test_a_pose_is_bent_into_for_as_long_at_every_rate(rig: RigMotion) -> None:
    pose = np.array(rig.rotations[10])
    pose[RIG["left_shoulder"]] = Rotation.from_euler("z", 80, degrees=True).as_quat()
    for fps in (10.0, 30.0):
        posed = through_poses(rig, np.array([30]), pose[None], np.array([np.nan]), fps)
        changed = np.flatnonzero(np.abs(posed.rotations - rig.rotations).max(axis=(1, 2)) > 1e-6)
        assert changed[[0, -1]] == pytest.approx([30 - BLENDING * fps + 1, 30 + BLENDING * fps - 1], abs=1)
        assert posed.root == pytest.approx(rig.root)


def test_poses_that_follow_soon_lead_into_each_other(rig: RigMotion) -> None:
    first, second = rig.rotations[[0, 12]]
    frames, free = np.array([28, 34]), np.full(2, np.nan)
    posed = through_poses(rig, frames, np.stack([first, second]), free, FPS)
    for frame, pose in zip(frames, (first, second), strict=True):
        assert np.abs(np.sum(posed.rotations[frame] * pose, axis=-1)) == pytest.approx(np.ones(25))
    assert posed.root == pytest.approx(rig.root)


def test_a_round_ends_as_it_begins(walk: Stretch) -> None:
    ring = joined([turning_further(walk.cut(0, 44), 20)], ring=True)
    once = one_round(ring, 50.5)
    assert once.frames == 52  # until half a frame after it has begun anew
    poses, yaw = once.poses[MARGIN:-MARGIN], once.roots[MARGIN:-MARGIN, 2]
    assert (poses[50] + poses[51]) / 2 == pytest.approx(poses[0], abs=0.02)
    assert (yaw[50] + yaw[51]) / 2 == pytest.approx(yaw[0], abs=1e-3)
    assert abs(ring.exit[2]) > 0.2
