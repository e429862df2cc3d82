"""Gestures drawn onto somebody who stands, measured on the joints."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.recordings.gestures import GESTURES, drawn_gestures
from motion_agent.motion_models.data.recordings.simultaneous import simultaneous
from motion_agent.motion_models.english.captions import CaptionedSegment
from motion_agent.motion_models.english.families import families_in, family_of
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, JOINT, bone_vectors

STAND = CaptionedSegment("stands", 0.0, 4.0, "stand", ("a person stands still",))


@pytest.fixture
def standing() -> Trial:
    return Trial("stands", np.repeat(walking(1), 100, 0), "train")


@pytest.fixture
def drawn(standing: Trial) -> dict[str, np.ndarray]:
    """The first gesture of every caption, by caption."""
    trials, segments = drawn_gestures([standing], [STAND], 2 * len(GESTURES))
    return {s.captions[0]: t.joints for t, s in reversed(list(zip(trials, segments, strict=True)))}


def reversals(values: np.ndarray, least: float) -> int:
    """How often a signal turns back by more than `least`."""
    count, way, extreme = 0, 0, values[0]
    for value in values:
        if way >= 0 and value < extreme - least:
            count, way, extreme = count + 1, -1, value
        elif way <= 0 and value > extreme + least:
            count, way, extreme = count + 1, 1, value
        extreme = max(extreme, value) if way >= 0 else min(extreme, value)
    return count


def test_a_wave_is_above_the_shoulder_and_goes_from_side_to_side(drawn: dict[str, np.ndarray]) -> None:
    for words in ("a person waves with the right hand", "a person waves"):
        joints = drawn[words]
        wrist, shoulder = joints[:, JOINT["right_wrist"]], joints[:, JOINT["right_shoulder"]]
        raised = wrist[:, 1] > shoulder[:, 1]
        assert raised.mean() > 0.3 and not raised[:3].any() and not raised[-3:].any()
        assert reversals(wrist[raised][:, 0], 0.05) >= 3
        left = joints[:, JOINT["left_wrist"]]
        assert np.ptp(left, axis=0).max() < 0.02


def test_hands_meet_again_and_again_in_a_clap(drawn: dict[str, np.ndarray]) -> None:
    joints = drawn["a person claps"]
    apart = np.linalg.norm(joints[:, JOINT["left_wrist"]] - joints[:, JOINT["right_wrist"]], axis=-1)
    assert apart.min() < 0.15 and reversals(apart, 0.08) >= 4


def test_points_nods_shrugs_and_bows_are_what_they_say(drawn: dict[str, np.ndarray]) -> None:
    ahead = drawn["a person points forward"]
    assert (ahead[:, JOINT["right_wrist"], 2] - ahead[:, JOINT["right_shoulder"], 2]).max() > 0.4
    aside = drawn["a person points to the right"]
    assert (aside[:, JOINT["right_wrist"], 0] - aside[:, JOINT["right_shoulder"], 0]).min() < -0.4
    head = drawn["a person nods"][:, JOINT["head"], 2]
    assert reversals(head, 0.02) >= 3
    shoulders = drawn["a person shrugs"][:, JOINT["right_shoulder"], 1]
    assert np.ptp(shoulders) > 0.04
    bow = drawn["a person bows"][:, JOINT["head"], 1]
    assert bow.min() < bow[0] - 0.1 and abs(bow[-1] - bow[0]) < 0.03


def test_bones_and_legs_stay_the_bodys(drawn: dict[str, np.ndarray]) -> None:
    for joints in drawn.values():
        lengths = np.linalg.norm(bone_vectors(joints), axis=-1)[:, 1:]
        assert np.abs(lengths - BONE_LENGTHS[1:]).max() < 1e-3
        assert np.ptp(joints[:, [JOINT["left_foot"], JOINT["right_knee"]]], axis=0).max() < 1e-5


def test_they_are_told_as_a_known_family_and_drawn_again_the_same(standing: Trial) -> None:
    trials, segments = drawn_gestures([standing], [STAND], 11)
    again, _ = drawn_gestures([standing], [STAND], 11)
    assert all(np.array_equal(a.joints, b.joints) for a, b in zip(trials, again, strict=True))
    assert all(family_of(s.action) in families_in(s.captions[0]) for s in segments)


def test_nobody_who_stands_with_hanging_arms_no_gesture(standing: Trial) -> None:
    folded = standing.joints.copy()
    folded[:, JOINT["left_wrist"], 1] += 0.4
    assert drawn_gestures([Trial("stands", folded, "train")], [STAND], 5) == ([], [])
    assert drawn_gestures([Trial("stands", standing.joints, "val")], [STAND], 5) == ([], [])


def test_walkers_take_them_over(standing: Trial) -> None:
    trials, segments = drawn_gestures([standing], [STAND], 2)
    walk = CaptionedSegment("walks", 0.0, 6.0, "walk", ("a person walks forward",))
    made, told = simultaneous([*trials, Trial("walks", walking(120), "train")], [walk, *segments], 6)
    assert {"a person walks forward while clapping"} < {s.captions[0] for s in told}
    assert made[0].joints[-1, 0, 2] > 2
