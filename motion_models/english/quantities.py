"""Numbers in requests: durations, counts, seeds.

First `canonical` writes every duration as "N seconds" and every count as "N times", so that splitting a
sentence at "and" cannot cut "one and a half seconds" in two; then the `take_*` functions read them off a
clause and hand back what is left of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..motion.features import FPS

NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60,
}  # fmt: skip
_WORD_NUMBER = "|".join(
    sorted((*NUMBERS, "a", "an", "half", "a couple of", "a few", "several"), key=len, reverse=True)
)
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{_WORD_NUMBER})"
_UNIT = r"(?:seconds?|secs?|s|minutes?|mins?|milliseconds?|ms)"
_VAGUE = {"a": 1.0, "an": 1.0, "half": 0.5, "a couple of": 2.0, "a few": 3.0, "several": 3.0}
_APPROXIMATELY = (
    r"(?:(?:about|around|approximately|roughly|exactly|nearly|almost|some|~|at least|up to|another)\s*)?"
)

Rewrite = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def number(text: str) -> float:
    """'3' -> 3.0, 'two' -> 2.0, 'half' -> 0.5, '2,5' -> 2.5."""
    word = text.strip().lower()
    if word in _VAGUE:
        return _VAGUE[word]
    return float(NUMBERS[word]) if word in NUMBERS else float(word.replace(",", "."))


def spoken(value: float) -> str:
    """A number without a needless '.0': 3.0 -> '3', 2.5 -> '2.5'."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def in_words(value: int) -> str:
    """A number as it is written in a sentence: one to ten in words, others in figures."""
    return next((word for word, n in NUMBERS.items() if n == value and 0 < value <= 10), str(value))


def _unit_seconds(unit: str) -> float:
    if unit.startswith(("ms", "milli")):
        return 0.001
    return 60.0 if unit.startswith("m") else 1.0


def _seconds(value: float) -> str:
    return f"{spoken(value)} seconds"


def _amount(match: re.Match[str]) -> str:
    return _seconds(number(match["n"]) * _unit_seconds(match["u"]))


def _amount_and_half(match: re.Match[str]) -> str:
    return _seconds((number(match["n"]) + 0.5) * _unit_seconds(match["u"]))


def _minutes_and_seconds(match: re.Match[str]) -> str:
    return _seconds(60 * number(match["n"]) + number(match["s"]))


def _frames(match: re.Match[str]) -> str:
    return _seconds(number(match["n"]) / FPS)


def _times(match: re.Match[str]) -> str:
    more = " more" if re.search(r"\bmore\b", match[0]) else ""
    return f"{spoken(number(match['n']))}{more} times"


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Rewrite:
    return re.compile(pattern, re.IGNORECASE), replacement


_TURNS = r"(?P<what>turn|spin|rotation|revolution|circle)"
#: Numbers and shares that are said in several words.
_SAID: tuple[Rewrite, ...] = (
    _rule(r"\bhalf an? dozen\b", "6"),
    _rule(
        rf"\b(?P<n>an?|{'|'.join(NUMBERS)}|\d+) dozen\b",
        lambda m: spoken(12 * number(m["n"].lower())),
    ),
    _rule(r"\b(?:an?|one) single (?=[a-z])", "one "),
    _rule(r"(?<=, )like (?=\d+(?:\.\d+)? ?(?:s|secs?|seconds?|m|met(?:er|re)s?|times|steps)\b)", ""),
    _rule(r"(?<=\bfor )(?:like|about like|maybe like|around like) (?=\d|a (?:few|couple|minute|second))", ""),
    _rule(rf"\bhalf an? {_TURNS}\b", r"a half \g<what>"),
    _rule(rf"\b(?:an?|one) (?P<part>quarter|third|eighth) of an? {_TURNS}\b", r"a \g<part> \g<what>"),
)
_REWRITES: tuple[Rewrite, ...] = (
    _rule(
        r"\b(?P<n>a|one|three) quarters? of an? (?P<u>minute|second)\b",
        lambda m: _seconds(0.25 * (3 if m["n"] == "three" else 1) * _unit_seconds(m["u"])),
    ),
    _rule(rf"\b(?:minus|negative) (?={_NUMBER}[ -]?{_UNIT}\b)", "-"),
    _rule(
        r"(?<!\ba )\bhalf (?:an? )?(?P<u>minute|second)\b",
        lambda m: _seconds(0.5 * _unit_seconds(m["u"])),
    ),
    _rule(rf"\b(?P<n>{_NUMBER}) and an? half (?P<u>{_UNIT})\b", _amount_and_half),
    _rule(rf"\b(?P<n>{_NUMBER}) (?P<u>{_UNIT}) and an? half\b", _amount_and_half),
    _rule(
        rf"\b(?P<n>{_NUMBER})[ -]?(?:minutes?|mins?)(?: and|,)? (?P<s>{_NUMBER})[ -]?(?:seconds?|secs?|s)\b",
        _minutes_and_seconds,
    ),
    _rule(rf"(?<![\w.])(?P<n>-?\d+(?:[.,]\d+)?)[ -]?(?P<u>{_UNIT})\b", _amount),
    _rule(
        rf"\b(?<!the )(?P<n>{'|'.join(NUMBERS)}|a couple of|a few|several)[ -](?P<u>seconds?|secs?|minutes?"
        rf"|mins?)\b",
        _amount,
    ),
    _rule(
        r"\b(?P<n>an?) (?P<u>second|minute)\b(?! (?:part|one|person|time|motion|version|segment))", _amount
    ),
    _rule(r"(?<!\bat )\bonce\b(?! again)", "1 times"),
    _rule(
        rf"\b(?P<n>\d+|{'|'.join(NUMBERS)}) (?:in total|total|altogether|in all)(?= *(?:$|[,.;!]))", _times
    ),
    _rule(r"\b(?P<n>\d+)[ -]?frames?\b(?! (?:per|a|each) )", _frames),
    _rule(r"\btwice more\b", "2 more times"),
    _rule(r"\btwice\b", "2 times"),
    _rule(r"\bthrice\b", "3 times"),
    _rule(rf"\b(?:like|about|maybe) (?P<n>{_NUMBER}) of (?:them|those|these)\b", _times),
    _rule(rf"\b(?P<n>{_NUMBER}) (?:more )?(?:times|repetitions|reps)\b(?: more)?", _times),
    _rule(r"(?<![\w.])(?P<n>\d+) ?x\b|\bx ?(?P<m>\d+)\b", lambda m: f"{m['n'] or m['m']} times"),
)


