"""Which requests key poses are laid over which motion for, and that no word of them gets lost."""

from __future__ import annotations

from functools import cache

import pytest
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.families import actions_named, families
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.motion_models.english.lexicon import Lexicon
from motion_agent.motion_models.errors import UnknownActionError
from motion_agent.motion_models.gestures.reading import Posing, beside, interpret, posing, unseen_in
from motion_agent.motion_models.gestures.table import STANDING, posed_actions


@cache
def lexicon() -> Lexicon:
    return Lexicon.build()


def read(text: str) -> Interpretation:
    return interpret(lexicon(), text)


@pytest.mark.parametrize("name", posed_actions())
def test_its_own_description_and_nouns_ask_for_it(name: str) -> None:
    family = families()[name]
    for text in (family.description, *(f"a person does {noun}" for noun in family.nouns)):
        assert name in read(text).posed, text


def test_few_captions_that_a_model_learned_from_ask_for_key_poses_instead() -> None:
    captions, known = [segment.captions[0] for segment in load_captions()], lexicon().profiles
    asked = [(text, unseen_in(text, known)) for text in captions]
    posed = [text for text, names in asked if names and beside(text, names, known) == STANDING]
    assert len(posed) / len(captions) < 0.06


@pytest.mark.parametrize(
    ("text", "posed", "base"),
    [
        ("a person salutes with the left hand", ["salute"], "a person stands"),
        ("a person walks while scratching the head", ["scratch the head"], "a person walks"),
        ("a person walks with arms out in front", ["arms out in front"], "a person walks"),
        ("a person sits and reads", ["read"], "a person sits"),
        ("a zombie walks forward", ["like a zombie"], "a person walks forward"),
        ("an old lady with a basket walks forward", ["hunched"], "a lady with a basket walks forward"),
        ("a person walks on tiptoe", ["on tiptoe"], "a person walks"),
        ("a person tiptoes", ["on tiptoe"], "a person walks slowly forward"),
        ("a person lunges and walks", ["lunge"], "a person stands"),
        ("a person walks and looks up", ["look up"], "a person walks"),
        ("a person turns the head to the left", ["turn the head"], "a person stands"),
        ("a person is very cold", ["shiver"], "a person stands"),
        ("a person is walking in the cold", [], ""),
        ("a person gets hit", ["startle"], "a person stands"),
        ("a person lifts a box from the floor", ["lift a box"], "a person stands"),
        ("a person scratches the back", ["scratch the back"], "a person stands"),
        ("a person moonwalks", ["moonwalking"], "a person walks backward"),
        ("a person stands with the head hanging", ["dejected"], "a person stands"),
        ("a person walks with a cane", ["lean on a cane"], "a person walks"),
        ("a person rubs the left knee", ["rub the knee"], "a person stands"),
        ("a person does ten sit-ups", ["sit-ups"], "a person lies on the back"),
        ("a sad person walks with folded arms", ["dejected", "cross the arms"], "a person walks"),
    ],
)
def test_the_rest_of_a_request_is_what_the_poses_are_laid_over(
    text: str, posed: list[str], base: str
) -> None:
    found = read(text)
    assert (list(found.posed), found.beside) == (posed, base)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a person holds a plank", "plank"),
        ("a person is planking", "plank"),
        ("a person does a downward-facing dog", "downward dog"),
        ("a person does three burpees", "burpees"),
        ("a person does a grapevine to the right", "grapevine"),
        ("a person plays hopscotch", "hopscotch"),
        ("a person dances a waltz alone", "waltz"),
        ("a person waltzes", "waltz"),
        ("a person slips on a banana peel", "slip"),
        ("a person brushes the dust off the trousers", "brush off the clothes"),
        ("a person dusts off his clothes", "brush off the clothes"),
        ("a person does neck tilts", "tilt the head from side to side"),
        ("a person tilts the head to each shoulder", "tilt the head from side to side"),
        ("a person raises a finger as if to say aha", "have an idea"),
        ("a person has an idea", "have an idea"),
        ("a person does a yoga forward fold", "forward fold"),
        ("a person does the mountain pose", "mountain pose"),
        ("a person does seated arm raises", "seated arm raises"),
        ("a person sits on a chair and lifts the arms", "seated arm raises"),
        ("a person does seated knee extensions", "seated knee extensions"),
        ("a person flies like a plane", "fly like a plane"),
        ("a person walks with a swagger", "with a swagger"),
        ("a person swaggers", "with a swagger"),
        ("a person limps with a bad hip", "with a limp"),
        ("a person walks like a drunk, wobbly", "as if drunk"),
        ("a person crosses the arms over the chest", "cross the arms"),
        ("a person puts the hands on the knees and pants", "catch the breath"),
        ("a person shifts the weight from foot to foot", "idle"),
        ("a person plays air guitar", "play the guitar"),
        ("a person stands in a T pose", "t-pose"),
    ],
)
def test_everyday_words_ask_for_it_and_none_is_unknown(text: str, name: str) -> None:
    found = read(text)
    assert name in found.posed
    assert found.unknown == ()


