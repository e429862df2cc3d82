"""Key poses laid over motions: hands and feet get where they should, bones keep lengths, the rest goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from motion_agent.motion_models.arrays import FloatArray
from motion_agent.motion_models.gestures.table import posed_action, posed_actions, standing_behind
from motion_agent.motion_models.motion.editing.keyposes import Anchor, Gesture, KeyPose, Reach, Side
from motion_agent.motion_models.motion.editing.posing import posed
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.skeleton import JOINT, bone_vectors, mirror_joints
from stretches import standing

FRAMES = 60
SIDES: list[Side] = ["left", "right"]
ALL = [*posed_actions(), *standing_behind()]
STAYING = [name for name in ALL if posed_action(name).gesture.stays]
#: A pose in which the acting side and the other differ in all that can differ.
LOPSIDED = KeyPose(
    bend=10,
    lean=20,
    twist=15,
    nod=8,
    tilt=12,
    hand=Reach("chest", (0.3, 0.1, 0.2)),
    other_hand=Reach("hips", (0.2, 0.1, 0.15)),
    shrug=0.03,
    drop=0.1,
    sway=0.06,
    ahead=0.04,
    foot=(0.05, 0.02, 0.1),
    other_foot=(0.03, 0.01, -0.08),
    heel=20,
    other_heel=10,
)


def lengths(joints: FloatArray) -> FloatArray:
    return np.linalg.norm(bone_vectors(joints), axis=-1)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("side", SIDES)
def test_bones_keep_their_lengths_and_no_joint_leaps(name: str, side: Side) -> None:
    gesture = posed_action(name).gesture
    own = standing(frames=max(FRAMES, round(FPS * gesture.seconds(1))))
    shown = posed(own, gesture, side)
    assert lengths(shown.joints) == pytest.approx(lengths(own.joints), abs=1e-6)
    assert np.linalg.norm(np.diff(shown.shown, axis=0), axis=-1).max() < 0.35
    assert np.abs(shown.shown - own.shown).max() > 0.03


@pytest.mark.parametrize("name", sorted(set(ALL) - set(STAYING)))
def test_a_gesture_begins_and_ends_in_the_motion_that_it_is_laid_over(name: str) -> None:
    own = standing()
    shown = posed(own, posed_action(name).gesture, "right")
    poses = shown.poses[shown.rows]
    assert poses[0] == pytest.approx(own.shown[0], abs=1e-6)
    assert poses[-1] == pytest.approx(own.shown[-1], abs=1e-6)


@pytest.mark.parametrize("name", STAYING)
def test_what_stays_ends_in_its_last_pose_and_is_out_of_it_before_it_is_repeated(name: str) -> None:
    own, gesture = standing(frames=100), posed_action(name).gesture
    shown = posed(own, gesture, "right").shown
    assert shown[-1] == pytest.approx(shown[-15], abs=1e-6)
    assert np.abs(shown[-1] - own.shown[-1]).max() > 0.3
    key = KeyPose(seconds=0.5, drop=0.3)
    twice = posed(own, Gesture((key,), stays=True), "right", 2).shown[:, 0, 1]
    assert twice[-1] == pytest.approx(own.shown[-1, 0, 1], abs=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_the_other_side_is_the_mirror_image(name: str) -> None:
    gesture = posed_action(name).gesture
    key = gesture.keys[0]
    assert key.mirrored().mirrored() == key
    one = posed(standing(), Gesture((key,)), "right").shown
    other = posed(standing(), Gesture((key.mirrored(),)), "left").shown
    assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_no_foot_goes_under_the_floor(name: str) -> None:
    feet = [JOINT[f"{side}_{joint}"] for side in SIDES for joint in ("ankle", "foot")]
    own = standing()
    floor = own.shown[:, feet, 1].min()
    assert posed(own, posed_action(name).gesture, "right").shown[:, feet, 1].min() > floor - 0.03


@pytest.mark.parametrize("side", SIDES)
def test_a_hand_gets_where_it_should_on_its_own_side(side: Side) -> None:
    key = KeyPose(hand=Reach("head", (0.22, 0.04, 0.12)))
    shown = posed(standing(), Gesture((key,)), side).shown
    away = shown[FRAMES // 2, JOINT[f"{side}_wrist"]] - shown[FRAMES // 2, JOINT["head"]]
    assert away == pytest.approx([0.22 if side == "left" else -0.22, 0.04, 0.12], abs=1e-6)
    other = JOINT["right_wrist" if side == "left" else "left_wrist"]
    assert shown[:, other] == pytest.approx(standing().shown[:, other], abs=1e-6)


def test_a_hand_out_of_reach_gets_as_near_as_the_arm_is_long() -> None:
    shown = posed(standing(), Gesture((KeyPose(hand=Reach("shoulder", (2.0, 0.0, 0.0))),)), "left").shown
    arm = shown[FRAMES // 2, JOINT["left_wrist"]] - shown[FRAMES // 2, JOINT["left_shoulder"]]
    assert arm / np.linalg.norm(arm) == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)


def test_the_trunk_bends_forward_leans_and_twists_to_the_acting_side() -> None:
    middle, own = FRAMES // 2, standing().shown[0]

    def head(key: KeyPose, side: Side) -> FloatArray:
        moved = posed(standing(), Gesture((key,)), side).shown[middle]
        return moved[JOINT["head"]] - own[JOINT["head"]]

    assert head(KeyPose(bend=40), "right")[2] > 0.2
    assert head(KeyPose(lean=30), "left")[0] > 0.15
    assert head(KeyPose(lean=30), "right")[0] < -0.15
    twisted = posed(standing(), Gesture((KeyPose(twist=60),)), "left").shown[middle]
    assert twisted[JOINT["right_shoulder"], 2] > own[JOINT["right_shoulder"], 2] + 0.1


def test_standing_feet_stay_while_the_hips_sink_and_the_knees_bend_forward() -> None:
    own, shown = standing().shown, posed(standing(), Gesture((KeyPose(drop=0.2),)), "right").shown
    middle = FRAMES // 2
    for side in SIDES:
        for joint in ("ankle", "foot"):
            assert shown[:, JOINT[f"{side}_{joint}"]] == pytest.approx(
                own[:, JOINT[f"{side}_{joint}"]], abs=5e-3
            )
        knee = JOINT[f"{side}_knee"]
        assert shown[middle, knee, 2] > own[middle, knee, 2] + 0.15
    assert shown[middle, 0, 1] == pytest.approx(own[middle, 0, 1] - 0.2)


def test_a_lifted_heel_turns_the_foot_about_its_ball() -> None:
    own, shown = standing().shown, posed(standing(), Gesture((KeyPose(heel=30, drop=-0.04),)), "left").shown
    middle, ankle, ball = FRAMES // 2, JOINT["left_ankle"], JOINT["left_foot"]
    assert shown[middle, ball] == pytest.approx(own[middle, ball], abs=0.01)
    assert shown[middle, ankle, 1] > own[middle, ankle, 1] + 0.05


def test_cycles_are_counted_and_fill_the_time_within_reason() -> None:
    up = KeyPose(seconds=0.2, hand=Reach("shoulder", (0.1, 0.4, 0.1)))
    gesture = Gesture((up, KeyPose(seconds=0.2)), back=0.1)

    def raises(times: int | None) -> int:
        height = posed(standing(), gesture, "right", times).shown[:, JOINT["right_wrist"], 1]
        high = height > (height.min() + height.max()) / 2
        return int((high[1:] & ~high[:-1]).sum())

    assert [raises(times) for times in (1, 3, 5)] == [1, 3, 5]
    assert raises(None) == 7  # as often as 0.4 s fit into 2.85 s


def test_one_pose_several_times_is_left_in_between() -> None:
    gesture = Gesture((KeyPose(seconds=0.3, hold=0.2, bend=60),), back=0.3)
    assert gesture.seconds(3) == pytest.approx(3 * 0.8 + 0.3)
    height = posed(standing(), gesture, "right", 3).shown[:, JOINT["head"], 1]
    low = height < (height.min() + height.max()) / 2
    assert (low[1:] & ~low[:-1]).sum() == 3


def test_a_walk_goes_where_it_went() -> None:
    own = standing(speed=0.05)
    folded = posed(own, posed_action("cross the arms").gesture, "right")
    legs = [
        JOINT[name] for name in JOINT if name.split("_")[-1] in ("hip", "knee", "ankle", "foot", "pelvis")
    ]
    assert folded.shown[:, legs] == pytest.approx(own.shown[:, legs], abs=1e-6)
    assert folded.exit == pytest.approx(own.exit)


def test_a_pose_that_differs_in_all_parts_is_mirrored_in_all_of_them() -> None:
    left, right = (posed(standing(), Gesture((LOPSIDED,)), side).shown for side in SIDES)
    assert mirror_joints(left) == pytest.approx(right, abs=0.01)
    assert posed(standing(), Gesture((LOPSIDED.mirrored(),)), "left").shown == pytest.approx(right, abs=1e-6)


@pytest.mark.parametrize(("side", "out"), [("left", 1.0), ("right", -1.0)])
def test_hips_head_shoulders_and_feet_go_where_a_pose_says(side: Side, out: float) -> None:
    own, other = standing().shown[0], "right" if side == "left" else "left"

    def moved(key: KeyPose, joint: str) -> FloatArray:
        return posed(standing(), Gesture((key,)), side).shown[FRAMES // 2, JOINT[joint]] - own[JOINT[joint]]

    assert moved(KeyPose(sway=0.05, ahead=0.03, drop=0.1), "pelvis") == pytest.approx(
        [0.05 * out, -0.1, 0.03]
    )
    assert moved(KeyPose(nod=30), "head")[2] > 0.02
    assert moved(KeyPose(tilt=30), "head")[0] * out > 0.02
    assert moved(KeyPose(shrug=0.04), f"{side}_shoulder")[1] > 0.01
    acting, others = (0.06, 0.02, 0.05), (0.04, 0.01, -0.03)
    stepping = KeyPose(foot=acting, other_foot=others, drop=0.1)
    assert moved(stepping, f"{side}_foot") == pytest.approx([0.06 * out, 0.02, 0.05], abs=5e-3)
    assert moved(stepping, f"{other}_foot") == pytest.approx([-0.04 * out, 0.01, -0.03], abs=5e-3)
    lifted = KeyPose(heel=30, drop=0.1)
    assert moved(lifted, f"{side}_ankle")[1] > 0.02 > abs(moved(lifted, f"{other}_ankle")[1])


@pytest.mark.parametrize("anchor", ["hips", "ankle"])
def test_hands_at_hips_and_ankles_do_not_turn_with_the_trunk(anchor: Anchor) -> None:
    at = (0.15, 0.1, 0.1) if anchor == "hips" else (0.15, 0.6, 0.35)
    key = KeyPose(bend=90, hand=Reach(anchor, at))
    shown = posed(standing(), Gesture((key,)), "left").shown[FRAMES // 2]
    joint = "pelvis" if anchor == "hips" else "left_ankle"
    assert shown[JOINT["left_wrist"]] - shown[JOINT[joint]] == pytest.approx(at, abs=1e-6)


def low_in(gesture: Gesture, times: int | None = None) -> tuple[int, int]:
    """The first and the last frame of 60 in which the hips are as low as they get."""
    height = posed(standing(), gesture, "left", times).shown[:, 0, 1]
    frames = np.flatnonzero(height < height.min() + 1e-6)
    return int(frames[0]), int(frames[-1])


def test_poses_are_held_for_their_share_of_the_time() -> None:
    low = KeyPose(seconds=0.5, drop=0.2)
    assert low_in(Gesture((low,), back=0.5)) == (10, 49)
    assert low_in(Gesture((replace(low, hold=1.0), KeyPose(seconds=0.5)), back=0.5), 1) == (13, 36)
    # A cycle of half a second is slowed down by half, and then the motion goes on as it was.
    quick = Gesture((KeyPose(seconds=0.25, hold=0.1, drop=0.2), KeyPose(seconds=0.15)), back=0.2)
    assert low_in(quick, 1) == (8, 10)
    assert posed(standing(), quick, "left", 1).shown[16:] == pytest.approx(standing().shown[16:], abs=1e-6)
    assert (quick.seconds(), quick.seconds(3)) == pytest.approx((0.7, 1.7))
    assert replace(quick, stays=True).seconds() == pytest.approx(0.5)


def test_what_alternates_begins_on_the_acting_side() -> None:
    raised = KeyPose(seconds=0.4, hand=Reach("shoulder", (0.1, 0.3, 0.1)))
    gesture = Gesture((raised, KeyPose(seconds=0.4)), alternates=True, back=0.1)
    shown = posed(standing(), gesture, "right", 2).shown
    left, right = (int(shown[:, JOINT[f"{side}_wrist"], 1].argmax()) for side in SIDES)
    assert right < 25 and left > 30
