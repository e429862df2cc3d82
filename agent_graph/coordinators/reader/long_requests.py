"""Long requests for new motion, as people string them: several actions with details, asides, conditions."""

from __future__ import annotations

import random
from typing import NamedTuple

from . import slots
from .slots import Act

Span = tuple[int, int, str]


class Joined(NamedTuple):
    """text, and the spans of its actions, lengths and counts."""

    text: str
    spans: list[Span]


#: How actions follow each other: (before the first, between two, before the last).
_STRINGS = (
    ("", ", ", ", "), ("", ", ", ", "), ("", ", ", " and "), ("", ", ", ", and "), ("", ", ", ", then "),
    ("", ", ", ", and then "), ("", " then ", " then "), ("", ", then ", ", then "),
    ("", " and ", " and "), ("", " ", " "), ("", " ", " and "), ("", " and then ", " and then "),
    ("", "\n", "\n"), ("", " -> ", " -> "), ("", " / ", " / "), ("", "; ", "; "), ("", " + ", " + "),
    ("", ". ", ". "), ("", ". Then ", ". Finally "), ("first ", ", then ", ", finally "),
    ("First ", ". Then ", ". At the end "), ("- ", "\n- ", "\n- "),
    ("", ", after that ", ", and at last "), ("", ", next ", ", last "), ("", " & ", " & "),
    ("", " > ", " > "), ("", ", afterwards ", " and to finish "), ("", ", ", " before "),
)  # fmt: skip
_OPENING, _ASIDE, _CONDITION, _DETAIL = 0.55, 0.22, 0.14, 0.45


def long_request(rng: random.Random) -> Joined:
    """One to six actions of one person, all in one form."""
    slot = rng.choice(["As", "As", "Aing", "Aing", "A", "A", "An"])
    acts = [_one_act(rng) for _ in range(rng.choice([1, 1, 2, 2, 3, 3, 4, 5, 6]))]
    told = _Told(rng)
    if rng.random() < _OPENING:
        told.say(rng.choice(slots.listed("openings")) + " ")
    first, middle, last = rng.choice(_STRINGS)
    numbered = len(acts) > 1 and rng.random() < 0.07
    told.say("" if numbered else first)
    if slot in ("As", "Aing") and rng.random() < 0.8:
        told.say(rng.choice(slots.listed("subjects")) + " ")
    for number, act in enumerate(acts):
        if numbered:
            told.say(("" if number == 0 else rng.choice(["\n", " "])) + f"{number + 1}. ")
        elif number:
            told.say(last if number == len(acts) - 1 else middle)
        told.act(act, slot)
    if rng.random() < _CONDITION:
        told.say(rng.choice([", ", ". ", " - ", ", but ", "; "]) + rng.choice(slots.listed("constraints")))
    if rng.random() < _ASIDE:
        aside = rng.choice(slots.listed("asides"))
        told.say(
            rng.choice([f" ({aside})", f". {aside}", f", {aside}", f"! {aside}", f" {aside}", f"\n{aside}"])
        )
    return Joined(told.text, told.spans)


def _one_act(rng: random.Random) -> Act:
    """An action that is one: captions also join two."""
    while True:
        act = slots.an_act(rng)
        if not {"and", "then", "while", "before"} & set(act.rest.split()):
            return act


class _Told:
    """A message as it grows."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.text, self.spans = rng, "", list[Span]()

    def say(self, words: str, tag: str = "") -> None:
        if tag:
            self.spans.append((len(self.text), len(self.text) + len(words), tag))
        self.text += words

    def act(self, act: Act, slot: str) -> None:
        """An action with the details that belong to it, then how long or how often."""
        rng = self.rng
        begin = len(self.text)
        counted = slot != "An" and rng.random() < 0.07
        if counted:  # "5 squats": the count before the noun
            noun = slots.clause(act, "n")
            self.say(rng.choice([str(rng.randint(2, 12)), *slots.NUMBERS[1:6]]), "COUNT")
            begin = len(self.text) + 1
            self.say(f" {noun}")
        else:
            self.say(act.form(slot))
        if rng.random() < _DETAIL:
            self.say(rng.choice([" ", " ", ", "]) + rng.choice(slots.listed("details")))
        self.spans.append((begin, len(self.text), "ACT"))
        if rng.random() < 0.14 and not counted:
            self.say(rng.choice([" ", " ", " (", ", "]))
            self.say(slots.times(rng), "TIMES")
            self.say(")" if self.text[self.spans[-1][0] - 1] == "(" else "")
        elif rng.random() < 0.16:
            self.say(rng.choice([" for ", " for ", " ", ", ", " for about "]))
            self.say(slots.duration(rng), "LENGTH")
