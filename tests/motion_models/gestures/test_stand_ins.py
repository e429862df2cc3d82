"""Requests that key poses stand behind the model for: chosen by words, read, and shown by the poses."""

from __future__ import annotations

from functools import cache

import pytest
from motion_agent.motion_models.english.families import families
from motion_agent.motion_models.english.lexicon import Lexicon
from motion_agent.motion_models.gestures.reading import interpret, interpret_behind, posing, side_said
from motion_agent.motion_models.gestures.stand_ins import stand_in, stand_ins
from motion_agent.motion_models.gestures.table import STANDING, posed_action
from motion_agent.motion_models.motion.editing.keyposes import Side
from motion_agent.motion_models.motion.editing.posing import posed
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.measures.predicates import PREDICATES, check
from stretches import standing

NAMES = [each.name for each in stand_ins()]
SIDES: list[Side] = ["left", "right"]


@cache
def lexicon() -> Lexicon:
    return Lexicon.build()


@pytest.mark.parametrize("each", stand_ins(), ids=NAMES)
@pytest.mark.parametrize("side", SIDES)
def test_its_poses_show_it_on_the_side_that_is_asked_for_and_standing_does_not(each, side: Side) -> None:
    gesture = posed_action(each.name).gesture
    own = standing(frames=round(FPS * gesture.seconds()))
    shown = posed(own, gesture, side).shown
    assert [one for one in check(each.conditions(side), shown) if not one.met] == []
    assert not all(one.met for one in check(each.conditions(side), own.shown))


@pytest.mark.parametrize("each", stand_ins(), ids=NAMES)
def test_it_stands_behind_an_action_of_the_captions_and_is_known_by_measures(each) -> None:
    assert families()[each.behind].labels
    assert set(each.shown) <= set(PREDICATES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a person bows", "bow"),
        ("a person bows politely", "bow"),
        ("a person bows a little", "bow a little"),
        ("a person takes a deep bow", "bow deeply"),
        ("a person sways", None),
        ("a person waves with both hands", "wave with both hands"),
        ("a person waves his hands", "wave with both hands"),
        ("a person waves with the left hand", "wave"),
        ("a person raises his hands", "raise both arms"),
        ("a person raises a hand", "raise an arm"),
        ("a person kneels", "kneel"),
        ("a person kneels on both knees", "kneel on both knees"),
        ("a person goes down on one knee", "kneel on one knee"),
        ("a person kneels down on the left knee", "kneel on one knee"),
        ("a person picks up a box", "pick up a box"),
        ("a person points to the left", "point aside"),
        ("a person does ten push-ups", "push-ups"),
        ("a person does press-ups", "push-ups"),
        ("a person does 5 knee push-ups", "push-ups on the knees"),
        ("a person does push-ups on the knees", "push-ups on the knees"),
        ("a person takes 3 steps to the left and 3 back", "step aside"),
        ("a person sidesteps to the right", "step aside"),
        ("a person moves two steps to the right", "step aside"),
        ("a person steps one metre to the left", "step aside"),
        ("a person shuffles sideways", "shuffle sideways"),
        ("a person does a side shuffle to the left", "shuffle sideways"),
        ("a person steps forward with the left foot", None),
        ("a person takes a step with the right foot", None),
        ("a person turns 180 degrees on the spot, clockwise", "turn on the spot"),
        ("a person does a quarter turn left", "turn on the spot"),
        ("a person rotates in place", "turn on the spot"),
        ("a person turns around", "turn on the spot"),
        ("a person walks", None),
        ("a person sits down, then bows", None),
    ],
)
def test_the_words_of_a_request_choose_it(text: str, name: str | None) -> None:
    found = stand_in(text)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("a person waves", STANDING),
        ("a person walks and waves", "a person walks"),
        ("a person sits and claps", "a person sits"),
        ("a person walks and kneels", None),  # the whole body kneels
        ("a person claps and dances", None),
        ("a person takes 3 steps to the left and 3 back", STANDING),
        ("a person walks and turns around", None),
        ("a person walks", None),
    ],
)
def test_it_is_laid_over_what_goes_with_it(text: str, base: str | None) -> None:
    found = interpret_behind(lexicon(), text)
    assert (found and found.beside) == base
    assert interpret(lexicon(), text).posed == ()


@pytest.mark.parametrize(
    ("text", "name", "side", "times"),
    [
        ("a person waves with the left hand", "wave", "left", None),
        ("a person bows twice", "bow", "right", 2),
        ("a person claps three times", "clap", "right", 3),
        ("a person nods two times", "nod", "right", 2),
        ("a person kneels on the left knee", "kneel on one knee", "left", None),
    ],
)
def test_sides_and_numbers_are_kept(text: str, name: str, side: str, times: int | None) -> None:
    found = posing(text, name)
    assert (found.side, found.times) == (side, times)


def test_conditions_are_those_of_the_side_that_is_said_where_there_are_such() -> None:
    found = stand_in("a person waves with the left hand")
    assert found is not None
    assert found.conditions(side_said("with the left hand")) == ("waves_a_hand_left",)
    assert found.conditions(side_said("from left to right")) == ("waves_a_hand",)
    bow = stand_in("a person bows")
    assert bow is not None and bow.conditions("left") == ("bows",)
