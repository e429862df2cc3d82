"""Captioned stretches of real motion: of CMU data, or of a folder in HumanML3D's layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ....motion_models.data.clips import CaptionedClip
from ....motion_models.data.cmu import load_trials
from ....motion_models.data.humanml3d import VECTORS, MotionTextFolder, open_motion_text
from ....motion_models.english.captions import load_captions
from ....motion_models.english.families import actions_named
from ....motion_models.errors import InvalidRequestError
from ....motion_models.motion.features import DIM, FPS, from_joints

NOTHING_HELD_OUT = (
    "{} holds out no captioned clip to evaluate on: give a folder whose test.txt or val.txt names clips of a "
    "length that is used, or CMU recordings with held-out trials"
)


@dataclass(frozen=True, eq=False)
class EvalClip:
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

    @property
    def frames(self) -> int:
        """Of the features."""
        return len(self.joints) - 1

    @property
    def features(self) -> npt.NDArray[np.float32]:
        """(T - 1, 263), made anew each time."""
        return from_joints(self.joints)


class StoredClip:
    """A clip of a folder in HumanML3D's layout; its features stay in their file until they are asked for."""

    def __init__(self, clip: CaptionedClip) -> None:
        self._clip = clip
        self.captions = tuple(caption.text for caption in clip.captions)
        #: The first action that a caption names, or what the first caption says.
        self.action = next((name for text in self.captions for name in actions_named(text)), self.captions[0])
        self.frames = clip.frames

    @property
    def features(self) -> npt.NDArray[np.float32]:
        return self._clip.features


def load_clips(folder: str | Path, min_seconds: float = 0.5) -> list[EvalClip]:
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
                EvalClip(
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


def training_clips(folder: str | Path) -> Sequence[EvalClip | StoredClip]:
    """What training may see of a folder of CMU data, or of one in HumanML3D's layout.

    Raises MotionAgentError where there is nothing to read, and for KIT-ML's skeleton.
    """
    if not (Path(folder) / VECTORS).is_dir():
        return [clip for clip in load_clips(folder) if clip.split == "train"]
    opened = open_motion_text(folder, statistics="any")
    if opened.representation.dim != DIM:
        raise InvalidRequestError(f"{folder} holds {opened.representation.name}, not HumanML3D's skeleton")
    return [StoredClip(clip) for clip in opened.load("train")]


def split_of(folder: MotionTextFolder, held_out: Sequence[CaptionedClip]) -> str:
    """What tables call the split that the folder's `held_out()` clips are of: "test" or "validation"."""
    tested = set(folder.ids("test"))
    return "test" if any(clip.id.split("#")[0] in tested for clip in held_out) else "validation"
