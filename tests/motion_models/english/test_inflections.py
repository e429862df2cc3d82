"""Word forms."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.clauses import finite_verbs
from motion_agent.motion_models.english.inflections import gerund, lemma, past, third_person


@pytest.mark.parametrize(
    ("verb", "third", "ing", "ed"),
    [
        ("walk", "walks", "walking", "walked"),
        ("hop", "hops", "hopping", "hopped"),
        ("raise", "raises", "raising", "raised"),
        ("punch", "punches", "punching", "punched"),
        ("carry", "carries", "carrying", "carried"),
        ("squat", "squats", "squatting", "squatted"),
        ("run", "runs", "running", "ran"),
        ("lie", "lies", "lying", "lay"),
        ("do", "does", "doing", "did"),
        ("play", "plays", "playing", "played"),
    ],
)
def test_verb_forms_share_a_lemma(verb: str, third: str, ing: str, ed: str) -> None:
    assert (third_person(verb), gerund(verb), past(verb)) == (third, ing, ed)
    assert len({lemma(form) for form in (verb, third, ing, ed)}) == 1


def test_every_verb_of_the_captions_has_its_base() -> None:
    assert {form: third_person(base) for form, base in finite_verbs().items()} == {
        f: f for f in finite_verbs()
    }
