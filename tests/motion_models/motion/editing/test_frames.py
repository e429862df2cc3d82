"""Operations on frames: what they change, and that they change nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import InvalidMotionError
from motion_agent.motion_models.motion.editing import planting, shapes
from motion_agent.motion_models.motion.editing.cycles import best_cycle, repeated
from motion_agent.motion_models.motion.editing.joining import joined
from motion_agent.motion_models.motion.editing.limbs import FADE_FRAMES, LIMBS, OTHER_SIDE, with_limb
from motion_agent.motion_models.motion.editing.stretch import (
    HERE,
    MARGIN,
    compose,
    inverse,
    placed,
    stretches,
)
from motion_agent.motion_models.motion.editing.timing import Hold, Keep, Reverse, Span, Warp, after, retimed
from motion_agent.motion_models.motion.features import FPS, from_joints, recover_joints
from motion_agent.motion_models.motion.measures.kinematics import heading
from motion_agent.motion_models.motion.skeleton import JOINT, bone_vectors, mirror_joints, resample
from motions import standing, with_joint

FEATURES = from_joints(walking(61))
WALK = recover_joints(FEATURES)


@pytest.fixture
def walk():
    [stretch] = stretches(FEATURES, [0, 60])
    return stretch


def bones(joints):
    return np.linalg.norm(bone_vectors(joints), axis=-1)


def test_a_stretch_shows_what_was_decoded(walk):
    assert walk.shown == pytest.approx(WALK, abs=1e-6)
    assert walk.roots[MARGIN] == pytest.approx(HERE)


def test_stretches_cut_apart_and_joined_are_the_motion_again():
    parts = stretches(FEATURES, [0, 13, 14, 40, 60])
    assert [part.frames for part in parts] == [13, 1, 26, 20]
    assert joined(parts).shown == pytest.approx(WALK, abs=1e-5)


def test_places_are_taken_back_by_their_inverse():
    place = np.array([1.0, -2.0, 0.7])
    assert compose(inverse(place), place) == pytest.approx(HERE, abs=1e-12)
    ahead_of_one_turned_left = compose(np.array([0.0, 0.0, np.pi / 2]), np.array([0.0, 1.0, 0.0]))
    assert ahead_of_one_turned_left == pytest.approx([1.0, 0.0, np.pi / 2])


# ---------------------------------------------------------------------- time


@pytest.mark.parametrize("factor", [2.0, 1.5, 0.5, 0.3])
def test_speed_is_what_resampling_gives(walk, factor):
    wanted = resample(WALK, FPS * factor, FPS)
    shown = retimed(walk, [Warp(factor)]).shown
    assert shown[: len(wanted)] == pytest.approx(wanted, abs=1e-5)
    assert len(shown) == np.ceil(60 / factor - 1e-9)


def test_changes_of_time_are_one_change(walk):
    there_and_back = [Warp(3.0), Reverse(), Warp(0.25), Reverse(), Warp(4 / 3)]
    assert after(there_and_back, Span.of(60)).frames == 60
    assert retimed(walk, there_and_back).shown == pytest.approx(walk.shown, abs=1e-9)


@pytest.mark.parametrize("change", [Keep(10, 20), Keep(3.25, 20.75), Keep(0.5, 7.0), Hold(5)], ids=str)
def test_backwards_the_last_frame_that_was_shown_comes_first(walk, change):
    forwards, backwards = retimed(walk, [change]), retimed(walk, [change, Reverse()])
    assert backwards.shown[..., 1] == pytest.approx(forwards.shown[::-1, :, 1], abs=1e-9)


def test_backwards_cut_and_held(walk):
    kept = retimed(walk, [Reverse(), Keep(10, 20), Hold(5)])
    expected = WALK[::-1][10:20]
    root = JOINT["pelvis"]
    assert kept.frames == 15
    assert kept.shown[:10, root, 1] == pytest.approx(expected[:, root, 1], abs=1e-5)
    assert kept.shown[9:] == pytest.approx(np.repeat(kept.shown[9:10], 6, axis=0), abs=1e-9)


def test_the_last_step_of_a_held_motion_leads_nowhere(walk):
    held = retimed(walk, [Hold(3)])
    assert held.exit == pytest.approx(held.roots[MARGIN + 59])


# ---------------------------------------------------------------------- where it goes


def test_mirrored(walk):
    assert shapes.mirrored(walk).shown == pytest.approx(mirror_joints(WALK), abs=1e-6)


def test_a_path_by_its_steps_is_one_step_seen_from_another(walk):
    turned = shapes.turning_further(walk, 200)
    steps = compose(inverse(turned.roots[:-1]), turned.roots[1:])
    there = [HERE]
    for step in steps:
        there.append(compose(there[-1], step))
    expected = compose(inverse(there[MARGIN]), np.array(there))
    np.testing.assert_allclose(shapes.along_steps(steps), expected, atol=1e-9)
    np.testing.assert_allclose(shapes.along_steps(steps), turned.roots, atol=1e-9)


def test_turning_further_is_spread_and_takes_the_path_along(walk):
    turned = shapes.turning_further(walk, 90)
    assert np.degrees(turned.exit[2] - walk.exit[2]) == pytest.approx(90, abs=0.5)
    yaw = np.degrees(heading(turned.shown) - heading(walk.shown))
    assert yaw[0] == pytest.approx(0, abs=4) and np.diff(yaw).max() < 9
    assert turned.exit[0] > 0.5, "it comes to the left"
    assert bones(turned.shown) == pytest.approx(bones(WALK), abs=1e-5)


def test_striding_covers_more_ground_with_the_same_poses(walk):
    longer = shapes.striding(walk, 1.5)
    assert longer.exit[:2] == pytest.approx(1.5 * walk.exit[:2])
    assert longer.poses == pytest.approx(walk.poses)


@pytest.mark.parametrize("points", [[[0, 3]], [[1, 1], [3, 1]], [[-1, 0], [-2, 0], [-2, -1]]])
def test_a_path_ends_at_its_last_point_and_keeps_to_its_line(walk, points):
    line = shapes.curve(points)
    laid, start = shapes.along(walk, line, 0.0, 1.0)
    roots = compose(start, laid.roots)[MARGIN : MARGIN + 61]
    assert roots[-1, :2] == pytest.approx(points[-1], abs=0.05)
    apart = np.linalg.norm(roots[:, None, :2] - line[None], axis=-1).min(axis=1)
    assert apart.max() < 0.05
    for point in points:
        assert np.linalg.norm(line - point, axis=1).min() < 0.02


def test_who_stands_goes_along_no_path():
    [still] = stretches(from_joints(standing(21)), [0, 20])
    with pytest.raises(InvalidMotionError, match="too little to go along a path"):
        shapes.along(still, shapes.curve([[0, 1]]), 0.0, 1.0)
    with pytest.raises(InvalidMotionError, match="lie on each other"):
        shapes.curve([[0, 1], [0, 1]])


# ---------------------------------------------------------------------- limbs, seams, cycles, feet


def test_a_limb_is_the_donors_and_the_rest_is_the_bodys(walk):
    raised = with_joint(standing(61), "left_wrist", y=0.8)
    [donor] = stretches(from_joints(raised), [0, 60])
    spliced = with_limb(walk, donor, "left arm").shown
    arm = [JOINT[f"left_{name}"] for name in ("shoulder", "elbow", "wrist")]
    rest = [joint for joint in range(22) if joint not in arm]
    assert spliced[:, rest] == pytest.approx(walk.shown[:, rest])
    wrist, shoulder = spliced[:, JOINT["left_wrist"]], spliced[:, JOINT["left_shoulder"]]
    assert (wrist[:, 1] > shoulder[:, 1] + 0.2).all()


def test_a_limb_goes_back_to_its_own_motion_where_the_other_ends(walk):
    raised = with_joint(standing(31), "left_wrist", y=0.8)
    [donor] = stretches(from_joints(raised), [0, 30])
    spliced = with_limb(walk, donor, "left arm").shown
    assert spliced[30:] == pytest.approx(walk.shown[30:])
    assert np.abs(spliced[10] - walk.shown[10]).max() > 0.3
    steps = np.abs(np.diff(spliced - walk.shown, axis=0)).max(axis=(1, 2))
    assert steps.max() < 0.4, "not at once"


def test_with_the_legs_comes_the_way(walk):
    [donor] = stretches(from_joints(standing(61)), [0, 60])
    spliced = with_limb(donor, walk, "legs")
    assert spliced.exit == pytest.approx(walk.exit)
    assert spliced.shown[:, JOINT["left_foot"]] == pytest.approx(walk.shown[:, JOINT["left_foot"]])
    assert bones(spliced.shown) == pytest.approx(bones(WALK), abs=1e-4)


def test_where_two_motions_meet_neither_jumps():
    moved = with_joint(standing(41), "left_wrist", y=0.6, z=0.3)
    [raised] = stretches(from_joints(moved), [0, 40])
    [walk] = stretches(FEATURES, [0, 60])
    whole = joined([walk, raised]).shown
    steps = np.abs(np.diff(whole, axis=0)).max(axis=(1, 2))
    assert steps[50:70].max() < 0.2, "a jump would be 0.6 m"
    assert whole[:50] == pytest.approx(walk.shown[:50], abs=1e-9)
    elbow = JOINT["left_elbow"]
    assert bones(whole)[:, elbow] == pytest.approx(bones(WALK)[0, elbow], abs=0.02)


def test_a_ring_leads_into_itself_in_place_and_speed(walk):
    start, end, miss = best_cycle(walk)
    ring = joined([walk.cut(start, end)], ring=True)
    poses = ring.poses
    first, last = MARGIN, MARGIN + ring.frames
    assert miss < 0.1
    assert poses[last] == pytest.approx(poses[first], abs=1e-6)
    leaving, coming = poses[last] - poses[last - 1], poses[first + 1] - poses[first]
    assert np.abs(leaving - coming).max() < np.abs(np.diff(poses, n=2, axis=0)).max() + 0.01
    gap = np.abs(walk.cut(start, end).poses[last] - walk.poses[MARGIN + start]).max()
    assert gap > 1e-3, "it did not close by itself"


@pytest.mark.parametrize("cycles", [3, 5])
def test_of_cycles_that_are_as_good_the_longest_is_taken(cycles):
    """The walk repeats itself every 20 / 0.9 frames."""
    period = 20 / 0.9
    frames = round(cycles * period) + 6
    [steps] = stretches(from_joints(walking(frames + 1)), [0, frames])
    start, end, _ = best_cycle(steps)
    assert end - start == pytest.approx(cycles * period, abs=2)


def test_a_cycle_is_gone_through_again_and_again(walk):
    start, end, _ = best_cycle(walk)
    longer = repeated(walk, start, end, 200)
    assert longer.frames == 200
    pace = walk.exit[1] / 60
    assert longer.exit[1] == pytest.approx(200 * pace, rel=0.1)
    assert np.abs(np.diff(longer.shown, axis=0)).max() < 1.5 * np.abs(np.diff(WALK, axis=0)).max()


def test_feet_that_slide_a_little_are_held(walk):
    before = walk.shown
    longer = shapes.striding(walk, 1.15).shown
    held = planting.planted(longer, like=before)
    for foot in ("left_foot", "right_foot"):
        ball = JOINT[foot]
        stands = planting.standing(before[:, ball])
        both = stands[1:] & stands[:-1]
        slid, kept = (
            np.linalg.norm(np.diff(j[:, ball][:, [0, 2]], axis=0), axis=1)[both] for j in (longer, held)
        )
        assert both.sum() > 5
        assert kept.mean() < 0.3 * slid.mean()
    assert bones(held) == pytest.approx(bones(longer), abs=1e-4)
    upper = [JOINT["pelvis"], JOINT["head"], JOINT["left_wrist"]]
    assert np.array_equal(held[:, upper], longer[:, upper])


def test_no_foot_is_left_under_the_floor():
    sunk = standing(20) - np.array([0.0, 0.05, 0.0])
    held = planting.planted(sunk)
    balls = held[:, [JOINT["left_foot"], JOINT["right_foot"]], 1]
    assert balls.min() > -1e-6
    assert placed(HERE, held) == pytest.approx(held)


# ---------------------------------------------------------------------- the very first and the very last


def poses_shown(stretch):
    return stretch.poses[stretch.rows]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ([Reverse()], range(59, -1, -1)),
        ([Keep(10, 20)], range(10, 20)),
        ([Keep(0, 1)], [0]),
        ([Keep(59, 60)], [59]),
        ([Reverse(), Keep(0, 5)], range(59, 54, -1)),
        ([Keep(10, 20), Reverse()], range(19, 9, -1)),
        ([Hold(3)], [*range(60), 59, 59, 59]),
        ([Reverse(), Hold(2)], [*range(59, -1, -1), 0, 0]),
        ([Hold(2), Reverse()], [59, 59, *range(59, -1, -1)]),
        ([Warp(2.0)], range(0, 60, 2)),
        ([Warp(2.0), Reverse()], [n + 0.0 for n in range(59, -1, -2)]),
        ([Keep(4, 24), Warp(4.0)], range(4, 24, 4)),
    ],
    ids=str,
)
def test_which_frames_are_shown(walk, changes, wanted):
    """Each of them, from the first to the last: nothing is shown too early, too late, or not at all."""
    shown = retimed(walk, changes)
    assert shown.frames == len(wanted)
    assert poses_shown(shown) == pytest.approx(poses_shown(walk)[list(map(int, wanted))], abs=1e-6)


def elbow_swing(stretch):
    """How far forward the left upper arm points, in radians; (T,)."""
    bone = stretch.shown[:, JOINT["left_elbow"]] - stretch.shown[:, JOINT["left_shoulder"]]
    return np.arctan2(bone[:, 2], -bone[:, 1])


def test_a_limb_follows_a_shorter_motion_to_its_very_end(walk):
    """While it goes back to its own motion it still turns as the other one does, by less and less."""
    [still] = stretches(from_joints(standing(61)), [0, 60])
    [donor] = stretches(FEATURES, [0, 30])
    swung, own, other = (
        elbow_swing(each) for each in (with_limb(still, donor, "left arm"), still, walk.cut(0, 30))
    )
    share = np.clip((30 - np.arange(30)) / FADE_FRAMES, 0, 1)
    assert swung[:30] == pytest.approx((1 - share) * own[:30] + share * other, abs=1e-3)
    assert swung[30:] == pytest.approx(own[30:], abs=1e-6)


@pytest.mark.parametrize("limb", sorted(LIMBS))
def test_a_limb_of_the_same_motion_changes_nothing(walk, limb):
    assert with_limb(walk, walk, limb).shown == pytest.approx(walk.shown, abs=1e-6)


@pytest.mark.parametrize("limb", sorted(LIMBS))
def test_a_limb_and_its_mirror_are_exchanged(walk, limb):
    """A mirrored body with another's limb is the mirror of both, with the limb of the other side."""
    [donor] = stretches(from_joints(with_joint(standing(61), "left_wrist", y=0.6, z=0.2)), [0, 60])
    one = shapes.mirrored(with_limb(walk, donor, limb))
    other = with_limb(shapes.mirrored(walk), shapes.mirrored(donor), OTHER_SIDE.get(limb) or limb)
    assert one.shown == pytest.approx(other.shown, abs=1e-6)


@pytest.mark.parametrize("degrees", [30, -90, 180])
def test_what_is_done_to_a_motion_is_done_to_its_mirror_the_other_way(walk, degrees):
    mirrored = shapes.mirrored(walk)
    pairs = [
        (shapes.turned(walk, degrees), shapes.turned(mirrored, -degrees)),
        (shapes.shifted(walk, 1.0, 2.0), shapes.shifted(mirrored, -1.0, 2.0)),
        (shapes.turning_further(walk, degrees), shapes.turning_further(mirrored, -degrees)),
        (shapes.striding(walk, 1.4), shapes.striding(mirrored, 1.4)),
        (retimed(walk, [Reverse(), Warp(1.7)]), retimed(mirrored, [Reverse(), Warp(1.7)])),
    ]
    for one, other in pairs:
        assert shapes.mirrored(one).shown == pytest.approx(other.shown, abs=1e-6)
        assert shapes.mirrored(one).offset == pytest.approx(other.offset, abs=1e-9)
        assert shapes.mirrored(one).exit == pytest.approx(other.exit, abs=1e-6)
