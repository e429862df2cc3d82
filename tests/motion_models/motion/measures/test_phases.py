"""Long motion falls into phases where what goes on changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from helpers import walking
from motion_agent.motion_models.motion.measures.phases import phases
from motion_agent.motion_models.motion.skeleton import JOINT
from motions import ramp, standing, turned


def after(first, second):
    """Two motions one after another, the second where the first ends."""
    moved = second + (first[-1, 0] - second[0, 0]) * [1, 0, 1]
    return np.concatenate([first, moved])


def test_one_thing_is_one_phase():
    assert phases(walking(80)) == [(0, 80)]
    assert phases(standing(80)) == [(0, 80)]
    assert phases(walking(30)) == [(0, 30)]


def test_walking_standing_and_turning_are_told_apart():
    joints = after(after(walking(60), standing(40)), turned(standing(60), ramp(60, 170)))
    found = phases(joints)
    assert found[0][0] == 0 and found[-1][1] == len(joints)
    assert all(before[1] == following[0] for before, following in pairwise(found))
    assert len(found) == 3
    assert abs(found[0][1] - 60) <= 8 and abs(found[1][1] - 108) <= 12


def test_what_is_too_short_goes_with_the_longer_of_its_neighbours():
    """A halt of half a second between a long walk and a short turn belongs to the walk."""
    walk, halt, turn = walking(100), standing(10), turned(standing(44), ramp(44, 170))
    joints = after(after(walk, halt), turn)
    (_, end), (start, last) = phases(joints)
    assert 112 <= end == start <= 124 and last == 154
    (_, end), (start, last) = phases(joints[::-1])
    assert 30 <= end == start <= 42 and last == 154


def test_a_second_is_a_phase_of_its_own():
    kinds = [phases(after(after(walking(60), standing(frames)), walking(60))) for frames in (10, 60)]
    assert [len(found) for found in kinds] == [1, 3]


def test_who_is_low_is_low_whether_going_or_not():
    """Creeping and then resting low is one thing; walking upright and then creeping is two."""
    low = [0, 0.35, 0]
    walks, creeps, rests = walking(60), walking(60) - low, standing(60) - low
    for crouched in (creeps, rests):  # the feet stay on the floor
        for name in ("left_ankle", "right_ankle", "left_foot", "right_foot"):
            crouched[:, JOINT[name], 1] += low[1]
    assert phases(after(creeps, rests)) == [(0, 120)]
    [(_, end), (start, last)] = phases(after(walks, creeps))
    assert 55 <= end == start <= 65 and last == 120
