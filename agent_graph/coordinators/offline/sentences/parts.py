"""Which parts of a motion words mean: a number, an order word, what happens there, or several of these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from .....motion_models.english.quantities import NUMBERS
from .grammar import Verbs
from .wordlists import DETERMINERS, ORDINALS

#: Words of a reference that say nothing of what happens in it.
FILLER = DETERMINERS | frozenset(
    """
    person someone part parts segment section step action bit piece move ones clip motion animation version
    one where who of with in is does do to and doing again s
    """.split()  # noqa: SIM905
)
_UNITS = r"(?:parts?|ones?|bits?|segments?|steps?|actions?|moves?|pieces?|sections?|beats?)"
_FEW = r"(?:two|three|four|five|[2-5])"
_ORDER = "|".join(sorted(ORDINALS, key=len, reverse=True))
_WHOLE = rf"(?:everything|all|whatever|anything|what|all the {_UNITS}|the rest)(?: that)?"
_EVERY = re.compile(
    rf"(?:all|every|each|any|both|the {_FEW})(?: (?:of )?(?:the |these |those )?{_UNITS}| of (?:them|it))?"
)
_BUT = re.compile(
    rf"(?:{_WHOLE}|every {_UNITS}) (?:but|except|besides|other than|apart from)(?: for)? (?P<part>.+)"
)
_AFTER = re.compile(
    rf"(?:{_WHOLE} )(?:is |comes |happens |follows )?"
    r"(?P<side>after|behind|following|past|before|ahead of|from|until|till|up to)"
    r" (?P<part>.+?)(?P<on> on(?:wards?)?)?"
)
_RUN = re.compile(rf"(?:the )?(?P<end>first|last|final) (?P<count>{_FEW})(?: (?P<rest>.+))?")
_NUMBERED = re.compile(
    r"(?:the )?(?:parts|segments|sections|steps|clips|numbers)"
    r" (?P<list>\w+(?:(?:,? and|,| to|-|,? &) ?\w+)+)"
)
_AND = re.compile(r",? and |, | & ")
#: Words in a message that name parts, where nothing else was heard of which are meant.
NAMED = re.compile(
    r"\b(?:(?:everything|all|whatever) (?:that )?(?:is |comes |happens )?(?:after|before|behind|past|from) .+"
    rf"|(?:the )?(?:{_ORDER})(?: {_UNITS})? and (?:the )?(?:{_ORDER})\b(?: {_UNITS})?"
    rf"|(?:the )?(?:first|last|final) {_FEW}\b(?! seconds?)(?: {_UNITS})?"
    rf"|(?:the )?(?:{_ORDER}) {_UNITS}|{_UNITS} (?:number )?(?:\d|{'|'.join(NUMBERS)})\b"
    rf"|(?:all|every|each|both)(?: of)?(?: the)? {_UNITS}|(?:all|both|each) of them)",
    re.IGNORECASE,
)


def find_parts(words: str, descriptions: Sequence[str], verbs: Verbs) -> list[int]:
    """Which segments, numbered from 1, words can mean; [] for none, several also where words are open."""
    words = words.lower().strip(" #\"'.,")
    numbers = list(range(1, len(descriptions) + 1))
    if _EVERY.fullmatch(words):
        few = next((NUMBERS.get(word, 0) for word in words.split() if re.fullmatch(_FEW, word)), 0)
        return numbers if (few or 2 * words.startswith("both")) in (0, len(numbers)) else []
    if match := _BUT.fullmatch(words):
        gone = find_parts(match["part"], descriptions, verbs)
        return [n for n in numbers if n not in gone] if gone else []
    if match := _AFTER.fullmatch(words):
        return _beside(match, find_parts(match["part"], descriptions, verbs), numbers)
    if match := _NUMBERED.fullmatch(words):
        return _listed(match["list"], numbers)
    if match := _RUN.fullmatch(words):
        return _at_one_end(match, descriptions, verbs)
    pieces = [piece.removeprefix("and ") for piece in _AND.split(words)]
    placed = re.search(rf"\b(?:{_ORDER}|\d)\b", words)
    if len(pieces) > 1 and (placed or not _one(words, descriptions, verbs)):
        found = [find_parts(piece, descriptions, verbs) for piece in pieces]
        return sorted({n for each in found for n in each}) if all(found) else []
    return _one(words, descriptions, verbs)


def means_several(words: str) -> bool:
    """Whether words mean all the parts they fit: "both waves", "the last two", "all after the walk"."""
    words = words.lower().strip()
    return bool(
        re.match(rf"(?:both|all|every|each|any|everything|whatever|the {_FEW})\b", words)
        or _RUN.fullmatch(words)
        or _NUMBERED.fullmatch(words)
        or _AND.search(words)
    )


def _beside(match: re.Match[str], found: list[int], numbers: list[int]) -> list[int]:
    """The parts after, before, from or up to those found."""
    if not found:
        return []
    side = match["side"]
    if side in ("from",) or match["on"]:
        return [n for n in numbers if n >= found[0]]
    if side in ("before", "ahead of"):
        return [n for n in numbers if n < found[0]]
    if side in ("until", "till", "up to"):
        return [n for n in numbers if n <= found[-1]]
    return [n for n in numbers if n > found[-1 if len(found) == 1 else 0]]


def _listed(words: str, numbers: list[int]) -> list[int]:
    """'1 and 3' -> [1, 3]; '1 to 3' -> [1, 2, 3]; [] where one of them is no part."""
    spelled = [
        NUMBERS.get(word, int(word) if word.isdigit() else 0)
        for word in re.findall(r"\w+", words)
        if word not in ("and", "to")
    ]
    if len(spelled) == 2 and re.search(r" to |-", words):
        spelled = list(range(spelled[0], spelled[1] + 1))
    return spelled if set(spelled) <= set(numbers) else []


def _at_one_end(match: re.Match[str], descriptions: Sequence[str], verbs: Verbs) -> list[int]:
    """'the last two jumps': so many of those that fit, from one end."""
    rest = match["rest"] or "parts"
    every = list(range(1, len(descriptions) + 1))
    fitting = every if re.fullmatch(_UNITS, rest) else _one(rest, descriptions, verbs)
    few = NUMBERS.get(match["count"], 0) or int(match["count"])
    if len(fitting) < few:
        return []
    return fitting[:few] if match["end"] == "first" else fitting[-few:]


def _one(words: str, descriptions: Sequence[str], verbs: Verbs) -> list[int]:
    """One part by its number, its place or what happens; several where that is open."""
    words = re.sub(r"^(?:both|all|every|each|any)(?: of)?\b ?", "", words)
    if re.fullmatch(r"(?:the )?(?:end|ending)", words):
        words = "the last part"
    match = re.fullmatch(r"(?:the )?(?:part|segment|section|step|clip|number)(?: number)? (\w+)", words)
    word = match[1] if match else next((word for word in words.split() if word in ORDINALS), "")
    count = len(descriptions)
    if word == "middle":
        return [count // 2 + 1] if count % 2 else []
    number = int(word) if word.isdigit() and len(word) < 4 else ORDINALS.get(word, NUMBERS.get(word, 0))
    content = verbs.stems(words) - FILLER - set(ORDINALS)
    matching = [i for i, text in enumerate(descriptions, 1) if content and content <= verbs.stems(text)]
    if number and not content - {word}:
        matching = list(range(1, count + 1))
    elif number and re.search(r"\w(?<!s)s$", words):
        return _run_at(number, matching)
    if not number or not matching or abs(number) > len(matching):
        return [] if number else matching
    return [matching[number - 1 if number > 0 else number]]


def _run_at(number: int, matching: Sequence[int]) -> list[int]:
    """'the last jumps': neighbours that do it, as one."""
    grouped = groupby(enumerate(matching), lambda at: at[1] - at[0])
    runs = [[place for _, place in run] for _, run in grouped]
    return runs[number - 1 if number > 0 else number] if abs(number) <= len(runs) else []
