"""A backend that answers with real motion: the captioned clip whose caption is nearest by words.

The suite's ceiling (real motion, matched by words alone) and the baseline any generator should be held
against. Tokens are indices: [clip, 0, 1, ...] stands for that clip's frames, four a token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor

from ...motion_models.backend import Interpretation
from ...motion_models.errors import InvalidRequestError
from ...motion_models.features import from_joints
from .corpus import Clip

_ENDINGS = re.compile(r"(?<=[a-z]{3})(ing|es|ed|s|e)$")
#: Words that say nothing about the movement.
_EMPTY = frozenset(
    re.findall(
        r"\w+", "a an the person someone somebody man woman figure dancer and then to of on in with their"
    )
)


class RetrievalBackend:
    """MotionBackend over real clips; `seed` picks among the `nearest` best matching clips."""

    def __init__(self, clips: Sequence[Clip], nearest: int = 1) -> None:
        if not clips:
            raise InvalidRequestError("retrieval needs at least one clip")
        self._clips = list(clips)
        self._nearest = nearest
        texts = [(index, stems(text)) for index, clip in enumerate(clips) for text in clip.captions]
        self._owner = np.array([index for index, _ in texts])
        self._words = _inverse_frequencies([words for _, words in texts])
        self._matrix = np.stack([self._vector(words) for _, words in texts])

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
        return [self._clips[int(tokens[0])].captions[0] for tokens in motions]

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """Only clips this backend holds have tokens."""
        for index, clip in enumerate(self._clips):
            if len(clip.joints) - 1 == len(features) and np.allclose(
                from_joints(clip.joints), features, atol=1e-4
            ):
                return self._tokens(index)
        raise InvalidRequestError("retrieval can only encode the clips it holds")

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        return from_joints(self._clips[int(tokens[0])].joints)[: 4 * len(tokens)]

    def _tokens(self, index: int) -> LongTensor:
        length = max(1, (len(self._clips[index].joints) - 1) // 4)
        return torch.cat([torch.tensor([index]), torch.arange(length - 1)])  # type: ignore[return-value]

    def ranked(self, text: str) -> list[int]:
        """Clip indices, best match first; ties keep the order of the data."""
        scores = self._matrix @ self._vector(stems(text))
        return list(dict.fromkeys(self._owner[np.argsort(-scores, kind="stable")].tolist()))

    def _vector(self, words: Sequence[str]) -> npt.NDArray[np.float32]:
        vector = np.zeros(len(self._words), dtype=np.float32)
        for word in words:
            if word in self._words:
                column, weight = self._words[word]
                vector[column] += weight
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def stems(text: str) -> list[str]:
    """Words without empty ones and common endings."""
    return [_ENDINGS.sub("", word) for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _EMPTY]


def _inverse_frequencies(texts: Sequence[Sequence[str]]) -> dict[str, tuple[int, float]]:
    """Word -> (column, log inverse document frequency)."""
    counts = Counter(word for words in texts for word in set(words))
    return {
        word: (column, log(len(texts) / count) + 1) for column, (word, count) in enumerate(counts.items())
    }
