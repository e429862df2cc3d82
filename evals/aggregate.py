"""Means and confidence intervals, once for all evaluations; metrics themselves return per-sample values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` samples with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int

    def percent(self) -> str:
        return f"{self.mean:.1%} ({self.low:.1%} - {self.high:.1%})" if self.n else "no samples"

    def number(self, digits: int = 1) -> str:
        bounds = f"({self.low:.{digits}f} - {self.high:.{digits}f})"
        return f"{self.mean:.{digits}f} {bounds}" if self.n else "no samples"

    def plus_minus(self, digits: int = 3) -> str:
        """The mean and half the width of the interval, as tables of the field have it."""
        return f"{self.mean:.{digits}f} ± {(self.high - self.low) / 2:.{digits}f}" if self.n else "no samples"

    def to_dict(self) -> dict[str, float | int | None]:
        """For JSON, which knows no nan."""
        return asdict(self) if self.n else {"mean": None, "low": None, "high": None, "n": 0}


def share(successes: Iterable[bool], confidence: float = 0.95) -> Estimate:
    """Share of true values of independent trials, with Wilson's score interval; nan for no trials."""
    values = np.fromiter(successes, dtype=float)
    n = len(values)
    if n == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = float(values.mean())
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half), n)


def bootstrap_mean(
    samples: Sequence[float],
    clusters: Sequence[object] | None = None,
    *,
    weights: Sequence[float] | None = None,
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """(Weighted) mean of samples with a percentile bootstrap interval.

    clusters: what the samples share (a prompt's seeds, windows of one trial); whole clusters are drawn,
    because samples within one are not independent.
    """
    values = np.asarray(samples, dtype=float)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    return bootstrap_sums(
        np.stack([values * weight, weight], axis=1),
        lambda sums: sums[..., 0] / sums[..., 1],
        clusters,
        draws=draws,
        seed=seed,
        confidence=confidence,
    )


def bootstrap_sums(
    rows: npt.NDArray[np.number],
    statistic: Callable[[npt.NDArray[np.floating]], npt.NDArray[np.floating]],
    clusters: Sequence[object] | None = None,
    *,
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """A statistic of the sum of samples' rows (N, K), such as BLEU of counts, drawn like `bootstrap_mean`.

    statistic: sums (..., K) -> values (...,).
    """
    if len(rows) == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    names = range(len(rows)) if clusters is None else clusters
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    totals = np.zeros((len(index), rows.shape[1]))
    np.add.at(totals, [index[name] for name in names], rows)
    drawn = np.random.default_rng(seed).integers(len(index), size=(draws, len(index)))
    values = statistic(np.stack([totals[some].sum(axis=0) for some in drawn]))
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(statistic(totals.sum(axis=0))), float(low), float(high), len(rows))


def by_group(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Items under their key, in order of first appearance."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
