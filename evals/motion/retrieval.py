"""A backend that answers with real motion: the captioned clip whose caption is nearest by words.

The suite's ceiling (real motion, matched by words alone) and the baseline any generator should be held
against. Every four frames of every clip have a token of their own, so tokens may be cut and joined. It is
the plug-in "retrieval:FOLDER", FOLDER holding CMU motion capture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor

from ...motion_models.backend import Interpretation
from ...motion_models.errors import BackendError, InvalidRequestError
from ...motion_models.features import DIM, FRAMES_PER_TOKEN, from_joints
from .caption_index import CaptionIndex
from .corpus import Clip, load_clips


class RetrievalBackend:
    """MotionBackend over real clips; `seed` picks among the `nearest` best matching clips."""

    def __init__(self, clips: Sequence[Clip], nearest: int = 1) -> None:
        if not clips:
            raise InvalidRequestError("retrieval needs at least one clip")
        self._clips = list(clips)
        self._nearest = nearest
        self._captions = CaptionIndex([clip.captions for clip in clips])
        lengths = [max(1, (len(clip.joints) - 1) // FRAMES_PER_TOKEN) for clip in clips]
        #: Clip i has the tokens from _first[i] up to _first[i + 1].
        self._first = np.concatenate([[0], np.cumsum(lengths)])

    @property
    def name(self) -> str:
        return f"retrieval of {len(self._clips)} real clips"

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
        """The nearest clip's own length is kept, whatever `seconds` asks for."""
        seeds = [seed] * len(captions) if seed is None or isinstance(seed, int) else list(seed)
        return [
            self._tokens(self.ranked(text)[(s or 0) % self._nearest])
            for text, s in zip(captions, seeds, strict=True)
        ]

    def caption(self, motions: Sequence[LongTensor]) -> list[str]:
        """The caption of the clip that most tokens come from."""
        return [self._clips[int(np.bincount(self._clip_of(t)).argmax())].captions[0] for t in motions]

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """Only clips this backend holds have tokens."""
        for index, clip in enumerate(self._clips):
            if len(clip.joints) - 1 == len(features) and np.allclose(
                from_joints(clip.joints), features, atol=1e-4
            ):
                return self._tokens(index)
        raise InvalidRequestError("retrieval can only encode the clips it holds")

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        """Each token's own four frames; a clip of less than four repeats its last."""
        ids, clips = np.asarray(tokens), self._clip_of(tokens)
        made = np.empty((len(ids), FRAMES_PER_TOKEN, DIM), dtype=np.float32)
        for clip in np.unique(clips):
            own = clips == clip
            rows = from_joints(self._clips[clip].joints)
            frames = (ids[own] - self._first[clip])[:, None] * FRAMES_PER_TOKEN + np.arange(FRAMES_PER_TOKEN)
            made[own] = rows[np.minimum(frames, len(rows) - 1)]
        return made.reshape(-1, DIM)

    def _tokens(self, index: int) -> LongTensor:
        return torch.arange(self._first[index], self._first[index + 1])  # type: ignore[return-value]

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
    """The plug-in: retrieval among the training clips of the CMU folder `argument`, on the CPU always."""
    if argument is None:
        raise BackendError('retrieval needs real motion: give "retrieval:FOLDER" with CMU motion capture')
    return RetrievalBackend([clip for clip in load_clips(argument) if clip.split == "train"])
