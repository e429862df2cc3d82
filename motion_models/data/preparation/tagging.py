"""Words of a caption with their parts of speech, "word/POS", as texts files hold them.

The tagger is textblob's, whose model is part of its package (`pip install motion-agent[data]`). Without it
every word is tagged OTHER, which evaluators that read such files know as a tag too. Words stay as written;
published files hold lemmas of nouns and verbs.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from importlib.util import find_spec

Tagger = Callable[[str], tuple[str, ...]]

#: Penn Treebank tags -> the universal ones of the published files.
_UNIVERSAL = {
    "CC": "CCONJ", "CD": "NUM", "DT": "DET", "EX": "PRON", "IN": "ADP", "JJ": "ADJ", "JJR": "ADJ",
    "JJS": "ADJ", "MD": "AUX", "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "NNPS": "PROPN", "PDT": "DET",
    "PRP": "PRON", "PRP$": "PRON", "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "RP": "ADP", "TO": "PART",
    "VB": "VERB",
    "VBD": "VERB", "VBG": "VERB", "VBN": "VERB", "VBP": "VERB", "VBZ": "VERB", "WDT": "DET", "WP": "PRON",
    "WP$": "PRON", "WRB": "ADV",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a caption in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def untagged(text: str) -> tuple[str, ...]:
    """Every word as "word/OTHER"."""
    return tuple(f"{word}/OTHER" for word in words_of(text))


def find_tagger() -> tuple[str, Tagger]:
    """The tagger at hand and its name, "none" where no tagger is installed."""
    if find_spec("textblob") is None:
        return "none", untagged
    return "textblob", _textblob


def _textblob(text: str) -> tuple[str, ...]:
    from textblob.en.taggers import PatternTagger

    with warnings.catch_warnings():
        # It leaves its word list to the garbage collector when it reads it.
        warnings.simplefilter("ignore", ResourceWarning)
        tagged = PatternTagger().tag(" ".join(words_of(text)), tokenize=False)
    return tuple(f"{word}/{_UNIVERSAL.get(tag, 'OTHER')}" for word, tag in tagged)