def canonical(text: str) -> str:
    """The text with durations as 'N seconds' and counts as 'N times'."""
    return _rewritten(plain_numbers(text), _REWRITES)


def plain_numbers(text: str) -> str:
    """'half a dozen squats' -> '6 squats', 'a single jump' -> 'one jump', 'half a turn' -> 'a half turn'."""
    return _rewritten(text, _SAID)


def _rewritten(text: str, rewrites: Sequence[Rewrite]) -> str:
    for pattern, replacement in rewrites:
        text = pattern.sub(replacement, text)
    return text


#: After these words a hyphen is a sign; anywhere else it is a dash, or begins a line of a list.
_NEGATIVE = re.compile(
    r"\b(?:for|by|of|to|it|that|lasts?|lasting|takes?|taking|during|over|in|within) "
    r"(?P<n>-\d+(?:\.\d+)?) seconds"
)


def negative_seconds(text: str) -> float | None:
    """A length below zero that a canonical text asks for, None where there is none."""
    match = _NEGATIVE.search(text)
    return float(match["n"]) if match else None


class Taken(NamedTuple):
    """A quantity read off a clause and the clause without it; `value` is None when there was none."""

    value: float | None
    rest: str


_AMOUNT = r"(?P<n>\d+(?:\.\d+)?) seconds"
_DURATION = re.compile(
    rf",?\s*\b(?:(?:for|lasting|lasts|which lasts|that lasts|during|over|in|within|of|taking|takes)\s+)?(?:a"
    rf" total of\s+)?"
    rf"{_APPROXIMATELY}{_AMOUNT}(?:[ -]long\b)?(?:\s+of(?= \w+ing\b))?"
)
_TOTAL_WORDS = r"(?:altogether|in total|overall|in all|total|all together|all in all)"
_WHOLE = r"(?:motion|animation|sequence|clip|video|scene|thing|routine|performance)"
_TOTALS = (
    re.compile(
        rf",?\s*(?:\b(?:in|for|within|lasting|over|of)\s+)?{_APPROXIMATELY}{_AMOUNT} {_TOTAL_WORDS}\b"
    ),
    re.compile(
        rf",?\s*\b{_TOTAL_WORDS},? (?:of |for |in |it (?:should|must) (?:take|last)"
        rf" )?{_APPROXIMATELY}{_AMOUNT}\b"
    ),
    re.compile(
        rf",?\s*\b(?:the whole|the entire|the total|it all|all of it)(?: {_WHOLE}| length| duration)?"
        rf"(?: should| must| shall| has to| is to| to)? (?:be|take|last|takes|lasts|is)"
        rf" {_APPROXIMATELY}{_AMOUNT}(?: long)?\b"
    ),
    re.compile(rf"\b{_AMOUNT}(?:[ -]long)?(?= {_WHOLE}\b)"),
    re.compile(
        rf"(?P<keep>\b{_WHOLE}) (?:of|lasting|that lasts|which lasts|for) {_AMOUNT}(?=:| of| where| in which|"
        rf" with| showing)"
    ),
)
_AT_MOST = (
    r"(?:at most|at max(?:imum)?|max(?:imum)?\.?(?: of)?|under|below|less than|shorter than"
    r"|(?:no|not) (?:longer|more) than)"
)
_LIMITS = (
    re.compile(
        rf"[,.]?\s*\b(?:(?:and|but) )?(?:(?:it|this|that|all|the whole {_WHOLE}|the {_WHOLE}|everything) )?"
        rf"(?:(?:must|should|has to|needs to|may|can|shall) (?:only )?(?:be |last |take |stay )?"
        rf"|in |within |for |to be |lasting |keep it |keep this )?"
        rf"(?:(?:must|should) not (?:be|last|take) (?:longer|more) than|{_AT_MOST}) {_AMOUNT}"
        rf"(?: (?:long|max|{_TOTAL_WORDS}))?\b(?=,? *(?:please|thanks|$|[.!;]))"
    ),
    re.compile(
        rf",?\s*\b(?:all|everything|the whole {_WHOLE}|altogether) (?:of (?:it|this|that) )?"
        rf"(?:within|in under|in less than) {_AMOUNT}\b"
    ),
    re.compile(rf",?\s*\b(?:in |for )?{_AMOUNT} (?:max(?:imum)?|at (?:most|max)|tops)\b(?: {_TOTAL_WORDS})?"),
)
_EACH = re.compile(
    rf",?\s*(?:\beach (?:part |action |one |of them )?(?:for |lasting |takes |taking |lasts )?{_AMOUNT}\b"
    rf"|(?:\bfor )?(?P<m>\d+(?:\.\d+)?) seconds (?:each|apiece|per (?:part|action|step))\b)"
)
_TIMES = re.compile(
    r",?\s*\b(?:for )?(?P<n>\d+)(?: more)? times\b(?: in a row)?(?! (?:faster|slower|longer|as))"
)
_KINDS_OF_VARIANT = "variations?|versions?|variants?|takes?|alternatives?|samples?"
_VARIANTS = re.compile(
    rf",?\s*\b(?:(?:in|as|with) )?(?P<n>{_NUMBER}) (?:different |other |new |random"
    rf" )?(?:{_KINDS_OF_VARIANT})(?: (?:of|for|showing|where)\b)?",
    re.IGNORECASE,
)
_SEED = re.compile(
    r",?\s*\(?\b(?:(?:with|using|use|and) )?(?:the |a )?(?:random )?seed(?: number| of|:"
    r"|=)?\s*=?\s*(?P<n>\d+)\b\)?(?! (?:more )?(?:times|seconds?|m|met(?:er|re)s?|steps)\b)"
)


