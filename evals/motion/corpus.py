"""Captioned stretches of real motion, cut from a folder of CMU data, and what a folder holds out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...motion_models.data.captions import load_captions
from ...motion_models.data.clips import CaptionedClip
from ...motion_models.data.cmu import load_trials
from ...motion_models.data.humanml3d import MotionTextFolder
from ...motion_models.features import FPS

NOTHING_HELD_OUT = (
    "{} holds out no captioned clip to evaluate on: give a folder whose test.txt or val.txt names clips of a "
    "length that is used, or CMU recordings with held-out trials"
)


@dataclass(frozen=True, eq=False)
class Clip:
    """One captioned stretch of one trial; joints (T, 22, 3) at 20 fps on the target skeleton."""

    trial: str
    split: str
    start: float
    end: float
    action: str
    captions: tuple[str, ...]
    joints: npt.NDArray[np.float32]

    @property
    def words(self) -> str:
        """All captions in lower case, parted by ' | '."""
        return " | ".join(self.captions).lower()


def load_clips(folder: str | Path, min_seconds: float = 0.5) -> list[Clip]:
    """Every captioned segment of the trials in `folder`; raises InvalidMotionError when there are none."""
    trials = {trial.id: trial for trial in load_trials(folder)}
    clips = []
    for segment in load_captions():
        if (trial := trials.get(segment.trial)) is None:
            continue
        first = max(0, round((segment.start - trial.skipped) * FPS))
        joints = trial.joints[first : round((segment.end - trial.skipped) * FPS) + 1]
        if len(joints) >= min_seconds * FPS:
            clips.append(
                Clip(
                    trial.id,
                    trial.split,
                    segment.start,
                    segment.end,
                    segment.action,
                    segment.captions,
                    joints,
                )
            )
    return clips


def split_of(folder: MotionTextFolder, held_out: Sequence[CaptionedClip]) -> str:
    """What tables call the split that the folder's `held_out()` clips are of: "test" or "validation"."""
    tested = set(folder.ids("test"))
    return "test" if any(clip.id.split("#")[0] in tested for clip in held_out) else "validation"
