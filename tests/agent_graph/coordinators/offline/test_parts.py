"""Which parts of a motion words mean: numbers, order words, what happens there, and several at once."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.sentences.cutting import split_clauses
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.parts import find_parts, means_several

VERBS = Verbs(["walk", "jump", "wave", "sit down"])
PARTS = ["a person walks", "a person jumps", "a person waves", "a person jumps", "a person sits down"]

MEANT: list[tuple[str, list[int]]] = [
    ("the wave", [3]),
    ("part 2", [2]),
    ("part two", [2]),
    ("the last one", [5]),
    ("the middle", [3]),
    ("the second jump", [4]),
    ("the jump", [2, 4]),
    ("both jumps", [2, 4]),
    ("the last two", [4, 5]),
    ("first three parts", [1, 2, 3]),
    ("the last two jumps", [2, 4]),
    ("parts 1 and 3", [1, 3]),
    ("parts 2 to 4", [2, 3, 4]),
    ("the first and the last", [1, 5]),
    ("the walk and the wave", [1, 3]),
    ("the walk, the wave and the sitting", [1, 3, 5]),
    ("every part", [1, 2, 3, 4, 5]),
    ("all of them", [1, 2, 3, 4, 5]),
    ("everything after the wave", [4, 5]),
    ("everything before the wave", [1, 2]),
    ("everything from the wave on", [3, 4, 5]),
    ("everything up to the wave", [1, 2, 3]),
    ("everything but the jumps", [1, 3, 5]),
    ("both", []),
    ("the last nine", []),
    ("parts 4 and 9", []),
    ("the cartwheel and the wave", []),
    ("everything after the cartwheel", []),
]


@pytest.mark.parametrize(("words", "meant"), MEANT, ids=[words for words, _ in MEANT])
def test_words_for_parts(words: str, meant: list[int]) -> None:
    assert find_parts(words, PARTS, VERBS) == meant


def test_both_are_all_of_two() -> None:
    assert find_parts("both of them", PARTS[:2], VERBS) == [1, 2]


def test_words_that_mean_several_are_told_from_words_that_are_open() -> None:
    assert all(
        map(means_several, ["both jumps", "the last two", "parts 1 and 3", "everything after the walk"])
    )
    assert not any(map(means_several, ["the jump", "part 2", "the last one"]))


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("before he sits down, he stretches", ["he stretches", "he sits down"]),
        ("before sitting down, she bows", ["she bows", "sitting down"]),
    ],
)
def test_what_is_done_before_comes_first(message: str, parts: list[str]) -> None:
    assert split_clauses(message, Verbs()) == parts