def _take(text: str, *patterns: re.Pattern[str]) -> Taken:
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            rest = f"{text[: match.start()]} {groups.get('keep', '')} {text[match.end() :]}"
            return Taken(
                number(groups["n"] or groups["m"]), " ".join(rest.split()).replace(" :", ":").strip(" ,")
            )
    return Taken(None, text)


def take_total(text: str) -> Taken:
    """The length asked for the whole of a request: 'in 12 seconds altogether'."""
    return _take(text, *_TOTALS)


def take_limit(text: str) -> Taken:
    """The length that the whole of a request may have at most: 'under 8 seconds'."""
    return _take(text, *_LIMITS)


def take_each(text: str) -> Taken:
    """The length asked for every part: '2 seconds each'."""
    return _take(text, _EACH)


def take_seconds(text: str) -> Taken:
    """The length asked for this clause: 'walks for 3 seconds', 'a 5 seconds walk'."""
    return _take(text, _DURATION)


def take_last_seconds(text: str) -> Taken:
    """The only length of a sentence, told at its end; the rest keeps its words: 'she waves twice for 3 s.'"""
    told, _, last = text.rstrip(" .").rpartition(" for ")
    length = take_seconds(canonical(f"for {last}"))
    whole = told and length.value is not None and not length.rest.strip()
    if not whole or take_seconds(canonical(told)).value is not None:
        return Taken(None, text)
    return Taken(length.value, told.rstrip(" ,"))


def take_times(text: str) -> Taken:
    """How often the clause happens: 'jumps 2 times'."""
    return _take(text, _TIMES)


def take_variants(text: str) -> Taken:
    """How many versions are wanted: 'three variations of a wave'."""
    return _take(text, _VARIANTS)


def take_seed(text: str) -> Taken:
    """The random seed asked for: 'with seed 7'."""
    return _take(text, _SEED)
