"""Slips of the pen in words that requests are made of: "jmups", "teh", "wlaks in a circel"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ....motion_models.english.inflections import lemmas_by_kind
from ....motion_models.english.quantities import NUMBERS
from ....motion_models.english.request_text import is_slip
from ..reader.slots import everyday, listed
from ..reader.wordings import wordings
from .rules.grammar import Verbs
from .rules.wordlists import DETERMINERS, FORMATS, ORDINALS, PEOPLE, PRONOUNS

_SHORTEST = 3
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'(?!\w)|\S*[./\\_]\S*")
#: What follows is a name, whatever it looks like.
_NAMING = re.compile(
    r"\b(?:call|called|name|named|rename|as|title|label|tag|back to|load|open)\b.*", re.IGNORECASE
)


def corrected(text: str, verbs: Verbs, names: Iterable[str] = ()) -> tuple[str, list[tuple[str, str]]]:
    """The text with slips put right, and (as typed, as read) of each."""
    kept = {word for name in names for word in re.findall(r"\w+", name.lower())}
    protected = [match.span() for match in _QUOTED.finditer(text)] + [
        match.span() for match in _NAMING.finditer(text)
    ]
    found: list[tuple[str, str]] = []

    def fixed(match: re.Match[str]) -> str:
        word = match[0]
        if (
            word.lower() in kept
            or any(a <= match.start() < b for a, b in protected)
            or _is_word(word.lower(), verbs)
        ):
            return word
        better = _closest(word.lower(), verbs)
        if better is None:
            return word
        found.append((word, better))
        return better

    return re.sub(r"[A-Za-z]{3,}", fixed, text), found


def _is_word(word: str, verbs: Verbs) -> bool:
    return word in _core() or verbs.verb(word) is not None or (word.isascii() and bool(lemmas_by_kind(word)))


def _closest(word: str, verbs: Verbs) -> str | None:
    """The one word of the vocabulary that is a slip away; a swap of letters counts before one too many."""
    if len(word) < _SHORTEST:
        return None
    near = [known for known in (*_core(), *verbs.known_words) if known[0] == word[0] and is_slip(word, known)]
    near.sort(key=lambda known: (len(known) != len(word), known not in _core(), known))
    return near[0] if near else None


@cache
def _core() -> frozenset[str]:
    """The words of all wordings and lists."""
    texts = [line for lines in wordings().values() for line in lines] + [
        phrase for pair in everyday() for phrase in pair
    ]
    texts += [entry for name in ("manners", "styles", "durations") for entry in listed(name)]
    plain = " ".join(re.sub(r"<\w+>", " ", text) for text in texts).lower()
    words = frozenset(re.findall(r"[a-z]{3,}", plain))
    return (
        words
        | PEOPLE
        | PRONOUNS
        | DETERMINERS
        | frozenset(FORMATS)
        | frozenset(NUMBERS)
        | frozenset(ORDINALS)
    )
