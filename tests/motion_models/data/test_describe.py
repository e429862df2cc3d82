"""Measured descriptions: signs, amounts and counts, on made motion and on captions of real motion."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from motion_agent.motion_models.data.cmu import load_trials
from motion_agent.motion_models.data.describe import describe, locomotion_caption, turn_words
from motion_agent.motion_models.data.measuring import Track, measure, measure_jumps
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.families import family_of
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.skeleton import (
    BONE_LENGTHS,
    REST_DIRECTIONS,
    forward_positions,
    mirror_joints,
)

FloatArray = npt.NDArray[np.float64]


def travel(seconds: float, *, speed: float = 1.0, turn: float = 0.0, gait: float = 0.0) -> FloatArray:
    """A standing figure moved along its heading (gait 180: backward) while turning by `turn` degrees."""
    frames = int(seconds * FPS)
    yaw = np.radians(turn) * np.linspace(0, 1, frames)
    way = yaw + np.radians(gait)
    ground = np.cumsum(np.stack([np.sin(way), np.zeros(frames), np.cos(way)], axis=1) * speed / FPS, axis=0)
    figure = forward_positions(np.array([0.0, 0.93, 0.0]), REST_DIRECTIONS * BONE_LENGTHS[:, None])
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    x, y, z = figure[:, 0], figure[:, 1], figure[:, 2]
    turned = np.stack([cos * x + sin * z, np.broadcast_to(y, (frames, len(y))), cos * z - sin * x], axis=-1)
    return turned + ground[:, None]


def test_a_straight_walk_is_measured_in_metres() -> None:
    motion = measure(travel(3.0))
    assert motion.forward == pytest.approx(3.0, abs=0.15)
    assert abs(motion.turn) < 1
    assert abs(motion.left) < 0.05


@pytest.mark.parametrize("degrees", [-180, -90, -45, 45, 90, 180])
def test_left_turns_are_positive(degrees: float) -> None:
    joints = travel(3.0, turn=degrees)
    assert measure(joints).turn == pytest.approx(degrees, rel=0.1)
    assert measure(mirror_joints(joints)).turn == pytest.approx(-degrees, rel=0.1)
    assert ("left" in turn_words(degrees, np.random.default_rng(0))) or degrees < 0 or degrees == 180


@pytest.mark.parametrize(
    ("gait", "expected"), [(180, "backward"), (90, "sideways to the left"), (-90, "to the right")]
)
def test_direction_of_travel_is_named(gait: float, expected: str) -> None:
    caption = locomotion_caption(measure(travel(3.0, gait=gait)), "walk", np.random.default_rng(0))
    assert caption is not None
    assert expected in caption


def test_captions_mirror_with_the_motion() -> None:
    motion = measure(travel(3.0, turn=90))
    texts = {locomotion_caption(motion.mirrored(), "walk", np.random.default_rng(i)) for i in range(20)}
    assert all(text and "left" not in text for text in texts)


def test_jumps_are_counted() -> None:
    joints = travel(4.0, speed=0.0)
    time = np.arange(len(joints)) / FPS
    joints[..., 1] += np.maximum(0, np.sin(time * 2 * np.pi) * 0.4)[:, None]
    joints[-10:] = joints[0]
    assert measure_jumps(joints).count == 4
    assert any("four times" in caption for caption in describe(joints, "jump"))


def test_nothing_is_said_of_other_actions() -> None:
    assert describe(travel(2.0), "kick") == []


def test_measured_turns_agree_with_captions(data_dir: Path) -> None:
    trials = {trial.id: trial for trial in load_trials(data_dir / "cmu")}
    tracks = {name: Track(trial.joints) for name, trial in trials.items()}
    agreed = []
    for segment in load_captions():
        if segment.trial not in trials or family_of(segment.action) not in ("walk", "run", "turn"):
            continue
        text = " ".join(segment.captions[:3])
        sides = set(re.findall(r"\b(left|right)\b(?! (?:foot|leg|hand|arm|knee|fist))", text))
        trial = trials[segment.trial]
        start, end = (round((t - trial.skipped) * FPS) for t in (segment.start, segment.end))
        if len(sides) != 1 or end - start < 6:
            continue
        turn = tracks[segment.trial].measure(max(start, 0), min(end, len(trial.joints))).turn
        if abs(turn) > 25:
            agreed.append((turn > 0) == (sides == {"left"}))
    assert len(agreed) > 100
    assert np.mean(agreed) > 0.95
