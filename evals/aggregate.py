"""Means and confidence intervals, once for all evaluations; metrics themselves return per-sample values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")

#: Of every interval, and how often a bootstrap draws.
CONFIDENCE, DRAWS = 0.95, 2000


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` samples with the bounds of its 95 % interval, nan where there can be none."""

    mean: float
    low: float
    high: float
    n: int

    def percent(self) -> str:
        return self._written(f"{self.mean:.1%}", f" ({self.low:.1%} - {self.high:.1%})")

    def number(self, digits: int = 1) -> str:
        return self._written(f"{self.mean:.{digits}f}", f" ({self.low:.{digits}f} - {self.high:.{digits}f})")

    def plus_minus(self, digits: int = 3) -> str:
        """The mean and half the width of the interval, as tables of the field have it."""
        return self._written(f"{self.mean:.{digits}f}", f" ± {(self.high - self.low) / 2:.{digits}f}")

    def _written(self, mean: str, interval: str) -> str:
        if not self.n:
            return "no samples"
        return mean if isnan(self.low) else mean + interval

    def to_dict(self) -> dict[str, float | int | None]:
        """For JSON, which knows no nan."""
        return {name: None if isnan(value) else value for name, value in asdict(self).items()}


def proportion(successes: Iterable[bool]) -> Estimate:
    """Share of true values of independent trials, with Wilson's score interval; nan for no trials."""
    values = np.fromiter(successes, dtype=float)
    n = len(values)
    if n == 0:
        return Estimate(nan, nan, nan, 0)
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    p = float(values.mean())
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half), n)


def over_repetitions(values: Sequence[float]) -> Estimate:
    """Mean of one value a repetition with the field's interval, 1.96 std / sqrt(n), std of the population.

    It tells how far sampling moves the value, not how far other clips would. One repetition has no interval.
    """
    if not len(values):
        return Estimate(nan, nan, nan, 0)
    mean = float(np.mean(values))
    half = 1.96 * float(np.std(values)) / len(values) ** 0.5 if len(values) > 1 else nan
    return Estimate(mean, mean - half, mean + half, len(values))


def bootstrap_mean(
    samples: Sequence[float],
    clusters: Sequence[object] | None = None,
    *,
    weights: Sequence[float] | None = None,
) -> Estimate:
    """(Weighted) mean of samples with a percentile bootstrap interval.

    clusters: what the samples share (a prompt's seeds, windows of one trial); whole clusters are drawn,
    because samples within one are not independent. One cluster alone has no interval.
    """
    values = np.asarray(samples, dtype=float)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    return bootstrap_sums(
        np.stack([values * weight, weight], axis=1),
        lambda sums: sums[..., 0] / sums[..., 1],
        clusters,
    )


def bootstrap_sums(
    rows: npt.NDArray[np.number],
    statistic: Callable[[npt.NDArray[np.floating]], npt.NDArray[np.floating]],
    clusters: Sequence[object] | None = None,
) -> Estimate:
    """A statistic of the sum of samples' rows (N, K), such as BLEU of counts, drawn like `bootstrap_mean`.

    statistic: sums (..., K) -> values (...,).
    """
    if len(rows) == 0:
        return Estimate(nan, nan, nan, 0)
    names = range(len(rows)) if clusters is None else clusters
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    totals = np.zeros((len(index), rows.shape[1]))
    np.add.at(totals, [index[name] for name in names], rows)
    mean = float(statistic(totals.sum(axis=0)))
    if len(index) == 1:
        return Estimate(mean, nan, nan, len(rows))
    drawn = np.random.default_rng(0).integers(len(index), size=(DRAWS, len(index)))
    values = statistic(np.stack([totals[some].sum(axis=0) for some in drawn]))
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(mean, float(low), float(high), len(rows))


def by_group(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Items under their key, in order of first appearance."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
