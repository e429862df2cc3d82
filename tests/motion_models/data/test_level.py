"""Which stretches are on the floor, and floors that were found too low."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial, prepare
from motion_agent.motion_models.data.corpus_items import Mixture, collect_items, human_items
from motion_agent.motion_models.data.level import floats, frames_until_floor, lowest_foot, standing_floor
from motion_agent.motion_models.english.captions import CaptionedSegment

UP = np.array([0, 0.1, 0], np.float32)


def test_a_raised_walk_floats_and_a_raised_climb_is_a_climb() -> None:
    assert floats(walking(60) + UP, "walk") and floats(walking(60) + UP, "wave")
    assert not floats(walking(60), "walk")
    assert not floats(walking(60) + 5 * UP, "climb up") and not floats(walking(60) + UP, "sit")


def test_a_jump_may_fly_once_it_has_begun_on_the_floor() -> None:
    jump = walking(60, speed=0.0)
    jump[10:50] += 3 * UP
    assert not floats(jump, "jump") and floats(jump, "walk")
    assert floats(jump[10:], "jump")
    jump[:3] += UP
    assert frames_until_floor(jump, "jump") == 3
    assert frames_until_floor(jump, "climb up") == 0 and frames_until_floor(jump[12:40], "jump") == 0


def test_one_toe_under_the_floor_lifts_no_one_off_it() -> None:
    dipped = walking(200)
    dipped[50:56] -= 1.2 * UP
    trial = prepare("16_31", dipped, "train", "walk")
    assert float(np.median(lowest_foot(trial.joints))) == pytest.approx(0.05, abs=0.02)
    kept = prepare("16_31", dipped, "train", "walk on uneven ground")
    assert float(np.median(lowest_foot(kept.joints))) > 0.08


def test_what_lies_or_hangs_is_not_set_on_the_floor() -> None:
    assert standing_floor(walking(60)) == 0.0
    assert standing_floor(walking(60) + 4 * UP) == 0.0
    assert standing_floor(walking(60) + UP) == pytest.approx(0.1 - 0.02, abs=0.03)
    lying = walking(60)[..., [0, 2, 1]] * np.float32(0.3) + UP
    assert standing_floor(lying) == 0.0


def test_items_begin_on_the_floor_or_are_left_out() -> None:
    joints = walking(160)
    joints[:3] += 2 * UP
    joints[80:] += UP
    trials = {"a": Trial("a", joints, "train", "walk")}
    segments = [
        CaptionedSegment("a", 0.0, 3.5, "walk", ("a person walks forward",)),
        CaptionedSegment("a", 4.2, 8.0, "walk", ("a person walks ahead",)),
    ]
    items = collect_items(segments, trials, Mixture())
    assert [item.captions[0] for item in items["segments"]] == ["a person walks forward"]
    assert items["segments"][0].start == pytest.approx(0.15)
    assert all(item.end < 4.4 for item in items["measured"]) and items["measured"]


def test_people_who_tell_of_climbing_keep_their_heights() -> None:
    trials = {"a": Trial("a", walking(160) + 5 * UP, "train", "playground - climb")}
    segments = [
        CaptionedSegment("a", 0.0, 3.5, "walk", ("a man climbs up a ladder", "somebody walks up")),
        CaptionedSegment("a", 0.0, 3.5, "walk", ("a man walks about",)),
    ]
    assert [item.captions[0] for item in human_items(segments, trials)] == ["a man climbs up a ladder"]
