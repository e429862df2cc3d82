"""R-precision and MM-Dist: how near a motion lies to its own text in the evaluator's space."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidRequestError

#: A text is looked for among its own motion and 31 others.
BATCH = 32


def r_precision(texts: FloatArray, motions: FloatArray) -> FloatArray:
    """Texts (N, D) and their motions (N, D) -> (M, 3), M = N less the last incomplete batch.

    Value [i, k] is 1 where text i's own motion is among the k + 1 nearest motions of its batch. Equal
    distances count against the motion, so that embeddings which collapse score nothing. Shuffle before.
    Raises InvalidRequestError when there is no full batch.
    """
    usable = len(texts) - len(texts) % BATCH
    if len(texts) != len(motions) or not usable:
        raise InvalidRequestError(
            f"R-precision needs at least {BATCH} pairs of text and motion, got {len(texts)}, {len(motions)}"
        )
    hits = []
    for start in range(0, usable, BATCH):
        distances = cdist(texts[start : start + BATCH], motions[start : start + BATCH])
        ranks = (distances <= np.diag(distances)[:, None]).sum(axis=1) - 1
        hits.append(ranks[:, None] <= np.arange(3))
    return np.concatenate(hits).astype(np.float64)


def matching_distances(texts: FloatArray, motions: FloatArray) -> FloatArray:
    """Euclidean distances (N,) of texts (N, D) and their motions (N, D); their mean is MM-Dist."""
    return np.linalg.norm(np.asarray(texts, np.float64) - np.asarray(motions, np.float64), axis=1)