def test_words_that_nothing_is_made_of_are_named_and_those_that_ask_for_it_are_not() -> None:
    found = read("an angry customer stomps grumpfily on the zorb")
    assert found.unknown == ("zorb",)
    assert any("grumpfily" in note for note in found.notes)
    assert not any("stomp" in note or "customer" in note for note in found.notes)
    assert read("a drunk man walks forward").notes == ()


def test_hands_that_do_something_the_model_knows_do_nothing_else() -> None:
    assert "wave" in actions_named("a person waves and reads")
    assert read("a person waves and reads").posed == ()
    assert read("a person waves sadly").posed == ("dejected",)


def test_what_a_model_was_shown_is_left_to_it() -> None:
    taught = Lexicon.from_captions(["a person salutes"] * 3 + ["a person walks"] * 3)
    assert interpret(taught, "a person salutes").posed == ()
    assert interpret(taught, "a person curtsies").posed == ("curtsy",)
    freely = Lexicon(["a", "person", "walks"], ["walk"], {}, "language")
    assert interpret(freely, "a person curtsies").posed == ()


def test_what_neither_knows_is_refused_as_before() -> None:
    with pytest.raises(UnknownActionError, match="skydives"):
        read("a person skydives with a ball")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("a person stomps", "stomp", Posing("stomp", "right")),
        ("a person stomps with the left foot three times", "stomp", Posing("stomp", "left", 3)),
        ("a person does ten toe touches", "touch the toes", Posing("touch the toes", "right", 10)),
        ("a person curtsies slowly twice", "curtsy", Posing("curtsy", "right", 2, 1.6)),
        ("a person looks at a watch", "check the watch", Posing("check the watch", "left")),
        ("a person looks left and right", "look behind", Posing("look behind", "right")),
        (
            "a person takes two steps to the left and one back",
            "step aside",
            Posing("step aside", "left", 3, sides=("left", "left", "right")),
        ),
        ("a person steps 0.9 m to the right", "step aside", Posing("step aside", "right", 2, share=1.25)),
        ("a person turns left", "turn on the spot", Posing("turn on the spot", "left", 2)),
        ("a person turns around", "turn on the spot", Posing("turn on the spot", "left", 3, share=4 / 3)),
        (
            "a person turns right and left quickly",
            "turn on the spot",
            Posing("turn on the spot", "right", 4, 0.65, ("right", "right", "left", "left")),
        ),
        ("a person turns on the spot", "turn on the spot", Posing("turn on the spot", "left")),
        ("a person walks 3 steps on tiptoe", "on tiptoe", Posing("on tiptoe", "right")),
    ],
)
def test_how_often_on_which_side_and_how_fast(text: str, name: str, expected: Posing) -> None:
    assert posing(text, name) == expected


def test_its_length_follows_number_and_speed_but_not_that_of_a_way_of_going() -> None:
    once, thrice = Posing("stomp", "right", 1), Posing("stomp", "right", 3)
    assert once.seconds is not None
    assert thrice.seconds is not None
    cycle = posed_actions()["stomp"].gesture.cycle
    assert thrice.seconds - once.seconds == pytest.approx(2 * cycle)
    assert once.repeated(3) == thrice
    assert Posing("stomp", "right", 1, 2.0).seconds == pytest.approx(2 * once.seconds)
    assert Posing("on tiptoe", "right").seconds is None
