"""The interval the field reports: over repetitions of the whole evaluation, 1.96 std / sqrt(repetitions)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...aggregate import Estimate


def over_repetitions(values: Sequence[float]) -> Estimate:
    """Mean of one value a repetition with its 95 % interval (population std, as in published code).

    It tells how far sampling moves the value, not how far other clips would.
    """
    if not len(values):
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    mean = float(np.mean(values))
    half = 1.96 * float(np.std(values)) / len(values) ** 0.5
    return Estimate(mean, mean - half, mean + half, len(values))
