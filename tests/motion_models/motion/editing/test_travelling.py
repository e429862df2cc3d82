"""Gestures that lead somewhere, go down to the floor and come up: where hands and feet are all the while."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.arrays import FloatArray
from motion_agent.motion_models.gestures.reading import posing
from motion_agent.motion_models.gestures.table import posed_action, posed_actions, standing_behind
from motion_agent.motion_models.motion.editing.keyposes import Gesture, KeyPose, Side
from motion_agent.motion_models.motion.editing.posing import posed
from motion_agent.motion_models.motion.editing.stretch import Stretch
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.motion_models.motion.measures.events import events
from motion_agent.motion_models.motion.skeleton import JOINT
from stretches import standing

SIDES: list[Side] = ["left", "right"]
ALL = {**posed_actions(), **standing_behind()}
TRAVELLING = [name for name, action in ALL.items() if action.gesture.travels]
ON_HANDS = [
    name
    for name, action in ALL.items()
    if any(key.hand is not None and key.hand.to == "floor" for key in action.gesture.keys)
]
BALLS = [JOINT["left_foot"], JOINT["right_foot"]]


def done(description: str, name: str) -> Stretch:
    """A request as it is shown by somebody who stood."""
    found = posing(description, name)
    own = standing(frames=round(FPS * (found.seconds or 3.0)))
    return posed(own, found.action.gesture.gone(found.share), found.side, found.times, found.sides)


def alone(name: str, side: Side, times: int = 2) -> Stretch:
    gesture = posed_action(name).gesture
    return posed(standing(frames=round(FPS * gesture.seconds(times))), gesture, side, times)


def slide(joints: FloatArray) -> float:
    """How fast a foot goes at most while its ball is on the floor, metres a second."""
    balls = joints[:, BALLS]
    speed = np.linalg.norm(np.diff(balls[..., [0, 2]], axis=0), axis=-1) * FPS
    low = balls[..., 1] < balls[..., 1].min() + 0.008
    return float(speed[low[1:] & low[:-1]].max())


@pytest.mark.parametrize("name", TRAVELLING)
def test_what_travels_ends_with_hips_and_feet_moved_alike(name: str) -> None:
    gesture = posed_action(name).gesture
    first, last = gesture.into[-1] if gesture.into else KeyPose(), gesture.keys[-1]
    assert np.subtract(last.foot, first.foot) == pytest.approx([last.sway, 0.0, last.ahead])
    assert np.subtract(last.other_foot, first.other_foot) == pytest.approx([-last.sway, 0.0, last.ahead])
    assert last.turn == last.foot_turn == last.other_foot_turn
    assert last.drop == first.drop


@pytest.mark.parametrize(
    ("said", "metres"),
    [
        ("a person takes two steps to the left", 0.72),
        ("a person takes two steps to the right", -0.72),
        ("a person takes 3 steps to the left and 3 back", 0.0),
        ("a person takes two steps to the left and one to the right", 0.36),
        ("a person steps 1.5 metres to the left", 1.5),
    ],
)
def test_side_steps_lead_to_the_side_and_keep_the_facing(said: str, metres: float) -> None:
    shown = done(said, "step aside")
    assert shown.exit == pytest.approx([metres, 0.0, 0.0], abs=1e-6)
    assert shown.joints[-1, 0, 0] == pytest.approx(standing().joints[-1, 0, 0] + metres, abs=1e-3)
    assert np.abs(np.degrees(k.heading(shown.shown))).max() < 12
    assert slide(shown.shown) < 0.45


@pytest.mark.parametrize("said", ["left left right right", "left right left", "right, right"])
def test_as_many_side_steps_as_are_named(said: str) -> None:
    shown = done(f"a person steps to the side, {said}", "step aside").shown
    assert len(events(shown, "side step")) == said.count("left") + said.count("right")


@pytest.mark.parametrize(
    ("said", "degrees"),
    [
        ("a person turns 180 degrees on the spot, clockwise", -180),
        ("a person does a quarter turn left", 90),
        ("a person turns right by 30 degrees", -30),
        ("a person makes a full turn to the left", 360),
        ("a person turns around twice", 720 / 2),
        ("a person turns left", 90),
        ("a person turns left and right", 0),
    ],
)
def test_a_turn_is_as_far_as_is_said_with_the_feet_stepping_under(said: str, degrees: float) -> None:
    shown = done(said, "turn on the spot")
    assert np.degrees(shown.exit) == pytest.approx([0.0, 0.0, degrees], abs=1e-6)
    assert k.net_metres(shown.shown) < 0.1
    heights = shown.shown[:, BALLS, 1]
    assert (np.ptp(heights, axis=0) > 0.04).all() and heights.max() < 0.2
    assert slide(shown.shown) < 0.45
    assert k.hips_turn_degrees(shown.shown) == pytest.approx(degrees, abs=10)


@pytest.mark.parametrize("name", ["push-ups", "push-ups on the knees"])
@pytest.mark.parametrize("times", [1, 2, 7])
def test_as_many_push_ups_as_are_asked_for(name: str, times: int) -> None:
    shown = alone(name, "right", times).shown
    assert len(events(shown, "push-up")) == times
    assert (k.pelvis_start(shown) > 0.8) and (k.pelvis_end(shown) > 0.8)


@pytest.mark.parametrize("name", ON_HANDS)
@pytest.mark.parametrize("side", SIDES)
def test_hands_on_the_floor_stay_where_they_are_and_nothing_goes_under_it(name: str, side: Side) -> None:
    shown = alone(name, side).shown
    assert shown[..., 1].min() > min(0.0, standing().shown[..., 1].min()) - 0.03
    for hand in SIDES:
        wrist = shown[:, JOINT[f"{hand}_wrist"]]
        low = wrist[:, 1] < 0.09
        assert low.sum() > 10
        both = low[1:] & low[:-1]
        assert np.linalg.norm(np.diff(wrist, axis=0), axis=-1)[both].max() < 0.05


def test_the_body_is_level_in_a_plank() -> None:
    shown = alone("plank", "right", 1).shown
    middle = shown[len(shown) // 2]
    shoulder, hip, ankle = (middle[JOINT[f"left_{name}"]][1:] for name in ("shoulder", "hip", "ankle"))
    legs, trunk = hip - ankle, shoulder - hip
    assert np.degrees(np.arccos(legs @ trunk / np.linalg.norm(legs) / np.linalg.norm(trunk))) < 20
    assert shoulder[0] - ankle[0] < 0.5


def test_poses_before_and_after_the_cycles_are_taken_once() -> None:
    low, high = KeyPose(seconds=0.3, drop=0.3), KeyPose(seconds=0.2, drop=0.1)
    gesture = Gesture((high, low), into=(low,), out=(low,), back=0.3)
    assert gesture.seconds(4) == pytest.approx(4 * 0.5 + 0.9)
    height = posed(standing(frames=60), gesture, "left", 4).shown[:, 0, 1]
    sunk = height < height.max() - 0.2
    assert (sunk[1:] & ~sunk[:-1]).sum() == 5
    held = Gesture((high,), into=(low,), out=(low,), back=0.3)
    height = posed(standing(frames=60), held, "left").shown[:, 0, 1]
    assert height[20:40] == pytest.approx(height[30], abs=1e-6)
    assert height[6] == pytest.approx(standing().shown[0, 0, 1] - 0.3, abs=1e-6)
