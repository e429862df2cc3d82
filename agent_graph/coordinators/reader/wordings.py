"""The wordings the reader learns from: files of lines, each one way to say one thing.

A file holds sections, `[intent]`, and below each its wordings. `{a|b}` is a choice, `$name` a choice of
`macros.txt`, `<SLOT>` a place that an example fills (`slots.py`). "@intent " inside a wording, outside of
choices, begins another request: "make <S> faster and @slow_down <S> slower".
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("wordings")

_CHOICE = re.compile(r"\{([^{}]*)\}")
_MACRO = re.compile(r"\$(\w+)")
_SECTION = re.compile(r"\[(\w+)\]")
_NEXT = re.compile(r"@(\w+) ")

Wordings = Mapping[str, Sequence[str]]


@cache
def macros() -> dict[str, str]:
    """Name -> "{a|b}". Raises ValueError for a line that is none."""
    found = {}
    for line in _lines(FOLDER / "macros.txt"):
        name, equals, choices = line.partition("=")
        if not equals:
            raise ValueError(f"macros.txt: {line!r} is no macro")
        found[name.strip()] = "{" + choices.strip() + "}"
    return found


@cache
def wordings() -> dict[str, tuple[str, ...]]:
    """Every wording by intent, macros written out. Raises ValueError naming a line that cannot be read."""
    return wordings_in(path.stem for path in sorted(FOLDER.glob("*.txt")) if path.name != "macros.txt")


def wordings_in(files: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The wordings of some files, named without ending. Raises OSError for a file that is not there."""
    found: dict[str, list[str]] = {}
    for name in files:
        intent = ""
        for line in _lines(FOLDER / f"{name}.txt"):
            if section := _SECTION.fullmatch(line):
                intent = section[1]
                continue
            if not intent or line.count("{") != line.count("}"):
                raise ValueError(f"{name}.txt: {line!r} stands in no section or leaves a brace open")
            found.setdefault(intent, []).append(_MACRO.sub(lambda match: macros()[match[1]], line))
    return {intent: tuple(dict.fromkeys(lines)) for intent, lines in found.items()}


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


@cache
def spoken() -> dict[str, tuple[str, ...]]:
    """What is said of each intent in all wordings, slots taken out; one of two requests is cut in two."""
    found: dict[str, list[str]] = {intent: [] for intent in wordings()}
    for intent, lines in wordings().items():
        for line in lines:
            pieces = _NEXT.split(re.sub(r"<\w+>", " ", line))
            for said_of, text in zip([intent, *pieces[1::2]], pieces[::2], strict=True):
                found[said_of].append(text)
    return {intent: tuple(texts) for intent, texts in found.items()}


def chosen(wording: str, rng: random.Random) -> str:
    """One of the texts a wording stands for, its slots still open."""
    while match := _CHOICE.search(wording):
        wording = wording[: match.start()] + rng.choice(match[1].split("|")) + wording[match.end() :]
    return re.sub(r" +(?=[,.?!])", "", re.sub(r" +", " ", wording)).strip()


def count(wording: str) -> int:
    """How many texts a wording stands for, slots not counted."""
    while match := _CHOICE.search(wording):
        options = match[1].split("|")
        ways = sum(int(m[1]) if (m := re.fullmatch(r".*\x00(\d+)\x00.*", o)) else 1 for o in options)
        wording = f"{wording[: match.start()]}\x00{ways}\x00{wording[match.end() :]}"
    total = 1
    for ways in re.findall(r"\x00(\d+)\x00", wording):
        total *= int(ways)
    return total


def split(share: float = 0.12) -> tuple[Wordings, Wordings]:
    """(to learn from, held out): a share of every intent's wordings is held out, always the same ones.

    Nothing is held out of an intent of fewer than five wordings.
    """
    learned, held = {}, {}
    for intent, lines in wordings().items():
        order = list(lines)
        random.Random(intent).shuffle(order)
        cut = max(1, round(share * len(order))) if len(order) > 4 else 0
        learned[intent] = tuple(order[cut:])
        if cut:
            held[intent] = tuple(order[:cut])
    return learned, held
