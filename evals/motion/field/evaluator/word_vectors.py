"""Words as the evaluator sees them: "word/TAG" tokens -> word vectors and one-hot tags.

The published evaluator reads GloVe vectors of 300 dimensions ("our_vab") and 15 tags: nine parts of speech,
five lists of words that matter for motion, and OTHER. At most 20 words count, between sos and eos.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from .....motion_models.arrays import Float32Array
from .....motion_models.errors import CheckpointError

START, END, UNKNOWN, OTHER = "sos", "eos", "unk", "OTHER"
TAGS = (
    "VERB", "NOUN", "DET", "ADP", "NUM", "AUX", "PRON", "ADJ", "ADV",
    "Loc_VIP", "Body_VIP", "Obj_VIP", "Act_VIP", "Desc_VIP", OTHER,
)  # fmt: skip
#: How the files of the published vocabulary begin.
_GLOVE = "our_vab"
#: Words that have a tag of their own, whatever their part of speech.
SPECIAL: Mapping[str, str] = MappingProxyType(
    {
        word: tag
        for tag, words in {
            "Desc_VIP": "slowly carefully fast careful slow quickly happy angry sad happily angrily sadly",
            "Act_VIP": "walk run swing pick bring kick put squat throw hop dance jump turn stumble stop sit"
            " lift lower raise wash stand kneel stroll rub bend balance flap jog shuffle lean rotate spin"
            " spread climb",
            "Obj_VIP": "stair dumbbell chair window floor car ball handrail baseball basketball",
            "Body_VIP": "arm chin foot feet face hand mouth leg waist eye knee shoulder thigh",
            "Loc_VIP": "left right clockwise counterclockwise anticlockwise forward back backward up down"
            " straight curve",
        }.items()
        for word in words.split()
    }
)  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """A caption without tags of its own as "word/OTHER" tokens, lower case."""
    return [f"{word}/{OTHER}" for word in re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))]


class WordVectors:
    """A table of word vectors (V, D); the unknown word's stands for all that are not in it."""

    def __init__(self, words: Sequence[str], vectors: Float32Array) -> None:
        self.words, self.vectors = list(words), np.asarray(vectors, dtype=np.float32)
        self._row = {word: row for row, word in enumerate(self.words)}
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise CheckpointError(
                f"{len(self.words)} words do not fit word vectors of shape {self.vectors.shape}"
            )
        if missing := [word for word in (START, END, UNKNOWN) if word not in self._row]:
            raise CheckpointError(f"the word vectors lack {', '.join(missing)}: get the vocabulary again")

    def rows(self, tokens: Sequence[str], max_words: int) -> tuple[list[int], list[int]]:
        """Rows of the table and numbers of tags for sos, at most `max_words` tokens, eos."""
        pairs = [(START, OTHER), *(self._split(token) for token in tokens[:max_words]), (END, OTHER)]
        return [self._row[word] for word, _ in pairs], [TAGS.index(tag) for _, tag in pairs]

    def _split(self, token: str) -> tuple[str, str]:
        word, _, tag = token.rpartition("/")
        if word not in self._row:
            return UNKNOWN, OTHER
        tag = SPECIAL.get(word, tag)
        return word, tag if tag in TAGS else OTHER

    @classmethod
    def from_glove(cls, folder: str | Path) -> WordVectors:
        """Read the published vocabulary: our_vab_data.npy, our_vab_words.pkl, our_vab_idx.pkl."""
        folder = Path(folder)
        try:
            vectors = np.load(folder / f"{_GLOVE}_data.npy", allow_pickle=False)
            words = _plain_pickle(folder / f"{_GLOVE}_words.pkl")
            index = _plain_pickle(folder / f"{_GLOVE}_idx.pkl")
            vectors = vectors[[index[word] for word in words]]
        except (OSError, ValueError, LookupError, TypeError, EOFError, pickle.UnpicklingError) as error:
            raise CheckpointError(
                f"{folder} does not hold the evaluator's words ({_GLOVE}_data.npy, {_GLOVE}_words.pkl, "
                f"{_GLOVE}_idx.pkl): {error}"
            ) from error
        return cls(words, vectors)


class _PlainUnpickler(pickle.Unpickler):
    """Lists, dicts, text and numbers only: nothing in the file can run."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise pickle.UnpicklingError(f"it wants to load {module_name}.{global_name}")


def _plain_pickle(path: Path) -> Any:
    return _PlainUnpickler(io.BytesIO(path.read_bytes())).load()
