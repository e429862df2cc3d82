"""Which stretches of recordings are taken, and from where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import walking, write_recordings
from motion_agent.evals.motion.recordings.corpus import EvalClip, load_clips, training_clips
from motion_agent.motion_models.data.cmu import trial_index
from motion_agent.motion_models.english.captions import load_captions

FPS, SPEED = 20, 1.2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Walks of ten seconds: of one trial whose first frame is cut off, and of four more."""
    captions = load_captions()
    known = [name for name in trial_index() if sum(each.trial == name for each in captions) > 1]
    held_out = [name for name in known if trial_index()[name]["split"] == "val"][:2]
    trained = [name for name in known if trial_index()[name]["split"] == "train"][:2]
    trials = {name: walking(10 * FPS, speed=SPEED) for name in ("16_15", *held_out, *trained)}
    return write_recordings(tmp_path_factory.mktemp("cmu"), trials)


def placed(clip: EvalClip) -> float:
    """How many seconds after the start of its recording a clip of a walk begins."""
    return float(clip.joints[0, 0, 2]) / SPEED


def test_every_caption_is_of_its_own_stretch(folder: Path) -> None:
    told = {(each.trial, each.start, each.end): each for each in load_captions()}
    clips = load_clips(folder)
    assert {clip.trial for clip in clips} >= {"16_15"} and len(clips) > 5
    for clip in clips:
        segment = told[clip.trial, clip.start, clip.end]
        assert (clip.action, clip.captions) == (segment.action, segment.captions)
        assert clip.split == trial_index()[clip.trial]["split"]
        start, end = min(clip.start, 10.0), min(clip.end, 10.0)
        assert len(clip.joints) == pytest.approx((end - start) * FPS + 1, abs=3)
        assert clip.features.shape == (clip.frames, 263)
        assert placed(clip) == pytest.approx(start, abs=0.1)


def test_short_stretches_are_left_out(folder: Path) -> None:
    every, longer = load_clips(folder, min_seconds=0.0), load_clips(folder, min_seconds=2.0)
    long_enough = [(clip.trial, clip.start) for clip in every if len(clip.joints) >= 2 * FPS]
    assert [(clip.trial, clip.start) for clip in longer] == long_enough
    assert 0 < len(longer) < len(every)


def test_training_sees_no_held_out_clip(folder: Path) -> None:
    kept = training_clips(folder)
    assert {clip.split for clip in load_clips(folder)} == {"train", "val"}
    assert all(isinstance(clip, EvalClip) and clip.split == "train" for clip in kept)
    assert np.sum([clip.split == "train" for clip in load_clips(folder)]) == len(kept) > 0
