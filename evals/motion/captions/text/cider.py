"""CIDEr (Vedantam et al., CVPR 2015) as the COCO caption scorers compute it: the paper's CIDEr-D.

n-grams of 1 to 4 words weighed by term frequency times inverse document frequency, a document being all
references of one sample; cosine of clipped vectors; a Gaussian penalty (sigma 6) on the difference of
lengths; the mean over sizes and references, times 10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from .counting import Scores, Words, check_pairs, count_ngrams

Ngram = tuple[str, ...]


class _Vector(NamedTuple):
    """Weights by size, their norms, and the length in bigrams, by which the scorers compare lengths."""

    weights: tuple[Mapping[Ngram, float], ...]
    norms: tuple[float, ...]
    length: int


def cider(
    *,
    hypotheses: Sequence[Words],
    references: Sequence[Sequence[Words]],
    order: int = 4,
    sigma: float = 6.0,
) -> Scores:
    """The corpus's value is the mean over samples; a sample's depends on all references through the weights.

    The weights are those of the references given here, so values of different sets do not compare, and a
    single sample scores 0.
    """
    check_pairs(hypotheses, references)
    counts = [[count_ngrams(words, order) for words in some] for some in references]
    frequency = Counter(ngram for some in counts for ngram in set().union(*some))
    rarest = log(len(references))

    def vector(count: Counter[Ngram]) -> _Vector:
        weights: tuple[dict[Ngram, float], ...] = tuple({} for _ in range(order))
        for ngram, times in count.items():
            weights[len(ngram) - 1][ngram] = times * (rarest - log(max(1, frequency[ngram])))
        norms = tuple(sqrt(sum(w * w for w in some.values())) for some in weights)
        return _Vector(weights, norms, sum(n for ngram, n in count.items() if len(ngram) == 2))

    samples = []
    for words, some in zip(hypotheses, counts, strict=True):
        own = vector(count_ngrams(words, order))
        samples.append(10.0 * float(np.mean([_likeness(own, vector(one), sigma) for one in some])))
    return Scores(float(np.mean(samples)), np.array(samples))


def _likeness(own: _Vector, other: _Vector, sigma: float) -> float:
    """Mean over sizes of the cosines, `own` clipped to `other`, times the penalty on length."""
    cosines = []
    for mine, theirs, norm, other_norm in zip(
        own.weights, other.weights, own.norms, other.norms, strict=True
    ):
        product = sum(
            min(weight, theirs.get(ngram, 0.0)) * theirs.get(ngram, 0.0) for ngram, weight in mine.items()
        )
        cosines.append(product / (norm * other_norm) if norm and other_norm else product)
    return float(np.mean(cosines)) * exp(-((own.length - other.length) ** 2) / (2 * sigma**2))
