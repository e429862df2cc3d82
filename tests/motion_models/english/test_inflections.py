"""Word forms, held against a table written by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.clauses import finite_verbs
from motion_agent.motion_models.english.families import families
from motion_agent.motion_models.english.inflections import (
    WORD,
    gerund,
    lemma,
    past,
    past_forms,
    plural,
    third_person,
    verb_base,
    verb_bases,
)

#: base, third person, -ing, past.
TABLE = Path(__file__).with_name("verb_forms.txt")
VERBS = [tuple(line.split()) for line in TABLE.read_text("utf-8").splitlines()]

#: Words of the families that the dictionary holds as verbs too, and that name something else there.
_NAMES = set(
    re.findall(
        r"\w+",
        """
        air arm ball bar basket bear belly boat bottle cap cart cat chair chicken chin dog down elbow eye
        fish floor foot footwork forward foul free glass ground hack hand handstand head hoop idle
        jack knee knife ladder like low meter metre monkey motion motorcycle object over palm paw place
        position referee rhyme right rope rock roundhouse self shade shadow shape short shoulder side snake
        spot star still stomach stone stool tango traffic umpire up uppercut while window
        """,
    )
)


@pytest.mark.parametrize(("verb", "third", "ing", "ed"), VERBS, ids=[row[0] for row in VERBS])
def test_the_forms_of_a_verb(verb: str, third: str, ing: str, ed: str) -> None:
    assert (third_person(verb), gerund(verb), past(verb)) == (third, ing, ed)


@pytest.mark.parametrize(("verb", "third", "ing", "ed"), VERBS, ids=[row[0] for row in VERBS])
def test_the_base_of_every_form(verb: str, third: str, ing: str, ed: str) -> None:
    assert all(verb in verb_bases(form) for form in (verb, third, ing, ed))
    assert verb_base(ing) == verb


def test_the_table_holds_every_verb_that_the_families_name() -> None:
    named = {
        word
        for family in families().values()
        if family.labels
        for text in (*family.triggers, *family.labels, family.description)
        for word in re.findall("[a-z]+", text)
    }
    verbs = {word for word in named if word in verb_bases(word)}
    assert verbs - {row[0] for row in VERBS} - _NAMES == set()


@pytest.mark.parametrize(
    ("verb", "third", "ing", "ed"),
    [
        ("zorb", "zorbs", "zorbing", "zorbed"),
        ("flibber", "flibbers", "flibbering", "flibbered"),
        ("frontflip", "frontflips", "frontflipping", "frontflipped"),
        ("breakdance", "breakdances", "breakdancing", "breakdanced"),
        ("high-five", "high-fives", "high-fiving", "high-fived"),
        ("tip-toe", "tip-toes", "tip-toeing", "tip-toed"),
        ("shadow-box", "shadow-boxes", "shadow-boxing", "shadow-boxed"),
        ("warm-up", "warms-up", "warming-up", "warmed-up"),
        ("sit down", "sits down", "sitting down", "sat down"),
        ("get up", "gets up", "getting up", "got up"),
        ("take a step", "takes a step", "taking a step", "took a step"),
    ],
)
def test_new_verbs_and_verbs_of_several_words(verb: str, third: str, ing: str, ed: str) -> None:
    assert (third_person(verb), gerund(verb), past(verb)) == (third, ing, ed)


def test_every_past_of_a_verb_is_known() -> None:
    assert past_forms("dive") == ("dived", "dove")
    assert past_forms("swim") == ("swam", "swum")
    assert past_forms("walk") == ("walked",)
    assert [past_forms(verb) for verb in ("catch", "sit", "hit")] == [("caught",), ("sat",), ("hit",)]


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("found", "find"), ("caught", "catch"), ("slept", "sleep"), ("mimicking", "mimic"),
        ("zorbing", "zorb"), ("flibbers", "flibber"), ("moonwalked", "moonwalk"),
        ("backflipping", "backflip"), ("走る", "走る"),
    ],
)  # fmt: skip
def test_the_base_of_a_form(word: str, base: str) -> None:
    assert verb_base(word) == base


def test_only_verbs_have_a_base_in_the_dictionary() -> None:
    assert verb_bases("found") == ("find", "found")
    assert verb_bases("backflips") == ("backflip",)
    assert [verb_bases(word) for word in ("crocodiles", "zorbs", "basketball", "", "3")] == [()] * 5


@pytest.mark.parametrize(
    ("words", "base"),
    [
        ("walk walks walked walking", "walk"),
        ("raise raises raised raising", "raise"),
        ("spin spins spun spinning", "spin"),
        ("spine spines", "spine"),
        ("pan pans panned", "pan"),
        ("pane panes", "pane"),
        ("dive dives dived dove diving", "dive"),
        ("be is are was were am been being", "be"),
        ("foot feet", "foot"),
        ("person people", "person"),
        ("left", "left"),
        ("ground", "ground"),
        ("zorb zorbs zorbed zorbing", "zorb"),
        ("dog dog's", "dog"),
    ],
)
def test_all_forms_of_a_word_have_one_lemma(words: str, base: str) -> None:
    assert {lemma(word) for word in words.split()} == {base}


def test_the_lemma_of_a_lemma_is_itself() -> None:
    words = {word.lower() for s in load_captions() for text in s.captions for word in WORD.findall(text)}
    again = {lemma(word): lemma(lemma(word)) for word in words}
    assert {word: base for word, base in again.items() if word != base} == {}


@pytest.mark.parametrize(
    ("one", "many"), [("arm", "arms"), ("foot", "feet"), ("box", "boxes"), ("zorb", "zorbs")]
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


@given(st.text())
def test_any_text_has_a_lemma(text: str) -> None:
    assert isinstance(lemma(text), str)
    assert isinstance(verb_base(text), str)


def test_every_verb_of_the_captions_has_its_base() -> None:
    assert {third_person(base) for base in finite_verbs().values()} == set(finite_verbs())


def test_the_dictionary_is_read_when_a_word_is_looked_up() -> None:
    code = (
        "import sys; from motion_agent.motion_models.english import lexicon, inflections as i;"
        "assert 'lemminflect' not in sys.modules; i.past('walk'); assert 'lemminflect' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)
