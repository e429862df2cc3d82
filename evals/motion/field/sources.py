"""Where motions to be evaluated come from: recordings, their reconstruction, a backend, retrieval.

Each answers captions with points in the evaluator's space. A motion that could not be made is a row of NaN:
it is a failure of its source and is never replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ....motion_models.arrays import Float32Array
from ....motion_models.backends.protocol import MotionBackend, decode_all
from ...batching import together_or_alone
from ..recordings.caption_index import CaptionIndex

if TYPE_CHECKING:
    from torch import LongTensor

    from .evaluator.reference import ReferenceSet, SupportsEmbedding


#: Motions generated at once.
BATCH = 32


class Source(Protocol):
    """Answers (N) captions of the clips with these places in the set -> (N, E)."""

    @property
    def name(self) -> str: ...

    #: Whether another seed gives another motion.
    varies: bool

    def embed(self, captions: Sequence[str], places: Sequence[int], seed: int) -> Float32Array: ...


class Stored:
    """Embeddings at hand, one a clip: of the real motion or of its reconstruction."""

    varies = False

    def __init__(self, name: str, embeddings: Float32Array) -> None:
        self.name, self._embeddings = name, embeddings

    def embed(self, captions: Sequence[str], places: Sequence[int], seed: int) -> Float32Array:
        return self._embeddings[list(places)]


class Retrieved:
    """The embedding of the library's clip whose caption is nearest by words."""

    varies = False

    def __init__(self, reference: ReferenceSet) -> None:
        self.name = "retrieval, nearest caption"
        self._index = CaptionIndex(reference.library_captions)
        self._embeddings = reference.library

    def embed(self, captions: Sequence[str], places: Sequence[int], seed: int) -> Float32Array:
        return self._embeddings[[self._index.nearest(text) for text in captions]]


class Generated:
    """Motions a backend makes of the captions, at the length it chooses."""

    varies = True

    def __init__(self, backend: MotionBackend, evaluator: SupportsEmbedding) -> None:
        self.name, self._backend, self._evaluator = backend.name, backend, evaluator

    def embed(self, captions: Sequence[str], places: Sequence[int], seed: int) -> Float32Array:
        made = generate_all(self._backend, captions, seed)
        found = np.array([motion is not None for motion in made])
        embedded = self._evaluator.embed_motions([motion for motion in made if motion is not None])
        rows = np.full((len(made), embedded.shape[1]), np.nan, dtype=np.float32)
        rows[found] = embedded
        return rows


def generate_all(backend: MotionBackend, captions: Sequence[str], seed: int) -> list[Float32Array | None]:
    """Features (T, D) of a motion for each caption; None where the backend fails or makes no token."""
    # Seeds of their own, or equal captions would get equal motions.
    jobs = [(text, (seed * 1_000_003 + row) % 2**31) for row, text in enumerate(captions)]
    batches = [jobs[start : start + BATCH] for start in range(0, len(jobs), BATCH)]
    made: list[Float32Array | None] = []
    for batch in batches:
        tokens = together_or_alone(batch, partial(_generate, backend), lambda _job, _error: None)
        real = [row for row, codes in enumerate(tokens) if codes is not None and len(codes)]
        decoded = decode_all(backend, [codes for codes in tokens if codes is not None and len(codes)])
        features = dict(zip(real, decoded, strict=True))
        made += [features.get(row) for row in range(len(tokens))]
    return made


def _generate(backend: MotionBackend, jobs: Sequence[tuple[str, int]]) -> list[LongTensor | None]:
    texts = [backend.interpret(text).text for text, _ in jobs]
    return list(backend.generate(texts, seed=[seed for _, seed in jobs]))
