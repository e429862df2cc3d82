"""A small notation for sentences, so that the tables of what users say read like what users say.

    make <ref> [<degree>] <how:longer|shorter> [by <seconds>]

`[x]` may be left out, `(a|b c)` is a choice, `<name>` stands for a fragment from the table below and
`<name:a|b>` for a choice that is remembered under that name. Matching ignores case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .....motion_models.english.quantities import NUMBERS
from ...reader.slots import listed
from .grammar import Verbs
from .requests import Intent
from .wordlists import FORMATS

_FORMAT = rf"\.?(?:{'|'.join(FORMATS)})"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|last|final|middle|1st|2nd|3rd|4th|5th)"
_PART_NOUN = r"(?:parts?|segments?|sections?|steps?|actions?|bits?|half|clips?|one)"


def _compared(style: str) -> list[str]:
    """A manner, and as it is said by comparison: "sad", "sadder"; "happy", "happier"."""
    if len(style) > 6 or not style.isalpha():
        return [style]
    stem = style[:-1] + "i" if style.endswith("y") else style.removesuffix("e")
    doubled = re.search(r"[^aeiou][aeiou][bdgmnpt]$", style)
    return [f"{stem}{style[-1] if doubled else ''}er", style]


_STYLES = [word for style in listed("styles") for word in _compared(style)]

# Every fragment starts with the space before it, as every word of a pattern does.
FRAGMENTS = {
    "part": r" (?P<part>.+?)",
    "ref": (
        r" (?P<part>it|this one|this|that one|that|(?:the|my|that|this) .+?|(?:part|segment) \w+"
        r"|(?:both|all|every|each) .+?|everything (?:after|before|from|but|except) .+?"
        r"|parts \w+ (?:and|to) \w+"
        rf"|{_ORDINAL} {_PART_NOUN})"
    ),
    "segment": (
        rf" (?P<part>(?:the )?(?:{_ORDINAL} {_PART_NOUN}|(?:part|segment) (?:number )?\w+"
        rf"|{_ORDINAL}))"
    ),
    "motion": r" (?P<part>it|this one|this|that one|that|(?:the|my|this|that) .+?|m[a-z0-9]{1,12}|\".+?\")",
    "it": (
        r" (?:it|this one|this|that one|that|them|him|her"
        r"|the (?:whole |entire |current )?(?:motion|animation|clip|thing"
        r"|sequence|movement|person))"
    ),
    "who": (
        r" (?:the|this|that|he|she|they|it|someone|somebody)(?: (?:person|man|woman|motion|animation|clip"
        r"|figure|character|guy|file|one))?"
    ),
    "new": r" (?P<new>.+?)",
    "anchor": r" (?P<anchor>.+?)",
    "name": r" (?P<name>.+?)",
    "version": r" (?P<version>.+?)",
    "any": r" .+?",
    "seconds": r" (?P<s>\d+(?:\.\d+)?) seconds",
    "times": r" (?P<n>\d+)(?P<more> more)? times",
    "count": rf" (?P<n>\d+|{'|'.join(NUMBERS)}|a couple of|a few|several)",
    "seed": r" seed(?: number| =|:)? (?P<seed>\d+)",
    "from": r" (?P<a>\d+(?:\.\d+)?)(?: seconds)?",
    "until": r" (?P<b>\d+(?:\.\d+)?)(?: seconds)?",
    "degree": (
        r" (?P<degree>an? (?:bit|little)(?: bit)?|slightly|somewhat|much|an? lot|way|far|even"
        r"|\d+(?:\.\d+)? times|\d+ ?%)"
    ),
    "formats": (
        rf" (?P<formats>{_FORMAT}(?:(?: files?| format)?(?: ,)?(?: and| or| as| in|/|,|\+)?(?: an?)?["
        rf" /]{_FORMAT})*(?: files?| format)?)"
    ),
    "@": r" (?P<part>@\d+)",
    "after": r" (?P<after>@\d+)",
    "other": r" (?P<anchor>@\d+)",
    "mark": r" @\d+",
    "gone": r" (?P<gone>.+?)",
    "figure": r" (?P<n>\d+(?:\.\d+)?)",
    "factor": r" (?P<factor>\d+(?:\.\d+)?) times",
    "home": (
        r" (?P<home>where (?:(?:he|she|they|it) )?(?:began|started(?: from| out)?|set off|came from|was"
        r" before)"
        r"|(?:the |his |her |their )?(?:starting|original|initial) (?:point|place|position|spot))"
    ),
    "style": rf" (?P<style>{'|'.join(_STYLES)}|energy|careful(?:ly)?|brisk(?:ly)?)",
    "limb": r" (?P<limb>hands?|arms?|legs?|feet|foot|knee|fist|side|one)",
    "extreme": r"(?: right)? (?:at|to|in|on) the(?: very)? (?P<extreme>end|beginning|start|front)",
    "beside": (
        r"(?: right| just| immediately| directly)? (?P<side>before|after|between|in front of|behind)"
        r" (?P<anchor>.+?)"
    ),
}

Build = Callable[[dict[str, str], Verbs], Intent | None]
_TOKEN = re.compile(r"<[^>]+>|[\[\]()|]|[^\s\[\]()|<>]+")
_SYNTAX = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}


class Row(NamedTuple):
    """One way to say something, and how the request is built from its remembered fragments."""

    pattern: re.Pattern[str]
    build: Build


def rows(build: Build, *phrases: str) -> Iterator[Row]:
    """A row for each way to say one thing."""
    return (Row(compile_phrase(phrase), build) for phrase in phrases)


def compile_phrase(phrase: str) -> re.Pattern[str]:
    """The regular expression of a phrase; it matches text that starts with one space."""
    return re.compile("".join(_piece(token) for token in _TOKEN.findall(phrase)), re.IGNORECASE)


def _piece(token: str) -> str:
    if token in _SYNTAX:
        return _SYNTAX[token]
    if not token.startswith("<"):
        return " " + re.escape(token)
    name, _, choices = token[1:-1].partition(":")
    return f" (?P<{name}>{choices})" if choices else FRAGMENTS[name]


def first_match(table: tuple[Row, ...], text: str, verbs: Verbs) -> Intent | None:
    """The request of the first row whose phrase is the whole text."""
    spaced = " " + " ".join(text.replace(",", " ,").split())
    for row in table:
        match = row.pattern.fullmatch(spaced)
        request = row.build(_remembered(match), verbs) if match else None
        if request is not None:
            return request
    return None


def _remembered(match: re.Match[str]) -> dict[str, str]:
    return {name: value.strip().replace(" ,", ",") for name, value in match.groupdict().items() if value}


def part_words(said: dict[str, str]) -> str:
    """The words of the part meant; '' where they mean the whole motion."""
    words = said.get("part", "").lower()
    whole = re.fullmatch(FRAGMENTS["it"].strip() + r"|everything|all(?: of it)?|", words)
    return "" if whole else words
