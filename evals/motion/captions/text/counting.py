"""What a metric of captions gives: a value for each sample, and the corpus's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import InvalidRequestError

#: One text, cut into words.
Words: TypeAlias = Sequence[str]


class Scores(NamedTuple):
    """corpus: of the whole set; the mean of `samples` (N,) unless the metric says otherwise."""

    corpus: float
    samples: FloatArray


def check_pairs(hypotheses: Sequence[object], references: Sequence[Sequence[object]]) -> None:
    """Raises InvalidRequestError unless every hypothesis has at least one reference."""
    if not hypotheses or len(hypotheses) != len(references) or not all(references):
        raise InvalidRequestError(
            f"each hypothesis needs at least one reference: {len(hypotheses)} hypotheses, "
            f"{len(references)} sets of references, {sum(not some for some in references)} of them empty"
        )


def count_ngrams(words: Words, order: int) -> Counter[tuple[str, ...]]:
    """How often each sequence of 1 to `order` words occurs."""
    return Counter(
        tuple(words[start : start + size])
        for size in range(1, order + 1)
        for start in range(len(words) - size + 1)
    )
