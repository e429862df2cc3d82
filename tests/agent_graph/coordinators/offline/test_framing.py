"""What stands around a request: titles, asides, chatter, and what is ruled out."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.rules.turns_of_phrase import said_plainly
from motion_agent.agent_graph.coordinators.offline.sentences.framing import (
    framed,
    taken_back,
    unbracketed,
    without_brackets,
    without_chatter,
)
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs

VERBS = Verbs([])


@pytest.mark.parametrize(
    ("message", "said", "ruled_out"),
    [
        ("a man walks, no running", "a man walks", ("no running",)),
        (
            "sit down slowly but don't lean back, then stand up",
            "sit down slowly, then stand up",
            ("don't lean back",),
        ),
        ("ten squats. Without jumping. Then a bow", "ten squats. Then a bow", ("Without jumping",)),
        ("don't walk, just stand", "don't walk, just stand", ()),
        ("wave, not the left hand, the right", "wave, not the left hand, the right", ()),
        ("Warm-up for beginners: jog, then squat", "jog, then squat", ()),
        ("walk like this: slowly, then fast", "walk like this: slowly, then fast", ()),
        ("warm up: arm circles, squats", "arm circles, squats", ()),
        ("workout for my class, ten squats", "ten squats", ()),
        ("warm up, then jog", "warm up, then jog", ()),
        ("jump at 10:30", "jump at 10:30", ()),
        ("a person does not move", "a person does not move", ()),
    ],
)
def test_a_request_without_its_title_and_what_it_rules_out(message, said, ruled_out):
    assert framed(message, VERBS) == (said, ruled_out)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("lol make him jump", "make him jump"),
        ("a wave. it's for my thesis", "a wave."),
        ("my kid loves this, make it faster", "make it faster"),
        ("could he turn first? looks weird like this, he's walking into the camera", "could he turn first?"),
        ("a zombie walk for my game", "a zombie walk"),
        ("walk for a while", "walk for a while"),
        ("lol", "lol"),
        ("he laughs because he can", "he laughs because he can"),
    ],
)
def test_chatter_and_reasons_are_passed_over(message, said):
    assert without_chatter(message) == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("pause 5 sec (dizzy!), then stand", "pause 5 sec, then stand"),
        ("a burpee (it's me after leg day)", "a burpee"),
        ("call it jog (2)", "call it jog (2)"),
        ("(walk forward)", "(walk forward)"),
    ],
)
def test_remarks_in_brackets_are_passed_over(message, said):
    assert without_brackets(message) == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("a goalie dive?? no sorry, do a kick", "do a kick"),
        ("wave, wait no, bow deeply", "bow deeply"),
        ("no, turn right", "no, turn right"),
        ("shake the head no and wave", "shake the head no and wave"),
    ],
)
def test_what_is_taken_back_counts_no_more(message, said):
    assert taken_back(message) == said


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("jog 6 m, hang a right, jog on", "jog 6 m, turn right, jog on"),
        ("he takes a left and sits", "he turns left and sits"),
        ("make a left hand wave", "make a left hand wave"),
        ("put a clap inbetween", "put a clap in between"),
        ("hold the final pose 3 more seconds", "hold the final pose for 3 more seconds"),
        ("before he sits, have him bow", "before he sits, let him bow"),
        ("add an inbetween there", "add an inbetween there"),
        ("zigzag instead", "in a zigzag instead"),
        ("one-legged stand for 10 s", "stand on one leg for 10 s"),
    ],
)
def test_turns_of_phrase_in_plain_words(message, plain):
    assert said_plainly(message) == plain


def test_quantities_in_brackets_are_no_remarks():
    assert unbracketed("jog to the corner (say 6 m), then stop (he is tired)") == (
        "jog to the corner 6 m, then stop (he is tired)"
    )


def test_a_wish_after_its_reason_is_kept() -> None:
    said = without_chatter("Hi! I'm making a game for my daughter and I'd love a man who bows, twice")
    assert said.endswith("a man who bows, twice") and "daughter" not in said
