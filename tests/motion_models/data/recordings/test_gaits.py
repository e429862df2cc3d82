"""Walks from standing to standing, made of a start, steps and a stop."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.measuring import measure
from motion_agent.motion_models.data.recordings.gaits import from_rest_to_rest
from motion_agent.motion_models.data.recordings.splicing import Cut, best_cut, spliced
from motion_agent.motion_models.english.captions import CaptionedSegment
from motion_agent.motion_models.motion.continuity import jerk
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, bone_vectors

Material = tuple[list[Trial], list[CaptionedSegment]]


def turned(joints: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    x, z = joints[..., 0], joints[..., 2]
    moved = joints.copy()
    moved[..., 0], moved[..., 2] = (
        np.cos(angle) * x + np.sin(angle) * z,
        np.cos(angle) * z - np.sin(angle) * x,
    )
    return moved + np.array([3.0, 0.0, -2.0])


def with_rest(joints: np.ndarray, *, before: int = 0, after: int = 0) -> np.ndarray:
    return np.concatenate(
        [np.repeat(joints[:1], before, 0), joints, np.repeat(joints[-1:], after, 0)]
    ).astype(np.float32)


def test_two_parts_of_one_walk_meet_again() -> None:
    walk = walking(120).astype(float)
    first, second = walk[:70], turned(walk[40:], 75)
    cut = best_cut(first, second, range(40, 62), range(0, 30))
    assert cut is not None and cut.enter == cut.leave - 40 and cut.cost < 1e-6
    assert np.abs(spliced(first, second, cut) - walk).max() < 1e-6


def test_a_fade_keeps_bones_and_jumps_nowhere() -> None:
    slow, fast = walking(80, speed=1.0).astype(float), turned(walking(80, speed=1.4).astype(float), 30)
    cut = best_cut(slow, fast, range(40, 70), range(0, 40))
    assert cut is not None
    joined = spliced(slow, fast, cut)
    lengths = np.linalg.norm(bone_vectors(joined), axis=-1)[:, 1:]
    assert np.abs(lengths - BONE_LENGTHS[1:]).max() < 1e-3
    assert jerk(joined).max() < 3 * jerk(slow).max()
    assert abs(measure(joined).turn) < 5


def test_there_is_no_cut_without_room_to_fade() -> None:
    walk = walking(40).astype(float)
    assert best_cut(walk[:6], walk, range(0, 6), range(0, 6)) is None
    assert best_cut(walk, walk, range(5, 5), range(0, 6)) is None
    assert len(spliced(walk, walk, Cut(20, 10, 0.0))) == 20 + 30


@pytest.fixture
def material() -> Material:
    walk = walking(60)
    trials = [
        Trial("starts", with_rest(walk, before=20), "train"),
        Trial("goes", walk, "train"),
        Trial("stops", with_rest(walk, after=20), "train"),
        Trial("held out", with_rest(walk, before=20, after=20), "val"),
    ]
    spans = {"starts": (1.0, 4.0), "goes": (0.0, 3.0), "stops": (0.0, 3.0), "held out": (1.0, 4.0)}
    return trials, [
        CaptionedSegment(name, *span, "walk", ("a person walks",)) for name, span in spans.items()
    ]


def test_walks_begin_and_end_standing_and_last_some_seconds(material: Material) -> None:
    trials, segments = material
    made, told = from_rest_to_rest(trials, segments, 20)
    walks = [trial for trial, segment in zip(made, told, strict=True) if segment.action == "walk"]
    assert len(walks) == 12
    for trial in walks:
        found = measure(trial.joints)
        assert found.still_start >= 0.15 and found.still_end >= 0.15
        assert 2.4 <= found.seconds <= 7.5 and found.forward > 1.0
        assert trial.split == "train" and trial.joints[..., 1].min() > -0.05
    assert all(segment.captions[:2] == ("a person walks forward", "a person walks") for segment in told[:12])
    assert all((s.start, s.end) == (0.0, len(t.joints) / 20) for t, s in zip(made, told, strict=True))


def test_backward_is_forward_played_backward(material: Material) -> None:
    trials, segments = material
    made, told = from_rest_to_rest(trials, segments, 20)
    back = [t for t, s in zip(made, told, strict=True) if s.action == "walk backward"]
    assert back and all(measure(trial.joints).backward > 0.8 for trial in back)
    assert all(measure(trial.joints).forward < -1 for trial in back)


def test_they_are_the_same_every_time_and_none_without_a_start(material: Material) -> None:
    trials, segments = material
    again = [from_rest_to_rest(trials, segments, 5)[0] for _ in range(2)]
    assert all(np.array_equal(a.joints, b.joints) for a, b in zip(*again, strict=True))
    assert from_rest_to_rest(trials[1:], segments, 5) == ([], [])
