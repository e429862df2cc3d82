"""What a measure must not depend on: where somebody stands, which way they face, how high the floor lies.

In the mirror a measure is the same, or its opposite where it tells sides apart.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.motion_models.motion.measures.events import CLAP_METRES, EVENTS, SIDED, events, numbers
from motion_agent.motion_models.motion.measures.limbs import SIDES, leading_share, other_side
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints
from motions import Joints, bump, ramp, shifted, standing, turned, with_joint

Measure = Callable[[Joints], float]
#: Measures that tell left from right.
SIGNED = ("turn_degrees", "hips_turn_degrees", "left_metres")
#: Measures that are asked of joints as they stand, in one number.
MEASURES: dict[str, Measure] = {
    name: found
    for name, found in vars(k).items()
    if inspect.isfunction(found)
    and found.__annotations__.get("return") == "float"
    and name not in ("floor_height", "_axis_yaw")
}


def pulses(frames: int, *starts: int, length: int = 14, height: float = 1.0) -> Joints:
    series = np.zeros(frames)
    for start in starts:
        series[start : start + length] = height * np.sin(np.pi * np.arange(length) / (length - 1))
    return series


def curving() -> Joints:
    """Somebody who walks, turns to the left, sinks a little and holds the right hand up."""
    joints = turned(walking(81).astype(np.float64), ramp(81, 70.0))
    joints = with_joint(joints, "right_wrist", y=pulses(81, 20, length=30, height=0.7))
    return shifted(joints, y=-0.1 * pulses(81, 40, length=20) + 0.1, x=ramp(81, 0.8))


def everywhere(joints: Joints) -> list[Joints]:
    """The same motion elsewhere, facing another way, and on another floor."""
    about = turned_about_origin(joints, 130)
    return [shifted(joints, x=3.0, z=-5.0), about, shifted(joints, y=0.3), shifted(joints, y=-0.3)]


def turned_about_origin(joints: Joints, degrees: float) -> Joints:
    x, y, z = np.moveaxis(joints, -1, 0)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_knows_no_place_no_direction_and_no_height_of_the_floor(name):
    measure, joints = MEASURES[name], curving()
    for other in everywhere(joints):
        assert measure(other) == pytest.approx(measure(joints), abs=1e-6)


@pytest.mark.parametrize("name", MEASURES)
def test_in_the_mirror_a_measure_is_the_same_or_its_opposite(name):
    measure, joints = MEASURES[name], curving()
    sign = -1 if name in SIGNED else 1
    assert measure(mirror_joints(joints)) == pytest.approx(sign * measure(joints), abs=1e-6)
    if name in SIGNED:
        assert abs(measure(joints)) > 0.1, "a motion that goes to one side"


def test_in_the_mirror_one_goes_as_far_ahead_and_to_the_other_side():
    forward, left = k.displacement(curving())
    assert k.displacement(mirror_joints(curving())) == pytest.approx((forward, -left), abs=1e-6)
    assert left > 0.1


def backwards_too(joints: Joints) -> Joints:
    return joints[::-1].copy()


def test_what_is_played_backwards_is_gone_back():
    joints = curving()
    back = backwards_too(joints)
    assert k.turn_degrees(back) == pytest.approx(-k.turn_degrees(joints), abs=1e-6)
    assert k.pelvis_rise(back) == pytest.approx(-k.pelvis_rise(joints), abs=1e-6)
    assert k.pelvis_gain(back) == pytest.approx(-k.pelvis_gain(joints), abs=1e-6)
    for same in (k.path_metres, k.net_metres, k.gone_metres, k.pelvis_dip, k.head_dip, k.air_seconds):
        assert same(back) == pytest.approx(same(joints), abs=1e-6)
    assert (k.start_speed(back), k.end_speed(back)) == pytest.approx(
        (k.end_speed(joints), k.start_speed(joints)), abs=1e-6
    )


# ---------------------------------------------------------------------- what happens

FRAMES, STARTS = 150, (20, 60, 100)


#: How far the hands are held away from the body, metres.
WIDE = 0.25


def apart() -> float:
    joints = standing(1)[0]
    return float(joints[JOINT["left_wrist"], 0] - joints[JOINT["right_wrist"], 0]) + 2 * WIDE


def hands(size: float) -> Joints:
    """Hands that are held apart and come so much nearer to each other, three times."""
    out = WIDE - pulses(FRAMES, *STARTS, height=size / 2)
    return with_joint(with_joint(standing(FRAMES), "left_wrist", x=out), "right_wrist", x=-out)


def moved(joint: str, axis: str, size: float, up: float = 0.0) -> Joints:
    series = {axis: pulses(FRAMES, *STARTS, height=size)}
    return with_joint(standing(FRAMES), joint, **({"y": up} | series))


def both_wrists(size: float) -> Joints:
    lift = pulses(FRAMES, *STARTS, length=20, height=size)
    return with_joint(with_joint(standing(FRAMES), "left_wrist", y=lift), "right_wrist", y=lift)


def lifted(size: float) -> Joints:
    return with_joint(standing(FRAMES), "left_wrist", y=pulses(FRAMES, *STARTS, length=20, height=size))


def jumping(size: float) -> Joints:
    return shifted(standing(FRAMES), y=pulses(FRAMES, *STARTS, length=10, height=size))


def swinging(size: float) -> Joints:
    """The left ankle and foot are set down further ahead, three times."""
    places = sum(
        (size * np.clip((np.arange(FRAMES) - start) / 6, 0, 1) for start in STARTS), np.zeros(FRAMES)
    )
    return with_joint(with_joint(standing(FRAMES), "left_ankle", z=places), "left_foot", z=places)


def pressing(size: float) -> Joints:
    """Somebody level over hands on the floor, whose neck sinks three times."""
    x, y, z = np.moveaxis(standing(FRAMES), -1, 0)
    level = np.stack([x, 0.4 - z, y - y[:, :1]], axis=-1)
    for side in SIDES:
        level[:, JOINT[f"{side}_wrist"], 1] = level[..., 1].min()
    return with_joint(level, "neck", y=-pulses(FRAMES, *STARTS, height=size))


def upside_down(size: float) -> Joints:
    """The head is below the pelvis for so many seconds, three times."""
    low = sum((bump(FRAMES, s, s + round(20 * size), -1.2) for s in STARTS), np.zeros(FRAMES))
    return with_joint(standing(FRAMES), "head", y=low)


#: How each event is shown three times over, the size that is enough for it, and one that is not.
SHOWN: dict[str, tuple[Callable[[float], Joints], float, float]] = {
    "step": (swinging, 0.4, 0.1),
    "jump": (jumping, 0.4, 0.05),
    "hop": (partial(moved, "pelvis", "y"), 0.1, 0.03),
    "jumping jack": (both_wrists, 0.9, 0.25),
    "squat": (lambda size: moved("pelvis", "y", -size), 0.3, 0.1),
    "side step": (partial(moved, "left_ankle", "x"), 0.3, 0.08),
    "push-up": (pressing, 0.2, 0.06),
    "kick": (partial(moved, "left_ankle", "y"), 0.6, 0.25),
    "punch": (partial(moved, "left_wrist", "z"), 0.9, 0.1),
    "bow": (lambda size: moved("head", "y", -size), 0.4, 0.12),
    "cartwheel": (upside_down, 0.5, 0.1),
    "wave": (partial(moved, "left_wrist", "x", up=1.0), 0.25, 0.05),
    "clap": (hands, apart() - 0.1, apart() - CLAP_METRES - 0.06),
    "nod": (partial(moved, "head", "z"), 0.08, 0.01),
    "arm raise": (lifted, 0.9, 0.25),
}


def test_every_event_is_in_the_table():
    assert set(SHOWN) == set(EVENTS)


@pytest.mark.parametrize("event", SHOWN)
def test_what_is_done_three_times_is_counted_three_times_wherever_it_is_done(event):
    show, enough, _ = SHOWN[event]
    joints = show(enough)
    assert len(events(joints, event)) == 3
    for other in everywhere(joints):
        assert events(other, event) == events(joints, event)
    longer = np.concatenate([joints, np.repeat(joints[-1:], 20, axis=0)])
    assert len(events(longer, event)) == 3
    if event != "punch":  # an arm that is drawn back fast is stretched as well
        assert len(events(backwards_too(joints), event)) == 3


@pytest.mark.parametrize("event", SHOWN)
def test_what_is_done_by_too_little_is_not_counted(event):
    show, _, little = SHOWN[event]
    assert events(show(little), event) == []


@pytest.mark.parametrize("event", SHOWN)
def test_each_time_lies_where_it_was_done(event):
    show, enough, _ = SHOWN[event]
    for (first, last), start in zip(events(show(enough), event), STARTS, strict=True):
        assert start - 6 <= first < last <= start + 28


@pytest.mark.parametrize("event", SIDED)
def test_in_the_mirror_the_other_side_does_it(event):
    show, enough, _ = SHOWN[event]
    joints = show(enough)
    assert len(events(joints, event, "left")) == 3 and events(joints, event, "right") == []
    assert events(mirror_joints(joints), event, "right") == events(joints, event, "left")
    assert events(mirror_joints(joints), event, "left") == []


@pytest.mark.parametrize("event", SHOWN)
def test_fewest_is_never_more_than_most(event):
    show, enough, little = SHOWN[event]
    for size in np.linspace(little, enough, 6):
        fewest, most = numbers(show(float(size)), event)
        assert fewest <= len(events(show(float(size)), event)) <= most


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("limb", "joint"), [("arm", "wrist"), ("leg", "ankle")])
def test_a_limb_leads_that_moves(side, limb, joint):
    joints = with_joint(standing(FRAMES), f"{side}_{joint}", y=pulses(FRAMES, *STARTS, height=0.4))
    assert leading_share(joints, side, limb) > 0.8
    assert leading_share(joints, other_side(side), limb) < 0.2
