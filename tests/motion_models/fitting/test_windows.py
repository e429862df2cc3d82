"""Cutting a motion to so many occurrences or so many metres, in whole tokens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.english.demands import Count, read_demands
from motion_agent.motion_models.fitting.windows import counted, fit, reaching
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.measures.events import events
from motion_agent.motion_models.motion.measures.kinematics import net_metres, path_metres
from motion_agent.tools.arguments.fields import MAX_SECONDS
from motions import shifted, standing, turned, with_joint


def jumping(times: int, *, first: int = 12, every: int = 28):
    """A person who jumps so many times, one jump in `every` frames."""
    frames = (first + every * times) // 4 * 4
    height = np.zeros(frames)
    for number in range(times):
        start = first + every * number
        height[start : start + 10] = 0.4 * np.sin(np.pi * np.arange(10) / 9)
    return shifted(standing(frames), y=height)


def taken(joints, tokens):
    return np.concatenate([joints[4 * n : 4 * n + 4] for n in tokens])


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_motion_is_cut_to_the_number_asked_for(times):
    joints = jumping(4)
    found = counted(joints, Count("jump", times))
    assert found is not None and len(events(taken(joints, found.tokens), "jump")) == times
    assert found.tokens == tuple(range(found.tokens[0], found.tokens[-1] + 1))
    assert len(found.divisions) == times - 1


@pytest.mark.parametrize("times", [3, 5])
def test_what_happens_too_seldom_is_repeated(times):
    joints = jumping(2)
    found = counted(joints, Count("jump", times))
    assert found is not None and len(events(taken(joints, found.tokens), "jump")) == times
    assert len(found.divisions) == times - 1
    edges = [0, *found.divisions, len(found.tokens)]
    for start, end in pairwise(edges):
        assert len(events(taken(joints, found.tokens[start:end]), "jump")) == 1


def test_a_number_that_no_motion_has_room_for_is_not_reached():
    found = counted(jumping(2), Count("jump", 1_000_000))
    assert found is not None and len(found.tokens) <= MAX_SECONDS * FPS / 4
    assert len(found.tokens) > (MAX_SECONDS - 10) * FPS / 4


def test_what_never_happens_cannot_be_counted():
    assert counted(standing(80), Count("jump", 2)) is None


def test_nobody_falls_from_the_sky():
    joints = jumping(3)
    joints[:24] += [0, 0.8, 0]
    found = fit(read_demands("a person jumps"), joints, cut=True)
    assert found.tokens[0] >= 6
    found = counted(joints, Count("jump", 2))
    assert found is not None and found.tokens[0] >= 6


def test_a_way_ends_where_it_got_far_enough():
    joints = walking(160, speed=1.25)
    tokens = reaching(joints, 5.0)
    assert net_metres(joints[: 4 * tokens]) == pytest.approx(5.0, abs=0.2)
    assert reaching(joints, 50.0) == 40


def test_steps_are_cut_too_and_nothing_is_where_the_length_is_stated():
    joints = walking(160)
    found = fit(read_demands("a person takes four steps"), joints, cut=True)
    assert len(events(taken(joints, found.tokens), "step")) == 4
    assert len(fit(read_demands("a person takes four steps"), joints, cut=False).tokens) == 40


@pytest.mark.parametrize("radius", [0.8, -1.5])
@pytest.mark.parametrize("metres", [2.5, 4.0, 6.5])
@pytest.mark.parametrize("words", ["a person walks {} m in a circle", "a person walks {} m and turns left"])
def test_a_way_that_bends_is_cut_where_it_is_so_long(words: str, radius: float, metres: float) -> None:
    """However near to its start the way leads: to the token, so a tenth of a second at 1.2 m/s."""
    angle = 1.2 / FPS * np.arange(200) / radius
    joints = turned(standing(200), np.degrees(angle))
    joints = shifted(joints, x=radius * (1 - np.cos(angle)), z=radius * np.sin(angle))
    tokens = fit(read_demands(words.format(metres)), joints, cut=True).tokens
    assert path_metres(joints[: 4 * len(tokens)]) == pytest.approx(metres, abs=0.13)


@pytest.mark.parametrize("times", [2, 3, 4])
def test_a_gesture_loses_strokes_from_its_middle(times):
    """It begins and ends as it did: with the hand that goes up and comes down."""
    strokes = sum(pulse(160, start, 16) for start in (30, 54, 78, 102))
    up = np.clip(np.minimum(np.arange(160) / 20, (159 - np.arange(160)) / 20), 0, 1)
    joints = with_joint(standing(160), "right_wrist", x=-0.3 * strokes, y=1.0 * up)
    found = counted(joints, Count("wave", times, "right"))
    assert found is not None
    assert len(events(taken(joints, found.tokens), "wave", "right")) == times
    assert found.tokens[0] == 0 and found.tokens[-1] == 39
    assert len(found.tokens) <= 40 - 5 * (4 - times)


def pulse(frames: int, start: int, length: int):
    """One half sine."""
    series = np.zeros(frames)
    series[start : start + length] = np.sin(np.pi * np.arange(length) / (length - 1))
    return series


def test_one_occurrence_is_repeated_without_all_that_is_around_it():
    """Two more jumps in the middle of five seconds of standing take no ten seconds."""
    height = np.zeros(100)
    height[45:55] = 0.4 * np.sin(np.pi * np.arange(10) / 9)
    joints = shifted(standing(100), y=height)
    found = counted(joints, Count("jump", 3))
    assert found is not None and len(events(taken(joints, found.tokens), "jump")) == 3
    assert found.tokens[0] == 0 and found.tokens[-1] == 24
    assert len(found.tokens) <= 25 + 2 * 8
