"""Families of action: complete, fair to real captions, and telling actions apart."""

from __future__ import annotations

from collections import Counter

import pytest
from motion_agent.motion_models.data.recordings.gestures import GESTURES
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.families import (
    actions_named,
    families,
    families_in,
    family_of,
    repertoire,
)


def test_every_label_has_one_family() -> None:
    labels = {segment.action for segment in load_captions()} | {gesture.label for gesture in GESTURES}
    assert {label for family in families().values() for label in family.labels} == labels
    assert 40 <= sum(bool(family.labels) for family in families().values()) <= 80


def test_real_captions_name_their_family_and_few_others() -> None:
    pairs = [(family_of(s.action), caption) for s in load_captions() for caption in s.captions[::2]]
    found = [families_in(caption) for _, caption in pairs]
    hits = sum(family in names for (family, _), names in zip(pairs, found, strict=True)) / len(pairs)
    share = Counter(family for family, _ in pairs)
    chance = sum(share[name] for names in found for name in names) / len(pairs) ** 2
    assert hits >= 0.88
    assert chance < 0.2


def test_a_description_names_its_own_family() -> None:
    missed = [f.name for f in families().values() if f.name not in families_in(f.description)]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a person walks backward", ["walk backward"]),
        ("someone does jumping jacks", ["jumping jacks"]),
        ("a man stands up and walks away", ["stand up", "walk"]),
        ("a person jumps over a box", ["run and jump"]),
        ("hop on one leg", ["hop on one leg"]),
        ("a person flibbers", []),
    ],
)
def test_longer_triggers_win_and_order_is_kept(text: str, named: list[str]) -> None:
    assert actions_named(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a person raises the arms", ["raise arms"]),
        ("a person raises both of the arms", ["raise arms"]),
        ("a person raises both of the long arms", []),
        ("a person hops on his very own left leg", ["hop on one leg"]),
        ("arms", []),
        ("a person raises", []),
    ],
)
def test_up_to_three_words_may_stand_between_those_of_a_trigger(text: str, named: list[str]) -> None:
    assert actions_named(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("jumps again and on one of his own legs", ["hop on one leg"]),
        ("jumps again and again on one leg", ["jump"]),
        ("jumps on one of his very own legs", ["jump"]),
    ],
)
def test_every_two_words_of_a_longer_trigger_have_a_gap_of_their_own(text: str, named: list[str]) -> None:
    assert actions_named(text) == named


def test_the_repertoire_counts_every_segment() -> None:
    counts = [count for _, count in repertoire()]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == len(load_captions())


_DOING = (
    "walks", "sits down", "stands up", "looks around", "kneels", "kicks", "waves", "bows", "crawls", "falls",
    "squats", "claps", "raises both arms", "leans forward", "picks up a box", "throws a ball", "lies down",
    "gets up", "points forward", "nods", "steps back", "pulls", "pushes",
)  # fmt: skip


@pytest.mark.parametrize("first", _DOING)
def test_what_is_done_next_lends_no_word_to_what_comes_before(first: str) -> None:
    for then in _DOING:
        if then != first:
            apart = {*actions_named(f"a person {first}"), *actions_named(f"a person {then}")}
            assert apart <= set(actions_named(f"a person {first} and {then}")), then
            assert apart <= set(actions_named(f"a person {first} and quickly {then}")), then


def test_an_action_of_two_verbs_is_one() -> None:
    assert actions_named("a person runs and jumps") == ["run and jump"]


def test_who_is_called_after_an_action_does_another() -> None:
    assert actions_named("a boxer ducks") == ["duck"]
    assert actions_named("a boxer") == ["punch"]
    assert actions_named("a boxer punches and ducks") == ["punch", "duck"]


def test_what_is_picked_up_from_the_ground_is_no_rising() -> None:
    assert actions_named("a person picks up a heavy box from the floor") == ["scoop up"]
    assert actions_named("a person gets up from the floor") == ["stand up"]
