"""A backend that answers with real motion: the captioned clip whose caption is nearest by words.

The suite's ceiling (real motion, matched by words alone) and the baseline any generator should be held
against. Every four frames of every clip have a token of their own, so tokens may be cut and joined. It is
the plug-in "retrieval:FOLDER", FOLDER holding CMU motion capture or data in HumanML3D's layout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor

from ....motion_models.english.interpretation import Interpretation
from ....motion_models.errors import BackendError, InvalidMotionError, InvalidRequestError
from ....motion_models.motion.features import DIM, FRAMES_PER_TOKEN, TOKENS_PER_SECOND, check_features
from .caption_index import CaptionIndex
from .corpus import training_clips

LONGEST_SECONDS = 120.0


class RecordedClip(Protocol):
    """Real motion that may be answered with."""

    @property
    def captions(self) -> tuple[str, ...]: ...

    @property
    def action(self) -> str: ...

    @property
    def frames(self) -> int:
        """T, without reading the features."""
        ...

    @property
    def features(self) -> npt.NDArray[np.float32]:
        """(T, 263)."""
        ...


class RetrievalBackend:
    """MotionBackend over real clips."""

    def __init__(self, clips: Sequence[RecordedClip]) -> None:
        if not clips:
            raise InvalidRequestError("retrieval needs at least one clip")
        self._clips = list(clips)
        self._captions = CaptionIndex([clip.captions for clip in clips])
        lengths = [max(1, clip.frames // FRAMES_PER_TOKEN) for clip in clips]
        #: Clip i has the tokens from _first[i] up to _first[i + 1].
        self._first = np.concatenate([[0], np.cumsum(lengths)])

    @property
    def name(self) -> str:
        return f"retrieval of {len(self._clips)} real clips"

    @property
    def codebook_size(self) -> int:
        """How many motion tokens there are: one for every four frames of every clip."""
        return int(self._first[-1])

    @property
    def repertoire(self) -> list[str]:
        return [action for action, _ in Counter(clip.action for clip in self._clips).most_common()]

    def interpret(self, description: str) -> Interpretation:
        clip = self._clips[self.ranked(description)[0]]
        return Interpretation(text=description, action=clip.action)

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        prefixes: Sequence[LongTensor | None] | None = None,
    ) -> list[LongTensor]:
        """The nearest clip, whole, or cut to `seconds`; one that is too short starts again. No seed counts.

        A prefix that is the clip's own is gone on from.
        """
        lengths = list(seconds) if isinstance(seconds, Sequence) else [seconds] * len(captions)
        before = [None] * len(captions) if prefixes is None else list(prefixes)
        return [
            self._tokens(self.ranked(text)[0], length, prefix)
            for text, length, prefix in zip(captions, lengths, before, strict=True)
        ]

    def caption(self, motions: Sequence[LongTensor]) -> list[str]:
        """The caption of the clip that most tokens come from."""
        return [self._clips[int(np.bincount(self._clip_of(t)).argmax())].captions[0] for t in motions]

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """The clip's own tokens for one that is held, else for every four frames the nearest token."""
        rows = check_features(features)
        for index, clip in enumerate(self._clips):
            if clip.frames == len(rows) and np.allclose(clip.features, rows, atol=1e-4):
                return self._tokens(index)
        if len(rows) < FRAMES_PER_TOKEN:
            raise InvalidMotionError(f"a motion needs at least {FRAMES_PER_TOKEN} frames to fill a token")
        known, scale = self._bank
        asked = rows[: len(rows) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN] / scale
        return torch.cdist(torch.from_numpy(asked).reshape(-1, known.shape[1]), known).argmin(dim=1)  # type: ignore[return-value]

    @cached_property
    def _bank(self) -> tuple[torch.Tensor, npt.NDArray[np.float32]]:
        """The frames of every token in a row (N, 4 x 263), and the spread (263,) they are divided by."""
        frames = self.decode(torch.arange(int(self._first[-1])))  # type: ignore[arg-type]
        scale = frames.std(axis=0) + 1e-3
        return torch.from_numpy(frames / scale).reshape(-1, FRAMES_PER_TOKEN * DIM), scale

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        """Each token's own four frames; a clip of less than four repeats its last."""
        ids, clips = np.asarray(tokens), self._clip_of(tokens)
        made = np.empty((len(ids), FRAMES_PER_TOKEN, DIM), dtype=np.float32)
        for clip in np.unique(clips):
            own = clips == clip
            rows = self._clips[clip].features
            frames = (ids[own] - self._first[clip])[:, None] * FRAMES_PER_TOKEN + np.arange(FRAMES_PER_TOKEN)
            made[own] = rows[np.minimum(frames, len(rows) - 1)]
        return made.reshape(-1, DIM)

    def _tokens(
        self, index: int, seconds: float | None = None, prefix: LongTensor | None = None
    ) -> LongTensor:
        first, end = int(self._first[index]), int(self._first[index + 1])
        if seconds is None:
            return torch.arange(first, end)  # type: ignore[return-value]
        if not 0 < seconds <= LONGEST_SECONDS:
            raise InvalidRequestError(f"seconds must be more than 0 and at most {LONGEST_SECONDS:g}")
        last = first - 1 if prefix is None or not len(prefix) else int(prefix[-1])
        start = last + 1 - first if first <= last < end else 0
        count = max(1, round(seconds * TOKENS_PER_SECOND))
        return first + (start + torch.arange(count)) % (end - first)  # type: ignore[return-value]

    def _clip_of(self, tokens: LongTensor) -> npt.NDArray[np.int64]:
        """Which clip each token (N,) belongs to. Raises InvalidRequestError for ids that no clip has."""
        ids = np.asarray(tokens)
        if ids.ndim != 1 or not len(ids) or ids.min() < 0 or ids.max() >= self._first[-1]:
            raise InvalidRequestError(f"retrieval has the motion tokens 0 to {self._first[-1] - 1}")
        return np.searchsorted(self._first, ids, side="right") - 1

    def ranked(self, text: str) -> list[int]:
        """Clip indices, best match first; ties keep the order of the data."""
        return self._captions.ranked(text)


def load(argument: str | None, *, device: str | None = None) -> RetrievalBackend:
    """The plug-in: retrieval among the training clips of the folder `argument`, on the CPU always."""
    if argument is None or not Path(argument).is_dir():
        missing = f"there is no folder {argument}" if argument else "no folder was named"
        raise BackendError(
            f'retrieval needs real motion, and {missing}: give "retrieval:FOLDER" with CMU motion capture or '
            "with what motion-agent data prepare makes"
        )
    return RetrievalBackend(training_clips(argument))
