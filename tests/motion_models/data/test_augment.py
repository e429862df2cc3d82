"""Text augmentation: grammar of moods, joined captions."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from motion_agent.motion_models.data.augment import (
    augment,
    compose,
    drop_adjunct,
    drop_words,
    meanwhile,
    reword,
    slots,
    vary_mood,
    vary_subject,
)
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.clauses import clause, finite_verbs, predicate_as, wording
from motion_agent.motion_models.english.inflections import gerund

CAPTIONS = [caption for segment in load_captions()[::40] for caption in segment.captions]


def test_rewording_keeps_sides_and_first_subject() -> None:
    rng = np.random.default_rng(0)
    for caption in CAPTIONS:
        other = vary_subject(reword(caption, rng, rate=1.0), rng)
        assert ("left" in caption) == ("left" in other), (caption, other)
        assert ("right" in caption.replace("right-angle", "")) <= ("right" in other), (caption, other)


def test_slots_do_not_overlap_and_hold_their_own_text() -> None:
    for caption in CAPTIONS:
        found = slots(caption)
        assert all(a.end <= b.start for a, b in pairwise(found))
        assert all(len(slot.forms) > 0 for slot in found)


def test_predicates_change_every_finite_verb() -> None:
    text = "a person walks forward, turns left and then quickly raises both arms"
    assert predicate_as(text, gerund) == "walking forward, turning left and then quickly raising both arms"
    assert predicate_as(text, str) == "walk forward, turn left and then quickly raise both arms"
    assert clause("with both hands, a person waves") is None


def test_other_moods_leave_no_third_person_behind() -> None:
    rng = np.random.default_rng(1)
    moods = {vary_mood("a person walks forward and sits down", rng) for _ in range(60)}
    assert "walk forward and sit down" in moods
    assert len(moods) > 8
    assert not any(word in finite_verbs() for mood in moods for word in mood.split() if word != "is")


def test_adjuncts_are_dropped_from_the_end() -> None:
    assert drop_adjunct("a person walks forward, swinging both arms") == "a person walks forward"
    assert drop_adjunct("a person waves with the left hand") == "a person waves with the left hand"


def test_two_actions_at_once_are_one_sentence() -> None:
    first = "a person walks forward"
    assert meanwhile(first, "someone waves the right hand") == f"{first} while waving the right hand"
    assert (
        meanwhile(first, "with both hands, a person waves") == f"{first} and with both hands, a person waves"
    )


def test_composition_names_both_in_order() -> None:
    rng = np.random.default_rng(2)
    texts = {compose("a person walks forward", "someone sits down", rng) for _ in range(80)}
    assert "a person walks forward, then sits down" in texts
    assert "after walking forward, a person sits down" in texts
    assert all(text.index("walk") < text.index("sit") for text in texts)


def test_composition_says_which_of_the_two_comes_first() -> None:
    """The words between the actions tell their order; "after" is what stands before the earlier one."""
    rng = np.random.default_rng(2)
    texts = {compose("a person walks forward", "someone sits down", rng) for _ in range(200)}
    assert "a person walks forward before sitting down" in texts
    assert not [text for text in texts if re.search(r"walk.*\bafter (?!that)", text)]


def test_who_does_it_agrees_with_the_words_that_speak_of_them() -> None:
    rng, subjects = np.random.default_rng(3), wording()["subjects"]
    for rest, kind in (("raises his hand", "masculine"), ("raises a hand", "singular")):
        told = {vary_subject(f"a person {rest}", rng) for _ in range(200)}
        assert told == {f"{subject} {rest}" for subject in subjects[kind]}
    assert vary_subject("both arms go up", rng) == "both arms go up"


def test_an_order_speaks_to_whom_it_is_given() -> None:
    rng = np.random.default_rng(4)
    told = {vary_mood("a person raises their hand and turns themselves around", rng) for _ in range(200)}
    frames = wording()["frames"]["imperative"]
    orders = {frame.format(base="raise your hand and turn yourself around") for frame in frames}
    assert orders & told
    assert not [text for text in told - orders if re.search(r"\byour(?:self)?\b", text)]
    assert vary_mood("a person walks until he is tired", rng) == "a person walks until he is tired"


def test_only_small_words_are_dropped() -> None:
    text = "a person walks to the left with both hands up"
    told = {drop_words(text, np.random.default_rng(n)) for n in range(60)}
    assert len(told) > 10
    assert all(short.split()[-1] == "up" and "walks" in short and "left" in short for short in told)
    missing = {word for short in told for word in text.split() if word not in short.split()}
    assert missing == {"a", "the", "to", "with", "both"}
    assert drop_words("a walk", np.random.default_rng(0)) == "a walk"


@pytest.mark.parametrize(("rate", "changes"), [(0.0, False), (1.0, True)])
def test_captions_are_reworded_as_often_as_asked(rate: float, changes: bool) -> None:
    text = "a person walks forward quickly and turns left"
    told = {reword(text, np.random.default_rng(n), rate=rate) for n in range(40)}
    assert (told == {text}) is not changes


def test_augmentation_is_reproducible_and_varied() -> None:
    text = "a person walks forward slowly and turns left"
    first = [augment(text, np.random.default_rng(i)) for i in range(50)]
    assert first == [augment(text, np.random.default_rng(i)) for i in range(50)]
    assert len(set(first)) > 25
    assert all("left" in other for other in first)
