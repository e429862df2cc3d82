"""Key poses laid over motions: hands and feet get where they should, bones keep lengths, the rest goes on."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.arrays import FloatArray
from motion_agent.motion_models.gestures.table import posed_action, posed_actions, standing_behind
from motion_agent.motion_models.motion.editing.posing import Gesture, KeyPose, Reach, Side, posed
from motion_agent.motion_models.motion.skeleton import JOINT, bone_vectors
from stretches import standing

FRAMES = 60
SIDES: list[Side] = ["left", "right"]
ALL = [*posed_actions(), *standing_behind()]
STAYING = [name for name in ALL if posed_action(name).gesture.stays]


def lengths(joints: FloatArray) -> FloatArray:
    return np.linalg.norm(bone_vectors(joints), axis=-1)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("side", SIDES)
def test_bones_keep_their_lengths_and_no_joint_leaps(name: str, side: Side) -> None:
    own = standing()
    shown = posed(own, posed_action(name).gesture, side)
    assert lengths(shown.joints) == pytest.approx(lengths(own.joints), abs=1e-6)
    assert np.linalg.norm(np.diff(shown.shown, axis=0), axis=-1).max() < 0.35
    assert np.abs(shown.shown - own.shown).max() > 0.03


@pytest.mark.parametrize("name", sorted(set(ALL) - set(STAYING)))
def test_a_gesture_begins_and_ends_in_the_motion_that_it_is_laid_over(name: str) -> None:
    own = standing()
    shown = posed(own, posed_action(name).gesture, "right")
    assert shown.shown[0] == pytest.approx(own.shown[0], abs=1e-6)
    assert shown.shown[-1] == pytest.approx(own.shown[-1], abs=1e-6)


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
