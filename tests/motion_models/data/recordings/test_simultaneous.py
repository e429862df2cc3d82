"""Two actions at once, made of two recordings, with the words of both."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.dataset import MotionTextDataset
from motion_agent.motion_models.data.recordings.simultaneous import simultaneous
from motion_agent.motion_models.english.captions import CaptionedSegment
from motion_agent.motion_models.motion.skeleton import JOINT


@pytest.fixture
def trials() -> list[Trial]:
    raised = walking(80, speed=0.0)
    raised[:, JOINT["left_wrist"]] = raised[:, JOINT["left_elbow"]] + [0, 0.26, 0]
    return [
        Trial("walks", walking(100), "train"),
        Trial("waves", raised.astype(np.float32), "train"),
        Trial("held out", walking(100), "val"),
    ]


SEGMENTS = [
    CaptionedSegment("walks", 0.0, 4.0, "walk", ("a person walks forward", "somebody walks ahead")),
    CaptionedSegment("waves", 0.0, 3.0, "wave", ("a person waves the left hand", "a man waves")),
    CaptionedSegment("waves", 0.0, 3.0, "wave", ("a person waves and then bows", "a man waves")),
    CaptionedSegment("held out", 0.0, 4.0, "walk", ("a person strolls along", "somebody walks")),
]


def test_a_walk_waves_and_says_so(trials: list[Trial]) -> None:
    made, segments = simultaneous(trials, SEGMENTS, 3)
    assert [trial.id for trial in made] == [f"walks+waves+{n}" for n in range(3)]
    trial, segment = made[0], segments[0]
    assert segment.captions == (
        "a person walks forward while waving the left hand", "somebody walks ahead while waving",
    )  # fmt: skip
    assert (segment.trial, segment.start, segment.end) == (trial.id, 0.0, 3.0)
    assert len(trial.joints) == 60
    assert trial.joints[-1, 0, 2] - trial.joints[0, 0, 2] == pytest.approx(1.2 * 59 / 20, rel=0.01)
    assert (trial.joints[:, JOINT["left_wrist"], 1] > trial.joints[:, JOINT["left_elbow"], 1] + 0.2).all()


def test_they_train_like_recordings(trials: list[Trial]) -> None:
    class Tokenizer:
        def encode(self, features):
            import torch

            return torch.arange(len(features) // 4) % 8

    made, segments = simultaneous(trials, SEGMENTS, 2)
    data = MotionTextDataset.build(made, Tokenizer(), segments=segments, progress=False, augmented=False)  # type: ignore[arg-type]
    assert "while waving" in data[0][0]


def test_nothing_to_make_them_of_makes_none(trials: list[Trial]) -> None:
    assert simultaneous(trials[:1], SEGMENTS, 3) == ([], [])
