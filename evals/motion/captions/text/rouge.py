"""ROUGE-L (Lin, 2004): longest common subsequence, as F with beta 1.2, the COCO caption scorers' value.

With several references the best precision and the best recall are taken, each from whichever reference
gives it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .counting import Scores, Words, check_pairs

BETA = 1.2


def rouge_l(*, hypotheses: Sequence[Words], references: Sequence[Sequence[Words]]) -> Scores:
    """The corpus's value is the mean over samples."""
    check_pairs(hypotheses, references)
    samples = np.array([_f(words, some) for words, some in zip(hypotheses, references, strict=True)])
    return Scores(float(samples.mean()), samples)


def _f(hypothesis: Words, references: Sequence[Words]) -> float:
    common = [_common(hypothesis, words) for words in references]
    precision = max(common) / max(1, len(hypothesis))
    recall = max(n / max(1, len(words)) for n, words in zip(common, references, strict=True))
    if not precision:
        return 0.0
    return (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)


def _common(first: Words, second: Words) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for column, other in enumerate(second, start=1):
            diagonal, row[column] = (
                row[column],
                diagonal + 1 if word == other else max(row[column], row[column - 1]),
            )
    return row[-1]
