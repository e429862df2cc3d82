"""Diversity of all motions, and MultiModality: diversity of the motions made for one text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidRequestError

#: What HumanML3D's Diversity is taken over.
PAIRS = 300


def diversity(embeddings: FloatArray, rng: np.random.Generator, pairs: int = PAIRS) -> FloatArray:
    """Distances (P,) of P random pairs of (N, D), P = min(pairs, N // 2).

    Pairs are disjoint. Published code draws both sides on their own, so that a motion may meet itself: its
    expected value is (N - 1) / N of this one's.
    """
    if len(embeddings) < 2:
        raise InvalidRequestError(f"diversity needs at least 2 motions, got {len(embeddings)}")
    order = rng.permutation(len(embeddings))
    count = min(pairs, len(order) // 2)
    return _distances(embeddings, order[:count], order[count : 2 * count])


def multimodality(embeddings: FloatArray, rng: np.random.Generator, pairs: int = 10) -> FloatArray:
    """Mean distance (T,) of random pairs for each text: embeddings (T, S, D) of S samples a text.

    HumanML3D: 100 texts, 30 samples, 10 pairs, and a sample may meet itself (29 / 30 of this value).
    """
    if embeddings.ndim != 3 or embeddings.shape[1] < 2:
        raise InvalidRequestError(f"MultiModality needs (texts, samples >= 2, D), got {embeddings.shape}")
    return np.array([diversity(samples, rng, pairs).mean() for samples in embeddings])


def _distances(x: FloatArray, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> FloatArray:
    return np.linalg.norm(np.asarray(x[first], np.float64) - np.asarray(x[second], np.float64), axis=1)
