"""BLEU (Papineni et al., ACL 2002) with several references, a metric of the corpus.

n-gram counts are clipped by the reference that has most of them and summed over the corpus before precisions
are formed; the reference nearest in length counts for the brevity penalty, the shorter of two equally near.
These are the conventions of the COCO caption scorers that motion papers use, without their smoothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .....motion_models.arrays import FloatArray, IntArray
from .counting import Scores, Words, check_pairs, count_ngrams


def bleu(*, hypotheses: Sequence[Words], references: Sequence[Sequence[Words]], order: int = 4) -> Scores:
    """BLEU@order of the corpus, not the mean of the samples' own."""
    counts = bleu_counts(hypotheses=hypotheses, references=references, order=order)
    return Scores(float(bleu_of_counts(counts.sum(axis=0))), bleu_of_counts(counts))


def bleu_counts(
    *, hypotheses: Sequence[Words], references: Sequence[Sequence[Words]], order: int = 4
) -> IntArray:
    """What BLEU is made of, (N, 2 * order + 2): matches by size, n-grams by size, own and reference length.

    Rows add up: the sum over any samples is those samples' corpus.
    """
    check_pairs(hypotheses, references)
    rows = [_row(words, some, order) for words, some in zip(hypotheses, references, strict=True)]
    return np.array(rows, dtype=np.int64)


def bleu_of_counts(counts: npt.NDArray[np.number]) -> FloatArray:
    """BLEU (...,) of summed counts (..., 2 * order + 2); 0 where some size has no match."""
    order = counts.shape[-1] // 2 - 1
    matches, total = counts[..., :order], counts[..., order : 2 * order]
    own, reference = counts[..., -2], counts[..., -1]
    with np.errstate(divide="ignore"):
        precision = np.log(matches / np.maximum(total, 1)).mean(axis=-1)
    brevity = np.minimum(0.0, 1.0 - reference / np.maximum(own, 1))
    return np.exp(precision + brevity)


def _row(hypothesis: Words, references: Sequence[Words], order: int) -> list[int]:
    own = count_ngrams(hypothesis, order)
    most: Counter[tuple[str, ...]] = Counter()
    for words in references:
        most |= count_ngrams(words, order)
    matches = Counter[int]()
    for ngram, count in (own & most).items():
        matches[len(ngram)] += count
    length = len(hypothesis)
    nearest = min((abs(len(words) - length), len(words)) for words in references)[1]
    sizes = range(1, order + 1)
    return [*(matches[n] for n in sizes), *(max(0, length - n + 1) for n in sizes), length, nearest]
