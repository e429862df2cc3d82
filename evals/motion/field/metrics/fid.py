"""Frechet distance of two sets of embeddings: |mu1 - mu2|^2 + Tr(S1 + S2 - 2 sqrt(S1 S2))."""

from __future__ import annotations

import numpy as np

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidRequestError


def frechet_distance(real: FloatArray, made: FloatArray) -> float:
    """Of the Gaussians fitted to real (N, D) and made (M, D).

    Raises InvalidRequestError where a set has no more samples than dimensions: its covariance is singular
    and the distance then measures the number of samples.
    """
    if min(len(real), len(made)) <= real.shape[1]:
        raise InvalidRequestError(
            f"FID in {real.shape[1]} dimensions needs more samples than that, got {len(real)} and {len(made)}"
        )
    a, b = np.asarray(real, np.float64), np.asarray(made, np.float64)
    s, t = np.atleast_2d(np.cov(a, rowvar=False)), np.atleast_2d(np.cov(b, rowvar=False))
    gap = a.mean(axis=0) - b.mean(axis=0)
    root = _square_root(s)
    # sqrt(S1 S2) has the trace of sqrt(sqrt(S1) S2 sqrt(S1)), which is symmetric and so never complex.
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ t @ root), 0.0, None)).sum()
    return max(0.0, float(gap @ gap + np.trace(s) + np.trace(t) - 2.0 * cross))


def _square_root(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
