"""Captions as sentences: what follows what, and which words are verbs."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.clauses import clause, in_a_row, predicate_as


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a person walks, then sits down", ("a person walks", "sits down")),
        ("First a person walks, and then sits down", ("a person walks", "sits down")),
        ("at first, she waves; she bows", ("she waves", "she bows")),
        ("firstly a man jumps. After that he kneels, finally he lies down", None),
        ("a person walks and now and then waves", ("a person walks and now and then waves",)),
        ("a person walks", ("a person walks",)),
    ],
)
def test_what_says_of_itself_that_it_follows_is_a_part(text: str, parts: tuple[str, ...] | None) -> None:
    assert in_a_row(text) == (parts or ("a man jumps", "he kneels", "he lies down"))


@pytest.mark.parametrize(
    ("text", "subject", "verbs"),
    [
        ("a person walks and waves", "a person", ["walks", "waves"]),
        ("the dancer slowly turns, then twice jumps", "the dancer", ["turns", "jumps"]),
        ("she kicks and twice jumps", "she", ["kicks", "jumps"]),
        ("a man waves with both hands, arms up", "a man", ["waves"]),
    ],
)
def test_the_verbs_of_a_clause(text: str, subject: str, verbs: list[str]) -> None:
    parsed = clause(text)
    assert parsed is not None and parsed[0] == subject
    words = parsed[1].split(" ")
    assert [words[place].rstrip(",") for place in parsed[2]] == verbs
    marked = predicate_as(text, str.upper).replace(",", "").split(" ")
    assert sum(word.isupper() for word in marked) == len(verbs)


@pytest.mark.parametrize("text", ["walking is fun", "a person", "with both hands, a person waves"])
def test_what_is_no_plain_clause_is_left_alone(text: str) -> None:
    assert clause(text) is None and predicate_as(text, str.upper) == text
