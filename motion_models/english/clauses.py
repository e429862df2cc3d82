"""Captions as sentences: who does it, and which words are its verbs, in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from .captions import load_captions
from .inflections import third_person, verb_base

#: How a plain caption begins.
SUBJECT = re.compile(
    r"(?P<subject>someone|somebody|he|she|(?:a|an|the) (?:person|man|woman|figure|human|character|guy|boy"
    r"|(?:ballet |martial |karate |basketball |soccer |traffic )?(?:dancer|artist|fighter|player|officer)"
    r"|girl|actor|boxer|ballerina|performer|karateka|runner|jogger|sprinter|walker|cleaner|storyteller))\b "
)
#: Nouns and adverbs that look like verbs after "and" or a comma.
NOT_VERBS = frozenset(
    ["arms", "hands", "legs", "knees", "hips", "shoulders", "elbows", "ribs", "heads", "fists", "his",
     "combinations", "always", "afterwards", "across", "seats", "bats", "bears"]
)  # fmt: skip
#: What says that the next action begins when the one before has ended, and what says that one is the first.
_NEXT = re.compile(
    r"[,;.]?\s+(?:and\s+)?(?<!now and )"
    r"(?:then|after (?:that|this)|afterwards?|finally|lastly|subsequently)\b,?\s*|;\s+",
    re.IGNORECASE,
)
_FIRST = re.compile(r"(?:at )?first(?:ly| of all)?,?\s+", re.IGNORECASE)


@cache
def wording() -> dict[str, Any]:
    """The tables of wording.yaml."""
    return yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text("utf-8"))


@cache
def finite_verbs() -> dict[str, str]:
    """Third-person form -> base form, for every verb of the captions and the tables."""
    heads = re.compile(rf"{SUBJECT.pattern}(?:\w+ly )?(\w+s)\b")
    later = re.compile(r"(?:\band(?: then)?|, then|,) (?:\w+ly )?(\w+s)\b")
    captions = [text for segment in load_captions() for text in segment.captions]
    found = {m[2] for text in captions if (m := heads.match(text))}
    found |= {m[1] for text in captions for m in later.finditer(text)} - NOT_VERBS
    listed = {third_person(phrase).split()[0] for group in wording()["verbs"] for phrase in group}
    listed |= {form.split()[0] for entry in wording()["patterns"] for form in entry["forms"]}
    return {form: verb_base(form) for form in sorted(found | listed) if form.endswith("s")}


def in_a_row(text: str) -> tuple[str, ...]:
    """The parts of a text that say of themselves that they follow one another; at least one."""
    first = _FIRST.match(text)
    parts = _NEXT.split(text[first.end() :] if first else text)
    return tuple(part for part in parts if part.strip()) or (text,)


@lru_cache(maxsize=50_000)
def clause(text: str) -> tuple[str, str, tuple[int, ...]] | None:
    """Split a caption into (subject, predicate, word positions of the predicate's finite verbs).

    None when the caption does not begin with a plain subject and a known verb.
    """
    match = SUBJECT.match(text)
    if match is None:
        return None
    predicate = text[match.end() :]
    words = predicate.split(" ")
    verbs = tuple(i for i in range(len(words)) if _is_verb(words, i))
    if not verbs or verbs[0] > 1:
        return None
    return match["subject"], predicate, verbs


def _is_verb(words: Sequence[str], i: int) -> bool:
    """Whether word i is a finite verb: known, and at the head or after "and", "then" or a comma."""
    word = words[i].rstrip(",")
    if word not in finite_verbs():
        return False
    before = i - 1
    while before >= 0 and (words[before].endswith("ly") or words[before] in ("then", "twice")):
        before -= 1
    if before < 0:
        return True
    return word not in NOT_VERBS and (words[before] in ("and", "but") or words[before].endswith(","))


def predicate_as(text: str, form: Callable[[str], str]) -> str:
    """The predicate with its finite verbs put in another form. Text without a clause comes back."""
    parsed = clause(text)
    if parsed is None:
        return text
    words = parsed[1].split(" ")
    for i in parsed[2]:
        verb = words[i].rstrip(",")
        words[i] = form(finite_verbs()[verb]) + words[i][len(verb) :]
    return " ".join(words)
