"""Text augmentation: the same motion asked for in other words, and the words of joined motions.

The rules are tables (wording.yaml); each function takes a caption and, where it chooses, a numpy Generator.
Captions are third-person sentences without a final full stop ("a person walks forward and turns left").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np

from ..english.clauses import NOT_VERBS, SUBJECT, clause, finite_verbs, predicate_as, wording
from ..english.inflections import gerund, third_person

T = TypeVar("T")

#: Words that open a clause with its own subject or verb: such captions keep their third person.
_SUBORDINATE = re.compile(
    r"\b(?:he|she|they|his|himself|who|that|until|as|where|is|are|if|when|before|after|lets)\b|while the"
)


@dataclass(frozen=True)
class Slot:
    """A span of a caption and what may stand there (the original included)."""

    start: int
    end: int
    forms: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """Interchangeable strings by each of their members, with one expression that finds any member."""

    groups: dict[str, tuple[str, ...]]
    finder: re.Pattern[str]

    @classmethod
    def of(cls, groups: Sequence[Sequence[str]]) -> _Table:
        members: dict[str, tuple[str, ...]] = {}
        for group in groups:
            for member in group:
                members.setdefault(member, tuple(group))
        ordered = sorted(members, key=len, reverse=True)
        return cls(members, re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})\b"))


@cache
def _phrases() -> _Table:
    return _Table.of(wording()["phrases"])


@cache
def _verb_groups() -> dict[str, tuple[str, ...]]:
    """Third-person verb -> third-person phrases that may replace it (the verb itself first)."""
    groups: dict[str, tuple[str, ...]] = {}
    for group in wording()["verbs"]:
        forms = tuple(third_person(phrase) for phrase in group)
        for form in forms:
            if " " not in form:
                groups.setdefault(form, forms)
    return groups


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile(rf"\b{entry['match']}"), tuple(entry["forms"])) for entry in wording()["patterns"]
    )


# ---------------------------------------------------------------- variation


@lru_cache(maxsize=50_000)
def slots(text: str) -> tuple[Slot, ...]:
    """Where a caption may be reworded: constructions first, then verbs, then phrases; never overlapping."""
    found: list[Slot] = []
    for pattern, forms in _patterns():
        found += [
            Slot(m.start(), m.end(), tuple(m.expand(form) for form in forms)) for m in pattern.finditer(text)
        ]
    found += _verb_slots(text)
    table = _phrases()
    found += [
        Slot(m.start(), m.end(), _that_fit(table.groups[m[0]], text[m.end() :]))
        for m in table.finder.finditer(text)
    ]
    chosen: list[Slot] = []
    for slot in found:
        if all(slot.end <= other.start or slot.start >= other.end for other in chosen):
            chosen.append(slot)
    return tuple(sorted(chosen, key=lambda slot: slot.start))


def _verb_slots(text: str) -> list[Slot]:
    parsed = clause(text)
    if parsed is None:
        return []
    subject, predicate, verbs = parsed
    words, found = predicate.split(" "), []
    for i in verbs:
        word = words[i].rstrip(",")
        start = len(subject) + 1 + sum(len(w) + 1 for w in words[:i])
        if forms := _verb_groups().get(word):
            found.append(Slot(start, start + len(word), _that_fit(forms, text[start + len(word) :])))
    return found


def _that_fit(forms: tuple[str, ...], following: str) -> tuple[str, ...]:
    """Forms that fit before `following`: adverbs in -ly before a verb, single verbs before a particle."""
    next_word = re.match(r" (\w+)", following)
    if next_word and next_word[1] in finite_verbs() and next_word[1] not in NOT_VERBS:
        return tuple(form for form in forms if form.endswith("ly")) or forms[:1]
    if next_word and next_word[1] not in ("and", "then", "while", "with"):
        return tuple(form for form in forms if " " not in form) or forms[:1]
    return forms


def reword(text: str, rng: np.random.Generator, rate: float = 0.5) -> str:
    """Replace each construction, verb or phrase with another that means the same, with probability `rate`."""
    pieces, end = [], 0
    for slot in slots(text):
        if rng.random() < rate:
            pieces += [text[end : slot.start], slot.forms[int(rng.random() * len(slot.forms))]]
            end = slot.end
    return "".join([*pieces, text[end:]])


def vary_subject(text: str, rng: np.random.Generator) -> str:
    """Name somebody else who does it; the verb agrees as before."""
    match = SUBJECT.match(text)
    if match is None:
        return text
    masculine = re.search(r"\b(?:he|his|him|himself)\b", text[match.end() :])
    return (
        f"{_pick(wording()['subjects']['masculine' if masculine else 'singular'], rng)} {text[match.end() :]}"
    )


def vary_mood(text: str, rng: np.random.Generator) -> str:
    """Say a caption as an order, a gerund, a progressive or with "they"; unchanged when unsure."""
    parsed = clause(text)
    if parsed is None or _SUBORDINATE.search(parsed[1]):
        return text
    frame = _pick(wording()["frames"][_pick(tuple(wording()["frames"]), rng)], rng)
    base = predicate_as(text, lambda verb: verb)
    if frame in wording()["frames"]["imperative"]:
        base = base.replace("their ", "your ").replace("themselves", "yourself")
    return frame.format(base=base, gerund=predicate_as(text, gerund))


_ADJUNCT = re.compile(
    r"(?:, (?:the|with|holding|keeping|swinging|\w+ing)\b|\bwhile \w+ing\b| with the| without| in a relaxed"
    r"| at an? \w+ (?:pace|speed)\b).*$"
)


def drop_adjunct(text: str) -> str:
    """Leave out a closing "with ...", "while ...ing", ", swinging ..."; what stays is at least four words."""
    shorter = _ADJUNCT.sub("", text).rstrip(" ,")
    return shorter if len(shorter.split()) >= 4 else text


_SMALL_WORDS = frozenset(["a", "an", "the", "their", "his", "and", "both", "of", "to", "with", "is"])


def drop_words(text: str, rng: np.random.Generator) -> str:
    """Leave half of the small words out at random: telegram style, which users write too."""
    kept = [word for word in text.split(" ") if word not in _SMALL_WORDS or rng.random() >= 0.5]
    return " ".join(kept) if len(kept) >= 2 else text


_OPENERS = re.compile(rf"^{SUBJECT.pattern}")


def compose(first: str, second: str, rng: np.random.Generator) -> str:
    """One caption for two motions in a row: "A, then B", "A and then B", "first A, next B", "after A, B"."""
    predicate = _OPENERS.sub("", second)
    same_person = predicate != second and SUBJECT.match(first) is not None
    then = predicate if same_person else second
    options = [
        f"{first}, then {then}",
        f"{first} and then {then}",
        f"{first}, then {then}",
        f"{first}, and after that {then}",
    ]
    pronoun = "he" if re.search(r"\b(?:he|his)\b", then) else _pick(("he", "she", "the person"), rng)
    if same_person:
        options += [
            f"first {first}, next {pronoun} {then}",
            f"{first}; afterwards {pronoun} {then}",
            f"{first} before {_gerund_of(second)}",
        ]
        options += [f"after {_gerund_of(first)}, a person {then}"]
    return _pick(options, rng)


def _gerund_of(text: str) -> str:
    return predicate_as(text, gerund)


def meanwhile(first: str, second: str) -> str:
    """One caption for two actions at once: "a person walks while waving the right hand".

    The second is told of the same person; a caption that has no verb to turn is joined by "and" instead.
    """
    predicate = _OPENERS.sub("", second)
    turned = _gerund_of(second)
    if predicate in (second, turned):
        return f"{first} and {predicate}"
    return f"{first} while {turned}"


def augment_third(text: str, rng: np.random.Generator) -> str:
    """Another wording that is still a third-person sentence, as `compose` needs it."""
    if rng.random() < 0.4:
        text = reword(text, rng)
    return vary_subject(text, rng) if rng.random() < 0.3 else text


def augment(text: str, rng: np.random.Generator) -> str:
    """Another way of asking for what a caption describes; in a quarter of the draws the caption itself."""
    draw = rng.random()
    if draw < 0.25:
        return text
    if draw < 0.4:
        text = drop_adjunct(text)
    text = reword(text, rng, rate=0.5)
    mood = rng.random()
    if mood < 0.35:
        text = vary_mood(text, rng)
    elif mood < 0.75:
        text = vary_subject(text, rng)
    return drop_words(text, rng) if rng.random() < 0.06 else text


def _pick(options: Sequence[T], rng: np.random.Generator) -> T:
    return options[int(rng.random() * len(options))]
