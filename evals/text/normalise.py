"""From a caption to words, by the two protocols of captioning papers; the choice moves scores a lot.

raw: lower case, cut at spaces, punctuation around words taken off.
processed: as HumanML3D's texts files hold them: hyphens taken out, letters only, nouns and verbs lemmatised
except "left", auxiliaries, pronouns and comparatives as they are. Where the data has these words they are
taken; a caption without them (everything a model says) is lemmatised with LemmInflect's dictionary. It sees no
context, so it differs from the data's tagger where one form is two words ("bent", "rung").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from string import punctuation
from typing import Literal, TypeAlias, get_args

from ...motion_models.errors import BackendError

Protocol: TypeAlias = Literal["raw", "processed"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)

#: Forms of auxiliaries, which HumanML3D's tagger does not take for verbs.
_KEPT = frozenset(("am", "is", "are", "was", "were", "be", "been", "being", "would", "could", "should"))
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def normalise(text: str, protocol: Protocol, annotation: Sequence[str] = ()) -> list[str]:
    """Words of a caption. annotation: "word/POS" as the data has them, if it has; used by "processed" alone.

    Raises BackendError where "processed" needs LemmInflect and it is not installed.
    """
    if protocol == "raw":
        return [word for word in (part.strip(punctuation) for part in text.lower().split()) if word]
    if annotation:
        return [word.rsplit("/", 1)[0].lower() for word in annotation]
    words = (match.split("'")[0].split("’")[0] for match in _LETTERS.findall(text.lower().replace("-", "")))
    return [_lemma(word) for word in words]


@lru_cache(maxsize=65536)
def _lemma(word: str) -> str:
    """The verb's or noun's base form, unless the word is itself one of another kind ("ground", "left")."""
    lemmas = _dictionary()(word)
    itself = any(word in lemmas.get(kind, ()) for kind in ("NOUN", "ADJ", "ADV"))
    if word in _KEPT or (itself and not word.endswith(("ing", "ed"))):
        return word
    for kind in ("VERB", "NOUN"):
        if lemmas.get(kind):
            return lemmas[kind][0]
    return word


@lru_cache(maxsize=1)
def _dictionary() -> Callable[[str], Mapping[str, Sequence[str]]]:
    try:
        from lemminflect import getAllLemmas
    except ImportError as error:
        raise BackendError(
            'processed words need the package lemminflect: pip install "motion-agent[evals]"'
        ) from error
    return getAllLemmas
