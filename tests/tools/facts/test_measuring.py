"""Facts of motions with known answers, of the whole and of parts, and what is left out as uncertain."""

from __future__ import annotations

import json

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.skeleton import mirror_joints
from motion_agent.tools.facts.measuring import MOST, facts_of, measured_motion, measured_scene
from motion_agent.tools.facts.records import Facts, Measured
from motions import ramp, shifted, standing, turned, with_joint


def facts(joints: np.ndarray, *words: str) -> Facts:
    return facts_of(joints, (0, len(joints)), words)


def pulses(frames: int, *starts: int, length: int = 10, height: float = 1.0) -> np.ndarray:
    """A half sine of so many frames at each start."""
    series = np.zeros(frames)
    for start in starts:
        series[start : start + length] = height * np.sin(np.pi * np.arange(length) / (length - 1))
    return series


def test_a_walk_of_known_distance_and_speed() -> None:
    found = facts(walking(101, speed=1.0))
    assert found.seconds == 5.05
    assert found.path_m == pytest.approx(5.0, abs=0.1)
    assert found.straight_m == pytest.approx(5.0, abs=0.02)
    assert found.ahead_m == pytest.approx(5.0, abs=0.1)
    assert found.left_m == pytest.approx(0.0, abs=0.05)
    assert found.mean_speed_m_s == pytest.approx(1.0, abs=0.03)
    assert found.top_speed_m_s == pytest.approx(1.0, abs=0.05)
    assert found.first_foot in ("left", "right")
    assert (found.jump_height_m, found.counts) == (None, {})
    assert (found.begins, found.ends) == ("standing", "standing")


def test_no_way_is_shorter_than_the_straight_one() -> None:
    found = facts(walking(40, speed=2.0))
    assert found.path_m == found.straight_m == pytest.approx(3.9, abs=0.01)


def test_a_way_there_and_back_is_long_and_leads_nowhere() -> None:
    there = ramp(60, 2.0)
    found = facts(shifted(standing(120), z=np.concatenate([there, there[::-1]])))
    assert found.path_m == pytest.approx(4.0, abs=0.1)
    assert found.straight_m == 0.0


@pytest.mark.parametrize("degrees", [90.0, -45.0, 360.0])
def test_turns_to_the_left_are_positive(degrees: float) -> None:
    assert facts(turned(standing(), ramp(60, degrees))).turned_deg == pytest.approx(degrees, abs=3)


def test_a_turn_of_the_shoulders_alone_is_not_told() -> None:
    twisted = standing()
    for side in ("left", "right"):
        for name in ("shoulder", "collar", "elbow", "wrist"):
            joint = f"{side}_{name}"
            twisted = with_joint(twisted, joint, z=ramp(60, -0.3 if side == "left" else 0.3))
    assert facts(twisted).turned_deg is None


def test_the_height_of_a_jump_is_that_of_the_feet() -> None:
    found = facts(shifted(standing(100), y=pulses(100, 20, 60, length=12, height=0.4)), "a person jumps")
    assert found.jumps == 2
    assert found.jump_height_m == pytest.approx(0.4, abs=0.02)


def test_the_depth_of_a_squat_is_that_of_the_hips() -> None:
    high = facts(standing()).lowest_hips_m
    sinks = -pulses(120, 20, 70, length=24, height=0.4)
    deep = with_joint(with_joint(standing(120), "pelvis", y=sinks), "head", y=sinks)
    assert facts(deep).lowest_hips_m == pytest.approx(high - 0.4, abs=0.02)
    assert facts(deep).counts == {"squat": 2}


@pytest.mark.parametrize("side", ["left", "right"])
def test_hands_are_told_apart(side: str) -> None:
    wave = 0.2 * np.sin(np.linspace(0, 8 * np.pi, 60))
    found = facts(with_joint(standing(), f"{side}_wrist", x=wave, y=0.8))
    tops = {"left": found.left_hand_top_m, "right": found.right_hand_top_m}
    other = "right" if side == "left" else "left"
    assert tops[side] - tops[other] == pytest.approx(0.8, abs=0.02)
    assert found.busier_hand == side and found.busier_leg is None


def test_both_hands_move_where_neither_does_more() -> None:
    wave = 0.2 * np.sin(np.linspace(0, 8 * np.pi, 60))
    both = with_joint(with_joint(standing(), "left_wrist", y=wave), "right_wrist", y=wave)
    assert facts(both).busier_hand == "both"


def test_how_far_a_trunk_leans_and_feet_slide() -> None:
    assert facts(standing()).greatest_lean_deg < 5
    slid = 0.8 * np.clip((np.arange(60) - 20) / 10, 0.0, 1.0)
    assert facts(shifted(standing(), z=slid)).slide_cm == pytest.approx(80, abs=2)
    assert facts(standing()).slide_cm == 0
    assert facts(walking(80, speed=3.0)).slide_cm is None, "a runner's feet pass low"


def test_what_is_easily_taken_for_something_else_is_counted_where_it_was_asked_for() -> None:
    nod = with_joint(standing(120), "head", z=pulses(120, 20, 60, length=16, height=0.15))
    assert facts(nod).counts == {}
    assert facts(nod, "a person nods").counts == {"nod": 2}
    assert facts(standing(), "a person squats").counts == {"squat": 0}


