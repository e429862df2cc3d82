"""Reading requests: what is known, corrected, replaced, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.lexicon import Lexicon, Reading
from motion_agent.motion_models.errors import CheckpointError, InvalidRequestError, UnknownActionError

LEXICON = Lexicon.build()


@pytest.mark.parametrize(
    ("request_text", "action"),
    [
        ("a person walks forward", "walk"),
        ("Walk forward!", "walk"),
        ("Please make an animation of someone doing jumping jacks", "jumping jacks"),
        ("the man is sitting down on a chair", "sit down"),
        ("John waves to his friend", "wave"),
        ("kick with your left leg", "kick"),
        ("turn 90 degrees to the left", "turn"),
        ("she gracefully twirls", "spin around"),
        ("a runner sprints, then stops", "run"),
        ("act like a bear", "imitate an animal"),
    ],
)
def test_ordinary_requests_raise_no_alarm(request_text: str, action: str) -> None:
    read = LEXICON.interpret(request_text)
    assert read.action == action
    assert read.text


def test_captions_of_the_training_text_are_all_known() -> None:
    captions = [caption for segment in load_captions()[::25] for caption in segment.captions]
    assert [
        word for caption in captions for word in caption.replace(",", "").split() if not LEXICON.knows(word)
    ] == []


def test_a_slip_of_the_pen_is_corrected_and_said() -> None:
    read = LEXICON.interpret("a person wlaks forward")
    assert (read.text, read.action, read.unknown) == ("a person walks forward", "walk", ())
    assert any("wlaks" in note for note in read.notes)


def test_unknown_words_with_a_known_neighbour_are_replaced() -> None:
    read = LEXICON.interpret("a person moonwalks")
    assert (read.text, read.action, read.unknown) == (
        "a person walks backward",
        "walk backward",
        ("moonwalks",),
    )
    assert any("moonwalks" in note and "walks backward" in note for note in read.notes)


def test_unknown_words_beside_a_known_action_are_left_out() -> None:
    read = LEXICON.interpret("a person waves to the crocodiles")
    assert (read.text, read.unknown) == ("a person waves", ("crocodiles",))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("a person does a burpee", "burpee"),
        ("do a burpee", "burpee"),
        ("a gymnast does a zorb", "zorb"),
        ("a person presses a quonset", "quonset"),
        ("a person does a sit-up", "situps"),
        ("a person does a bench press", "bench press"),
        ("a person does the cobra pose", "pose of floor yoga"),
        ("a person holds a side plank", "side plank"),
        ("a person stands on the head", "headstand"),
        ("a person rolls the eyes", "make a face"),
    ],
)
def test_words_of_a_known_action_make_no_unknown_one_known(text: str, unknown: str) -> None:
    with pytest.raises(UnknownActionError, match=rf"\('{unknown}' not known\)"):
        LEXICON.interpret(text)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a person drinks coffee", "only the body is shown, no coffee"),
        ("a person walks up to a door", "only the body is shown, no door"),
        ("a person picks up a heavy suitcase", "only the body is shown, no suitcase"),
        ("a person walks like a supermodel", "I do not know 'supermodel'"),
        ("a person climbs over a fence", "I do not know 'fence'"),
        ("a person does a slalom run", "I do not know 'slalom'"),
    ],
)
def test_things_are_told_apart_from_ways_of_moving(text: str, note: str) -> None:
    assert note in LEXICON.interpret(text).notes[0]


def test_what_is_left_of_a_verb_keeps_its_up() -> None:
    assert LEXICON.interpret("a person puts both hands up like Houdini").text == "a person puts both hands up"
    assert LEXICON.interpret("a person walks up to a door").text == "a person walks"


def test_what_is_done_to_a_thing_is_not_done_with_the_body() -> None:
    for text in ("a person turns the handle", "a person rolls a barrel", "a person scratches the back"):
        with pytest.raises(UnknownActionError, match="no known action"):
            LEXICON.interpret(text)
    for text in ("a person turns a corner", "a person rolls a few times", "a person spins a full circle"):
        assert LEXICON.interpret(text).action in ("turn", "dive and roll", "spin around")


@pytest.mark.parametrize(
    "text", ["a person caught a ball", "a person catches a ball", "a person zorbs in the air"]
)
def test_what_an_unknown_word_leaves_behind_is_no_other_action(text: str) -> None:
    with pytest.raises(
        UnknownActionError, match=r"'(?:caught|zorbs)' not known|'catches' alone is no known action"
    ):
        LEXICON.interpret(text)


def test_an_unknown_thing_leaves_the_action_to_be_guessed() -> None:
    read = LEXICON.interpret("a gymnast wheels through a crocodile from one foot to the other")
    assert (read.action, read.unknown) == ("cartwheel", ("crocodile",))


def test_a_past_is_read_in_the_present() -> None:
    read = LEXICON.interpret("a person found a ball and kicked it")
    assert (read.text, read.unknown) == ("a person finds a ball and kicks it", ())


@pytest.mark.parametrize(
    "nonsense",
    [
        "a person flibbers",
        "asdf",
        "una persona camina",
        "la personne marche",
        "走る",
        "😀",
        "123",
        "a person",
        "!?",
        "thanks",
    ],
)
def test_what_names_no_action_is_refused_with_examples(nonsense: str) -> None:
    with pytest.raises(UnknownActionError, match="walk"):
        LEXICON.interpret(nonsense)


@pytest.mark.parametrize("bad", ["", "  \n ", "walk " * 300])
def test_empty_and_overlong_requests_are_invalid(bad: str) -> None:
    with pytest.raises(InvalidRequestError):
        LEXICON.interpret(bad)


SOME_WORDS = st.sampled_from(
    ["a", "person", "walks", "left", "zz", "an", ",", "moonwalks", "happily", "jmups", "and", "12", "é"]
)


@settings(max_examples=60)
@given(st.lists(SOME_WORDS, max_size=9).map(" ".join) | st.text(max_size=60))
def test_nothing_but_typed_errors_comes_out(text: str) -> None:
    try:
        read = LEXICON.interpret(text)
    except (InvalidRequestError, UnknownActionError):
        return
    assert read.text
    assert read.action in LEXICON.repertoire


def test_the_repertoire_is_sorted_by_frequency() -> None:
    assert "walk" in LEXICON.repertoire[:5]
    assert len(set(LEXICON.repertoire)) == len(LEXICON.repertoire) > 40


def test_a_saved_lexicon_reads_the_same(tmp_path: Path) -> None:
    LEXICON.save(tmp_path / "lexicon.json")
    loaded = Lexicon.load(tmp_path / "lexicon.json")
    for text in ("a person moonwalks", "a person scrubs a window"):
        assert loaded.interpret(text) == LEXICON.interpret(text)


@pytest.mark.parametrize(
    "content", [None, "{", "[]", json.dumps({"format": 99}), json.dumps({"format": 1, "words": []})]
)
def test_a_missing_or_broken_file_is_one_clear_error(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "lexicon.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"lexicon\.json"):
        Lexicon.load(file)


CAPTIONS = ("a person walks forward", "a person walks and then waves", "a person knits three balls")


def test_captions_without_labels_make_a_lexicon() -> None:
    lexicon = Lexicon.from_captions([*CAPTIONS, CAPTIONS[0]])
    assert lexicon.repertoire[0] == "walk"
    assert {"knits", "balls"} <= lexicon.words
    assert lexicon.profiles["walk"]["forward"] == 2


def test_only_actions_that_were_trained_are_known() -> None:
    """The tables of words hold every action; what a model was trained on is told by its captions alone."""
    walks = Lexicon.build([segment for segment in load_captions() if segment.action == "walk"])
    assert walks.repertoire == ["walk"]
    assert walks.knows("cartwheel")
    for text in ("a person does a cartwheel", "a person does jumping jacks", "a person sits down"):
        assert LEXICON.interpret(text).action
        with pytest.raises(UnknownActionError, match=r"try for example: walk$"):
            walks.interpret(text)
    assert walks.interpret("a person walks and then does a cartwheel").action == "walk"
    assert walks.interpret("a person does a cartwheel and then walks").action == "walk"


def test_words_that_were_seen_are_enough_where_no_action_must_be_known() -> None:
    lexicon = Lexicon.from_captions(CAPTIONS)
    reading = lexicon.interpret("a person knits three balls")
    assert (reading.text, reading.action, reading.unknown) == ("a person knits three balls", "", ())
    with pytest.raises(UnknownActionError):
        lexicon.interpret("flurble the quonset")
    strict = Lexicon(lexicon.words, lexicon.actions, lexicon.profiles)
    with pytest.raises(UnknownActionError):
        strict.interpret("a person knits three balls")


def test_a_backbone_that_knows_language_gets_the_request_as_it_is() -> None:
    lexicon = Lexicon.from_captions(CAPTIONS, "language")
    reading = lexicon.interpret("Please generate an animation of a person who hops like a wallaby")
    assert reading.text == "a person who hops like a wallaby"
    assert "wallaby" in reading.unknown
    assert "'wallaby'" in reading.notes[0]
    assert lexicon.interpret("a person walks").notes == ()
    with pytest.raises(InvalidRequestError):
        lexicon.interpret("  ")


@pytest.mark.parametrize("reading", ["actions", "words", "language"])
def test_how_requests_are_read_is_kept_with_the_words(reading: Reading, tmp_path: Path) -> None:
    lexicon = Lexicon.from_captions(CAPTIONS, reading)
    lexicon.save(tmp_path / "lexicon.json")
    again = Lexicon.load(tmp_path / "lexicon.json")
    assert (again.reading, again.words, again.actions) == (reading, lexicon.words, lexicon.actions)
    content = json.loads((tmp_path / "lexicon.json").read_text())
    (tmp_path / "lexicon.json").write_text(json.dumps(content | {"reading": "backwards"}))
    with pytest.raises(CheckpointError, match="backwards"):
        Lexicon.load(tmp_path / "lexicon.json")
