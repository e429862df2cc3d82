"""The two protocols on captions whose words are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.evals.motion.captions.text import PROTOCOLS, normalise

# (caption, its words in HumanML3D's texts files)
ANNOTATED = [
    (
        "A person is walking forwards, raising his left knee-high leg.",
        "a person is walk forwards raise his left kneehigh leg",
    ),
    (
        "a man kicks something or someone with his left leg.",
        "a man kick something or someone with his left leg",
    ),
    (
        "he jumps, comes forwards, remains still and travels sideways across a series of steps",
        "he jump come forwards remain still and travel sideways across a series of step",
    ),
    ("the standing person's feet turned faster", "the stand person foot turn faster"),
    (
        "someone was sitting on the ground with both arms bent",
        "someone was sit on the ground with both arm bent",
    ),
]


@pytest.mark.parametrize(("caption", "words"), ANNOTATED)
def test_processed_words_are_lemmas_of_verbs_and_nouns(caption: str, words: str) -> None:
    assert normalise(caption, "processed") == words.split()


def test_the_datas_own_words_come_first() -> None:
    annotation = ("A/DET", "person/NOUN", "bend/VERB", "and/or/CCONJ")
    assert normalise("A person is bent", "processed", annotation) == ["a", "person", "bend", "and/or"]
    assert normalise("A person is bent", "raw", annotation) == ["a", "person", "is", "bent"]


def test_annotated_words_may_be_lemmas_or_not() -> None:
    lemmas = ("person/NOUN", "sit/VERB", "on/ADP", "ground/NOUN", "left/VERB", "is/AUX", "foot/NOUN")
    forms = ("person/NOUN", "sitting/VERB", "on/ADP", "ground/NOUN", "left/VERB", "is/AUX", "feet/NOUN")
    assert normalise("", "processed", forms) == normalise("", "processed", lemmas)
    assert normalise("", "processed", lemmas) == ["person", "sit", "on", "ground", "left", "is", "foot"]
    assert normalise("", "processed", ("walks/OTHER", "untagged")) == ["walk", "untagged"]


def test_raw_words_lose_case_and_punctuation_alone() -> None:
    text = 'A person  turns counter-clockwise, then "waves" (twice) - and doesn\'t stop.'
    assert normalise(text, "raw") == (
        ["a", "person", "turns", "counter-clockwise", "then", "waves", "twice", "and", "doesn't", "stop"]
    )


@given(st.text())
def test_any_text_gives_words_without_spaces(text: str) -> None:
    for protocol in PROTOCOLS:
        assert all(word and not word.isspace() for word in normalise(text, protocol))


@pytest.mark.parametrize("word", ["walks", "jumps", "comes", "raising", "turned", "feet", "bent", "fixed"])
def test_a_lemma_is_its_own_lemma(word: str) -> None:
    [lemma] = normalise(word, "processed")
    assert normalise(lemma, "processed") == [lemma]
