"""Reading requests for models that read every word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models.english.lexicon import Lexicon
from motion_agent.motion_models.errors import CheckpointError, InvalidRequestError
from motion_agent.motion_models.export.convert import read_captions

CAPTIONS = ["a person walks forward", "someone walks and then jumps", "a man waves"]


def test_every_request_goes_through_as_it_is():
    reading = Lexicon.from_captions([], "language").interpret(
        "Please make an animation of a samurai who moonwalks"
    )
    assert reading.text == "a samurai who moonwalks"
    assert (reading.action, reading.unknown, reading.notes) == ("moonwalking", (), ())


def test_words_without_training_are_named_and_kept():
    lexicon = Lexicon.from_captions(CAPTIONS, "language")
    reading = lexicon.interpret("a samurai jumped and is waving")
    assert reading.text == "a samurai jumped and is waving"
    assert reading.action == "jump"
    assert reading.unknown == ("samurai",)
    assert "no caption it was trained on has 'samurai'" in reading.notes
    assert lexicon.repertoire == ["walk", "jump", "wave"]


@pytest.mark.parametrize("text", ["", "  ", "word " * 400])
def test_what_is_no_request_is_refused(text):
    with pytest.raises(InvalidRequestError):
        Lexicon.from_captions([], "language").interpret(text)


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_no_word_is_ever_lost(text):
    said = set(Lexicon.from_captions(CAPTIONS, "language").interpret(f"a person {text}").text.split())
    assert set(f"a person {text}".lower().replace("’", "'").split()) <= said


def test_both_kinds_are_read_from_the_same_file_name(tmp_path: Path):
    file = tmp_path / "lexicon.json"
    Lexicon.from_captions(CAPTIONS, "language").save(file)
    again = Lexicon.load(file)
    assert again.reading == "language"
    assert again.repertoire == ["walk", "jump", "wave"]
    assert again.interpret("a samurai").unknown == ("samurai",)
    Lexicon(["walks"], ["walk"], {"walk": {"walk": 1}}).save(file)
    assert Lexicon.load(file).reading == "actions"


@pytest.mark.parametrize(
    ("change", "message"),
    [({"format": 9}, "lexicon format 9"), ({"words": "walk"}, "no list"),
     ({"actions": ["fly to the moon"]}, "does not know: 'fly to the moon'")],
)  # fmt: skip
def test_damaged_files_are_refused(tmp_path: Path, change: dict[str, object], message: str):
    file = tmp_path / "lexicon.json"
    Lexicon.from_captions(CAPTIONS, "language").save(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(CheckpointError, match=message):
        Lexicon.load(file)


def test_a_missing_or_cut_file_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="no lexicon at"):
        Lexicon.load(tmp_path / "lexicon.json")
    (tmp_path / "lexicon.json").write_text('{"open": tru')
    with pytest.raises(CheckpointError, match="is no lexicon"):
        Lexicon.load(tmp_path / "lexicon.json")


def test_captions_come_from_a_file_or_a_folder_of_humanml3d_texts(tmp_path: Path):
    (tmp_path / "000000.txt").write_text("a man kicks.#a/DET man/NOUN kick/VERB#0.0#0.0\n\nhe sits\n")
    (tmp_path / "000001.txt").write_text("a person walks#a/DET#1.0#2.0\n")
    assert read_captions(tmp_path) == ["a man kicks.", "he sits", "a person walks"]
    assert read_captions(tmp_path / "000001.txt") == ["a person walks"]
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "none.txt"):
        with pytest.raises(CheckpointError, match="captions"):
            read_captions(path)
