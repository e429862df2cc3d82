"""Examples to learn from: a message of one or two requests, its state, and what stands where."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from . import slots
from .long_requests import long_request
from .slots import Act
from .wordings import Wordings, chosen, wordings

#: Slots of a wording -> the tag their words get; other slots fill in words that have no tag.
TAGS = {
    "A": "ACT", "As": "ACT", "Aing": "ACT", "An": "ACT", "S": "PART", "P": "ANCHOR", "D": "LENGTH",
    "T": "TIMES", "F": "FACTOR", "N": "NAME", "M": "MOTION", "X": "FORMAT", "SIDE": "SIDE",
    "STY": "STYLE", "DIST": "DISTANCE", "DEG": "DEGREES", "CNT": "COUNT", "K": "PICK",
    "L": "ACT", "Ling": "ACT", "Z": "ACT", "Sb": "PART", "Ss": "PART", "Sing": "PART", "Sn": "PART",
    "Pb": "ANCHOR", "Ps": "ANCHOR", "Ping": "ANCHOR",
}  # fmt: skip
#: A slot, or the start of another request.
_SLOT = re.compile(r"<(\w+)>|@(\w+) ")
#: Requests that make sense without a motion to talk about.
_FIRST = (
    "make", "make", "make", "scene", "greet", "thanks", "ask_help", "ask_list", "other", "join",
    "restore_named", "ask_formats", "ask_who",
)  # fmt: skip
_EDITS = (
    "append", "prepend", "insert_before", "insert_after", "replace", "delete", "repeat", "swap",
    "move_start", "move_end", "trim_start", "trim_end", "lengthen", "shorten", "duration", "speed_up",
    "slow_down", "mirror", "side", "style", "pause", "loop", "reverse", "keep_only", "limb", "path", "turn",
    "cut_after", "quantity",
)  # fmt: skip
_OPENERS = (
    "please ", "ok ", "okay, ", "now ", "and ", "hey, ", "hmm ", "so ", "alright, ", "great, now ",
    "well, ", "also ", "cool. ", "maybe ", "just ", "good. ", "umm ", "yes, ", "nice, ", "please, ",
    "sorry, ", "and now ", "one more thing: ", "next, ", "thanks, now ", "can you please ",
    "could you ",
)  # fmt: skip
#: "And jump", "now jump" go on from the motion at hand, so they open no new one.
_OPENERS_OF_NEW = tuple(opener for opener in _OPENERS if not {"and", "now", "next,"} & set(opener.split()))
_CLOSERS = (
    " please", " pls", " thanks", "!", "!!", " ok?", " please?", " if you can", " :)", " now",
    ", please", " then", " my friend", " for the kids", ", would you", " asap",
)  # fmt: skip
_JOINTS = (
    " and ",
    ", and ",
    ". ",
    ", ",
    " then ",
    ", then ",
    "; ",
    ". also ",
    " and also ",
    " and then ",
    "\n",
)

#: How many new motions are asked for at length.
_LONG = 0.4

Span = tuple[int, int, str]


class Example(NamedTuple):
    """text; state (`state_text`); spans of characters with a tag, and starts of requests tagged "@intent"."""

    text: str
    state: str
    spans: list[Span]


def state_text(parts: Sequence[str], names: Sequence[str]) -> str:
    """What the reader is told of the conversation: the parts of the current motion, the names in memory."""
    said = (" ".join(re.sub(r"^an? person ", "", part).split()[:5]) for part in parts[:8])
    now = " | ".join(said) or "nothing"
    return f"now: {now}" + (f"; saved: {', '.join(names[-4:])}" if names else "")


class Examples:
    """An endless supply of examples from some wordings."""

    def __init__(self, wordings: Wordings, seed: int) -> None:
        self.wordings, self.rng = wordings, random.Random(seed)
        self.intents = [intent for intent, lines in wordings.items() for _ in range(_weight(len(lines)))]

    def draw(self) -> Example:
        rng = self.rng
        intents = self._intents()
        acts = self._state(intents)
        names = [slots.motion_name(rng).strip("\"'") for _ in range(rng.choice([0, 0, 1, 2, 3]))]
        text, spans = "", []
        for number, intent in enumerate(intents):
            said, tagged = self._request(intent, acts, names)
            if number:
                text = text.rstrip(".!?") + rng.choice(_JOINTS)
            spans += [(len(text), len(text) + 1, f"@{intent}")]
            spans += [(a + len(text), b + len(text), tag) for a, b, tag in tagged]
            text += said
        text, spans = self._as_typed(text, spans)
        return Example(text, state_text([act.form("As") for act in acts], names), spans)

    def _intents(self) -> list[str]:
        rng = self.rng
        chance = rng.random()
        if chance < 0.1:
            return ["make"]
        if chance < 0.74:
            return [rng.choice(self.intents)] if rng.random() < 0.87 else [rng.choice(_FIRST)]
        if chance < 0.86:
            return rng.sample(_EDITS, 2)
        if chance < 0.9:
            return [rng.choice([*_EDITS, "make"]), rng.choice(["export", "name", "export"])]
        if chance < 0.97:
            said = rng.choice(["thanks", "no", "greet", "yes", "complain", "undo", "fine"])
            return [said, rng.choice([*_EDITS, "make", "replace_it", "export", "name", "side", "style"])]
        return ["make", rng.choice(["mirror", "slow_down", "speed_up", "repeat", "style", "loop", "name"])]

    def _state(self, intents: list[str]) -> list[Act]:
        rng = self.rng
        empty = 0.6 if all(intent in _FIRST for intent in intents) else 0.03
        if rng.random() < empty:
            return []
        return [slots.an_act(rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 3, 4]))]

    def _request(self, intent: str, acts: list[Act], names: list[str]) -> tuple[str, list[Span]]:
        rng = self.rng
        if intent == "make" and rng.random() < _LONG:
            return long_request(rng)
        text, spans = self._filled(chosen(self._wording(intent), rng), acts, names)
        if rng.random() < 0.2:
            opener = rng.choice(_OPENERS if intent != "make" else _OPENERS_OF_NEW)
            text, spans = opener + text, [(a + len(opener), b + len(opener), tag) for a, b, tag in spans]
        if rng.random() < 0.15 and not (intent.startswith("ask") or (spans and spans[-1][2] == "NAME")):
            text += rng.choice(_CLOSERS)
        elif intent.startswith("ask") and not text.endswith("?") and rng.random() < 0.6:
            text += "?"
        return text, spans

    def _wording(self, intent: str) -> str:
        return self.rng.choice(self.wordings.get(intent) or wordings()[intent])

    def _filled(self, wording: str, acts: list[Act], names: list[str]) -> tuple[str, list[Span]]:
        text, spans, end = "", [], 0
        subject = self.rng.choice(["he", "she", "they", "he"])
        for match in _SLOT.finditer(wording):
            text += wording[end : match.start()]
            end = match.end()
            if match[2]:
                spans.append((len(text), len(text) + 1, f"@{match[2]}"))
                continue
            value = self._value(match[1], acts, names, subject)
            if match[1] in TAGS and value:
                spans.append((len(text), len(text) + len(value), TAGS[match[1]]))
            text += value
        return text + wording[end:], spans

    def _value(self, slot: str, acts: list[Act], names: list[str], subject: str) -> str:
        rng = self.rng
        if slot in ("A", "As", "Aing", "An"):
            return slots.an_act(rng).form(slot)
        if slot in ("L", "Ling"):
            return slots.a_limb_act(rng).form(f"A{slot[1:]}")
        if slot in ("S", "P"):
            return slots.reference(acts or [slots.an_act(rng)], rng)
        if slot[0] in "SP" and slot in TAGS and TAGS[slot] in ("PART", "ANCHOR"):
            return slots.clause(rng.choice(acts or [slots.an_act(rng)]), slot[1:])
        if slot == "M":
            return rng.choice(names) if names and rng.random() < 0.8 else slots.motion_name(rng)
        if slot == "SUB":
            return rng.choice(slots.listed("subjects"))
        if slot == "PRO":
            return subject
        return slots.simple(slot, rng)

    def _as_typed(self, text: str, spans: list[Span]) -> tuple[str, list[Span]]:
        """Small letters, missing articles and slips of the pen, as people type."""
        rng = self.rng
        if rng.random() < 0.15:
            text, spans = _without_articles(text, spans)
        if rng.random() < 0.15:
            text, spans = _mistyped(text, spans, rng)
        chance = rng.random()
        text = text.lower() if chance < 0.45 else text[:1].upper() + text[1:] if chance < 0.8 else text
        if rng.random() < 0.2 and text[-1:].isalpha():
            text += rng.choice("...!")
        return text, spans


def _weight(lines: int) -> int:
    """How often an intent is drawn: more wordings, more often, but not in proportion."""
    return max(3, round(lines**0.55))


def _cut(text: str, spans: list[Span], start: int, end: int) -> tuple[str, list[Span]]:
    """The text without the characters from start to end."""
    gone = end - start

    def moved(at: int) -> int:
        return at if at <= start else max(start, at - gone)

    return text[:start] + text[end:], [
        (moved(a), moved(b), tag) for a, b, tag in spans if moved(b) > moved(a)
    ]


def _without_articles(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    for match in reversed(list(re.finditer(r"\b(?:the|a|an) (?=\w)", text))):
        if not any(a == match.start() and tag[0] == "@" for a, _, tag in spans):
            text, spans = _cut(text, spans, match.start(), match.end())
    return text, spans


def _mistyped(text: str, spans: list[Span], rng: random.Random) -> tuple[str, list[Span]]:
    at = rng.randrange(1, max(2, len(text) - 1))
    if not text[at : at + 2].isalpha() or len(text[at : at + 2]) < 2:
        return text, spans
    if rng.random() < 0.6:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :], spans
    return _cut(text, spans, at, at + 1)
