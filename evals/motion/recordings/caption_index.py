"""The nearest caption by words: tf-idf over word stems, cosine similarity."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

_ENDINGS = re.compile(r"(?<=[a-z]{3})(ing|es|ed|s|e)$")
#: Words that say nothing about the movement.
_EMPTY = frozenset(
    re.findall(
        r"\w+", "a an the person someone somebody man woman figure dancer and then to of on in with their"
    )
)


class CaptionIndex:
    """Ranks clips, each with any number of captions, by how near their nearest caption is to a text."""

    def __init__(self, captions: Sequence[Sequence[str]]) -> None:
        texts = [(clip, stems(text)) for clip, lines in enumerate(captions) for text in lines]
        self._owner = np.array([clip for clip, _ in texts])
        self._words = _inverse_frequencies([words for _, words in texts])
        self._matrix = self._rows([words for _, words in texts])

    def ranked(self, text: str) -> list[int]:
        """Places of the clips, best match first; ties keep the order of the clips."""
        return list(dict.fromkeys(self._owner[np.argsort(-self._scores(text), kind="stable")].tolist()))

    def nearest(self, text: str) -> int:
        """The first of `ranked`, without a sort."""
        return int(self._owner[self._scores(text).argmax()])

    def _scores(self, text: str) -> npt.NDArray[np.float32]:
        """Cosines with every caption."""
        return (self._matrix @ self._rows([stems(text)]).T).toarray()[:, 0]

    def _rows(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """Unit vectors (len(texts), words); zero where no word is known."""
        rows, columns, values = [], [], []
        for row, words in enumerate(texts):
            counts = Counter(word for word in words if word in self._words)
            weights = {word: count * self._words[word][1] for word, count in counts.items()}
            norm = float(np.linalg.norm(list(weights.values()))) or 1.0
            rows += [row] * len(weights)
            columns += [self._words[word][0] for word in weights]
            values += [weight / norm for weight in weights.values()]
        shape = (len(texts), len(self._words))
        return csr_matrix((np.array(values, np.float32), (rows, columns)), shape=shape)


def stems(text: str) -> list[str]:
    """Words without empty ones and common endings."""
    return [_ENDINGS.sub("", word) for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _EMPTY]


def _inverse_frequencies(texts: Sequence[Sequence[str]]) -> dict[str, tuple[int, float]]:
    """Word -> (column, log inverse document frequency)."""
    counts = Counter(word for words in texts for word in set(words))
    return {
        word: (column, log(len(texts) / count) + 1) for column, (word, count) in enumerate(counts.items())
    }
