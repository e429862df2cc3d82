"""Slips of the pen in words that requests are made of: "jmups", "teh", "wlaks in a circel"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from ....motion_models.english.inflections import lemmas_by_kind
from ....motion_models.english.lexicon import common_words
from ....motion_models.english.quantities import NUMBERS
from ....motion_models.english.request_text import is_slip
from ..reader.slots import everyday, listed
from ..reader.wordings import spoken
from .sentences.grammar import Verbs
from .sentences.wordlists import DETERMINERS, DOES_NOUNS, FORMATS, ORDINALS, PEOPLE, PRONOUNS, SHORTHAND

_SHORTEST = 3
#: Words of so many wordings are taken for a word of three letters that lacks one: "mak".
_VERY_USUAL = 100
#: Words that no dictionary has are no slips where so many wordings have them: "gonna".
_NO_SLIP = 4
#: Small words that are run into the next one.
_RUN_INTO = ("in", "at", "as", "each", "to", "on", "the")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'(?!\w)|\S*[./\\_]\S*")
#: What follows is a name, whatever it looks like.
_NAMING = re.compile(
    r"\b(?:call|called|name|named|rename|as|title|label|tag|back to|load|open)\b.*", re.IGNORECASE
)


_DASH = re.compile(r"(?<=[^\s\d,]) - (?=[^\d\s])")
#: "Lay down" without anything that is laid down.
_LAID = re.compile(r"\b(lay|lays|laying)(?= down\b(?! (?:the|an?|his|her|it|some)\b))", re.IGNORECASE)
#: "Lunge L, lunge R": a side, after a verb in small letters.
_SIDE_LETTER = re.compile(r"(?<=[a-z] )[LR](?=$|[\s,.;/])")
#: "And than" is no comparison.
_THAN = re.compile(r"(?<=\band )than\b", re.IGNORECASE)
_LYING = {"lay": "lie", "lays": "lies", "laying": "lying"}
#: Typed short, with nothing but spaces or the end of a clause around it.
_SHORT = re.compile(
    rf"(?<![^\s,;])(?:{'|'.join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True)))})(?![^\s,;.!?])",
    re.IGNORECASE,
)


def corrected(text: str, verbs: Verbs, names: Iterable[str] = ()) -> tuple[str, list[tuple[str, str]]]:
    """The text with slips put right, and (as typed, as read) of each."""
    kept = {word for name in names for word in re.findall(r"\w+", name.lower())}

    def is_name(match: re.Match[str]) -> bool:
        return match[0].lower() in kept or any(
            a <= match.start() < b and (a, b) != match.span() for a, b in protected
        )

    text = _SIDE_LETTER.sub(lambda match: {"L": "left", "R": "right"}[match[0]], text)
    text = _THAN.sub("then", text)
    text = _LAID.sub(lambda match: _LYING[match[1].lower()], _DASH.sub(", ", text))
    protected = _protected(text)
    text = _SHORT.sub(lambda match: match[0] if is_name(match) else SHORTHAND[match[0].lower()], text)
    protected = _protected(text)
    found: list[tuple[str, str]] = []

    def fixed(match: re.Match[str]) -> str:
        word = match[0]
        if is_name(match) or _is_word(word.lower(), verbs):
            return word
        better = _two_words(word.lower()) or _closest(word.lower(), verbs)
        if better is None:
            return word
        found.append((word, better))
        return better

    return re.sub(r"[A-Za-z]{3,}", fixed, text), found


def _protected(text: str) -> list[tuple[int, int]]:
    """Where quotations, paths and names stand."""
    return [match.span() for pattern in (_QUOTED, _NAMING) for match in pattern.finditer(text)]


def _is_word(word: str, verbs: Verbs) -> bool:
    known = word in _core() or word in common_words() or verbs.verb(word) is not None
    return known or (word.isascii() and bool(lemmas_by_kind(word)))


def _closest(word: str, verbs: Verbs) -> str | None:
    """The one word of the vocabulary that is a slip away; a swap of letters counts before one too many."""
    if len(word) < _SHORTEST:
        return None
    near = [known for known in (*_core(), *verbs.known_words) if known[0] == word[0] and is_slip(word, known)]
    if len(word) == _SHORTEST and re.search(r"[aeiouy]", word):  # a letter more makes another word of it
        near = [known for known in near if len(known) == len(word) or _usual()[known] >= _VERY_USUAL]
    near.sort(
        key=lambda known: (
            len(known) != len(word),
            _consonants(known) != _consonants(word),
            known not in _core(),
            -_usual()[known],
            known,
        )
    )
    return near[0] if near else None


def _consonants(word: str) -> str:
    """A word without the vowels after its first letter: what is typed in a hurry."""
    return word[:1] + re.sub(r"[aeiou]", "", word[1:])


def _two_words(word: str) -> str | None:
    """'in between' of "inbetween", where a small word was run into the one after it."""
    first = next((small for small in _RUN_INTO if word.startswith(small)), "")
    rest = word.removeprefix(first)
    return f"{first} {rest}" if first and len(rest) >= _SHORTEST and _usual()[rest] >= 2 else None


@cache
def _usual() -> Counter[str]:
    """In how many wordings each word stands."""
    texts = (text for texts in spoken().values() for text in texts)
    return Counter(word for text in texts for word in set(re.findall(r"[a-z]+", text.lower())))


@cache
def _core() -> frozenset[str]:
    """The words of all wordings and lists, but slips that wordings have on purpose."""
    texts = [text for texts in spoken().values() for text in texts]
    texts += [phrase for pair in everyday() for phrase in pair]
    texts += [entry for name in ("manners", "styles", "durations", "styled") for entry in listed(name)]
    words = frozenset(
        word
        for word in set(re.findall(r"[a-z]{3,}", " ".join(texts).lower()))
        if _usual()[word] >= _NO_SLIP or lemmas_by_kind(word)
    )
    return (
        words
        | PEOPLE
        | PRONOUNS
        | DETERMINERS
        | frozenset(FORMATS)
        | frozenset(NUMBERS)
        | frozenset(ORDINALS)
        | DOES_NOUNS
    )