def test_a_number_that_is_open_is_left_out_and_one_that_is_close_is_two() -> None:
    bounce = 0.012 * np.sin(2 * np.pi * np.arange(200) / 10)
    hardly = with_joint(standing(200), "pelvis", y=2.2 * bounce)
    assert "hop" not in facts(hardly, "a person hops").counts
    squats = pulses(120, 20, length=24, height=0.4) + pulses(120, 70, length=24, height=0.165)
    assert facts(with_joint(standing(120), "pelvis", y=-squats), "a person squats").counts == {
        "squat": (1, 2)
    }


def test_bent_legs_do_not_sit() -> None:
    seated = standing()
    for side in ("left", "right"):
        seated = with_joint(with_joint(seated, f"{side}_knee", z=0.4, y=0.35), f"{side}_ankle", z=0.3)
    for name in ("pelvis", "left_hip", "right_hip"):
        seated = with_joint(seated, name, y=-0.2)
    assert facts(seated).ends is None


def test_parts_are_told_from_two_to_six() -> None:
    joints = np.concatenate([standing(40), shifted(standing(40), y=pulses(40, 15, length=12, height=0.4))])
    told = measured_motion(joints, [((0, 40), "a person stands"), ((40, 80), "a person jumps")])
    assert [(part.part, part.start, part.end) for part in told.parts] == [(1, 0.0, 2.0), (2, 2.0, 4.0)]
    assert [part.facts.jumps for part in told.parts] == [0, 1]
    assert told.whole is not None and told.whole.jumps == 1
    assert measured_motion(joints, [((0, 80), "a person stands")]).parts == []
    many = [((10 * n, 10 * n + 10), "a person stands") for n in range(MOST + 1)]
    assert measured_motion(joints, many).parts == []


def test_the_floor_under_a_part_is_that_of_the_whole() -> None:
    raised = np.concatenate([standing(40), shifted(standing(60), y=0.5)])
    told = measured_motion(raised, [((0, 40), "a person stands"), ((50, 100), "a person stands")])
    low, high = (part.facts.lowest_hips_m for part in told.parts)
    assert high - low == pytest.approx(0.5, abs=0.01)


def test_hands_of_a_part_in_the_air_are_over_the_floor_of_the_whole() -> None:
    raised = np.concatenate([standing(40), shifted(standing(60), y=0.5)])
    parts = [((0, 37), "a person stands"), ((45, 100), "a person stands"), ((93, 100), "a person stands")]
    told = measured_motion(raised, parts)
    assert [(part.part, part.start, part.end) for part in told.parts] == [(1, 0.0, 1.85), (2, 2.25, 5.0)]
    low, high = (part.facts for part in told.parts)
    assert high.left_hand_top_m - low.left_hand_top_m == pytest.approx(0.5, abs=0.01)
    assert high.right_hand_top_m - low.right_hand_top_m == pytest.approx(0.5, abs=0.01)


def slides_and_waves() -> np.ndarray:
    """Somebody who slides ahead and turns a little to the left, and waves the left hand."""
    slid = 0.8 * np.clip((np.arange(60) - 20) / 10, 0.0, 1.0)
    joints = shifted(turned(standing(), ramp(60, 40.0)), z=slid)
    return with_joint(joints, "left_wrist", x=0.2 * np.sin(np.linspace(0, 8 * np.pi, 60)), y=0.8)


MOTIONS = {"slides and waves": slides_and_waves(), "walks": walking(81, speed=1.2).astype(float)}


@pytest.mark.parametrize("joints", MOTIONS.values(), ids=MOTIONS)
def test_facts_are_the_same_wherever_it_is_done(joints: np.ndarray) -> None:
    assert facts(shifted(joints, x=3.0, y=0.7, z=-2.0)) == facts(joints)


@pytest.mark.parametrize("joints", MOTIONS.values(), ids=MOTIONS)
def test_in_the_mirror_left_is_right(joints: np.ndarray) -> None:
    here, there = facts(joints), facts(mirror_joints(joints))
    other = {"left": "right", "right": "left", "both": "both", None: None}
    assert (there.left_hand_top_m, there.right_hand_top_m) == (here.right_hand_top_m, here.left_hand_top_m)
    assert there.busier_hand == other[here.busier_hand] and there.busier_leg == other[here.busier_leg]
    assert there.first_foot == other[here.first_foot]
    assert (there.left_m, there.turned_deg) == pytest.approx((-here.left_m, -(here.turned_deg or 0)))
    swapped = {
        "left_m",
        "turned_deg",
        "left_hand_top_m",
        "right_hand_top_m",
        "busier_hand",
        "busier_leg",
        "first_foot",
    }
    assert there.model_dump(exclude=swapped) == here.model_dump(exclude=swapped)


def test_people_are_so_far_apart() -> None:
    comes = shifted(standing(80), x=1.0 + np.abs(ramp(80, 4.0) - 1.5))
    told = measured_scene([standing(80), comes], [(80, ["a person stands"]), (40, ["a person walks"])])
    [pair] = told.apart
    metres = np.abs(comes[:, 0, 0])
    assert pair.people == (1, 2)
    assert (pair.start_m, pair.end_m) == pytest.approx((metres[0], metres[-1]), abs=0.01)
    assert pair.least_m == pytest.approx(metres.min(), abs=0.12)
    assert [one.seconds for one in told.people] == [4.0, 2.0]


def test_what_is_told_is_read_back_and_small() -> None:
    joints = walking(120)
    told = measured_motion(joints, [((0, 60), "a person walks"), ((60, 120), "a person walks")])
    content = told.content()
    assert Measured.model_validate(content) == told
    assert "null" not in json.dumps(content)
    assert all(len(json.dumps(part)) < 620 for part in content["parts"])
