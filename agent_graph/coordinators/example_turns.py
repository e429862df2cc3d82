"""Example turns for models that write their plans, chosen by nearness to what the user said.

The bank is `example_turns.yaml`: a message, the parts of the motion at hand where there is one, and a plan or
an answer. Nearness is the cosine of TF-IDF vectors over words and pairs of words, in which all actions are
alike, and over groups of three to five letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from typing import Any, Self

import yaml
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.messages.tool import tool_call
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...motion_models.english.families import actions_named
from ..prompts import example_at_hand, meant
from .parts_named import parts_named

BANK = Path(__file__).with_name("example_turns.yaml")
#: The lengths of groups of letters, and what likeness of words counts beside theirs.
GROUPS, OF_WORDS = range(3, 6), 1.0
#: What likeness counts of a turn that has no motion at hand, where there is one.
ELSEWHERE = 0.75
#: What stands for any action, and for the beginning of a message.
ACTION, START = "<action>", "<start>"

Vector = Mapping[str, float]


class ExampleTurn(BaseModel):
    """One turn: what is said, the parts of the motion at hand, and the reply, a plan or an answer.

    others: motions made before, by id and name, with their parts. first: only where there is no motion.
    plan: (tool, arguments) of each step. answer: words to the user, where there is no plan.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    said: str = Field(min_length=1)
    motion: tuple[str, ...] = ()
    others: dict[str, tuple[str, ...]] = {}
    first: bool = False
    plan: tuple[tuple[str, dict[str, Any]], ...] = ()
    answer: str = ""

    @model_validator(mode="after")
    def _replies_once(self) -> Self:
        if bool(self.plan) == bool(self.answer):
            raise ValueError("an example turn has a plan or an answer")
        return self

    def messages(self) -> list[AnyMessage]:
        """The turn as it would have been in a thread."""
        notes = [example_at_hand(self.motion, self.others)] if self.motion else []
        if numbers := parts_named(self.said, self.motion):
            notes.append(meant(numbers, self.motion))
        note = "\n\n" + "\n".join(notes) if notes else ""
        calls = [tool_call(name=name, args=args, id=f"{n}") for n, (name, args) in enumerate(self.plan)]
        return [HumanMessage(f"{self.said}{note}"), AIMessage(self.answer, tool_calls=calls)]


def nearest(said: str, most: int, *, at_hand: bool) -> list[ExampleTurn]:
    """The turns of the bank that are nearest in wording, the nearest last.

    at_hand: whether there is a motion; without one, turns that have one are none to follow.
    """
    turns, frequencies, vectors = _bank(at_hand)
    asked = [_weighted(counts, known) for counts, known in zip(_counted(said), frequencies, strict=True)]
    weights = (OF_WORDS, 1.0)

    def nearness(number: int) -> float:
        pairs = zip(weights, asked, vectors[number], strict=True)
        alike = sum(weight * _product(one, other) for weight, one, other in pairs)
        return alike if bool(turns[number].motion) == at_hand else ELSEWHERE * alike

    ranked = sorted(range(len(turns)), key=nearness)
    return [turns[number] for number in ranked[-most:]]


@lru_cache(maxsize=1)
def example_turns() -> tuple[ExampleTurn, ...]:
    """The whole bank."""
    return tuple(ExampleTurn.model_validate(turn) for turn in yaml.safe_load(BANK.read_text("utf-8")))


@lru_cache(maxsize=2)
def _bank(
    at_hand: bool,
) -> tuple[Sequence[ExampleTurn], list[Vector], list[list[Vector]]]:
    """The turns that fit, how rare each word and each group of letters is among them, and their vectors."""
    turns = [turn for turn in example_turns() if not (turn.first if at_hand else turn.motion)]
    counted = [_counted(turn.said) for turn in turns]
    rarity = [_rarity(column) for column in zip(*counted, strict=True)]
    vectors = [
        [_weighted(counts, known) for counts, known in zip(one, rarity, strict=True)] for one in counted
    ]
    return turns, rarity, vectors


def _counted(said: str) -> tuple[Counter[str], Counter[str]]:
    """The words and pairs of words of a message, and its groups of letters, none across words."""
    words = [ACTION if _is_action(word) else word for word in re.findall(r"\w+|[:;,]", said.casefold())]
    pairs = [" ".join(pair) for pair in pairwise([START, *words])]
    return Counter([*words, *pairs]), Counter(group for word in words for group in _groups(f" {word} "))


@lru_cache(maxsize=4096)
def _is_action(word: str) -> bool:
    """Whether a word names an action by itself: what is asked of an action counts, and not which it is."""
    return bool(actions_named(word))


def _groups(word: str) -> Iterator[str]:
    for length in GROUPS:
        yield from (word[start : start + length] for start in range(max(1, len(word) - length + 1)))


def _rarity(counted: Sequence[Counter[str]]) -> Vector:
    held = Counter(name for counts in counted for name in counts)
    return {name: log((1 + len(counted)) / (1 + count)) + 1 for name, count in held.items()}


def _weighted(counts: Counter[str], rarity: Vector) -> Vector:
    """A vector of length 1 over what the bank knows."""
    vector = {name: count * rarity[name] for name, count in counts.items() if name in rarity}
    length = sqrt(sum(value * value for value in vector.values())) or 1.0
    return {name: value / length for name, value in vector.items()}


def _product(one: Vector, other: Vector) -> float:
    return sum(value * other.get(name, 0.0) for name, value in one.items())
