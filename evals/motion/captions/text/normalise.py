"""From a caption to words, by the two protocols of captioning papers; the choice moves scores a lot.

raw: lower case, cut at spaces, punctuation around words taken off.
processed: as HumanML3D's texts files hold them: hyphens taken out, letters only, nouns and verbs lemmatised
except "left", auxiliaries, pronouns and comparatives as they are. The data's own "word/POS" are taken where
there are any. A caption without them (everything a model says) is lemmatised with LemmInflect's dictionary,
which sees no context, so it differs from the data's tagger where one form is two words ("bent", "rung").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from string import punctuation
from typing import Literal, TypeAlias, get_args

from .....motion_models.english.inflections import lemmas_by_kind

Protocol: TypeAlias = Literal["raw", "processed"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)

#: Forms of auxiliaries, which HumanML3D's tagger does not take for verbs.
_KEPT = frozenset(("am", "is", "are", "was", "were", "be", "been", "being", "would", "could", "should"))
#: Kinds of words that are no form of a verb, and the endings by which they are one all the same.
_OTHER_KINDS = {"NOUN": ("ing", "ed", "s"), "ADJ": ("ing", "ed"), "ADV": ("ing", "ed")}
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def normalise(text: str, protocol: Protocol, annotation: Sequence[str] = ()) -> list[str]:
    """Words of a caption. annotation: "word/POS" as the data has them, if it has; used by "processed" alone.

    Annotated words may be lemmas already or not; their part of speech decides.
    """
    if protocol == "raw":
        return [word for word in (part.strip(punctuation) for part in text.lower().split()) if word]
    if annotation:
        return [_annotated(*word.lower().rsplit("/", 1)) for word in annotation]
    words = (re.split("['’]", found)[0] for found in _LETTERS.findall(text.lower().replace("-", "")))
    return [_lemma(word) for word in words]


def _annotated(word: str, kind: str = "other") -> str:
    if kind == "other":
        return _lemma(word)
    if kind not in ("noun", "verb") or word == "left":
        return word
    lemmas = lemmas_by_kind(word).get(kind.upper(), ())
    return word if word in lemmas else next(iter(lemmas), word)


@lru_cache(maxsize=65536)
def _lemma(word: str) -> str:
    """The verb's or noun's base form, unless the word is itself one of another kind ("ground", "left")."""
    lemmas = lemmas_by_kind(word)
    if word in _KEPT or any(
        word in lemmas.get(kind, ())[:1] and not word.endswith(endings)
        for kind, endings in _OTHER_KINDS.items()
    ):
        return word
    return next((lemmas[kind][0] for kind in ("VERB", "NOUN") if lemmas.get(kind)), word)
