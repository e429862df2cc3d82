"""The words of mirrored motion: sides change places, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.english.mirroring import mirror_text


@pytest.mark.parametrize(
    ("text", "mirrored"),
    [
        ("a person turns left", "a person turns right"),
        ("Right hand, LEFT foot", "Left hand, RIGHT foot"),
        ("whirls counterclockwise", "whirls clockwise"),
        ("whirls clockwise", "whirls counterclockwise"),
        ("steps rightward", "steps leftward"),
        ("turns left by a right angle", "turns right by a right angle"),
        ("stands upright, right after landing", "stands upright, right after landing"),
        ("all right, walk", "all right, walk"),
        ("turns to the right after stepping down", "turns to the left after stepping down"),
        ("rotating left before landing", "rotating right before landing"),
        ("turns right after two steps", "turns left after two steps"),
        ("sweeps left and right in front of the feet", "sweeps right and left in front of the feet"),
        ("stands right behind a chair", "stands right behind a chair"),
        ("steps right away from the wall", "steps left away from the wall"),
        ("jumps, and right after landing kicks", "jumps, and right after landing kicks"),
    ],
)
def test_mirroring_swaps_sides_only(text: str, mirrored: str) -> None:
    assert mirror_text(text) == mirrored
    assert mirror_text(mirrored) == text


@pytest.mark.parametrize("word", ["counter", "counter-", "counter ", "anti", "anti-", "anti "])
def test_every_spelling_of_the_other_way_round_is_clockwise_when_mirrored(word: str) -> None:
    assert mirror_text(f"turns {word}clockwise once") == "turns clockwise once"
    assert mirror_text(f"{word.capitalize()}clockwise") == "Clockwise"
    assert mirror_text(f"{word}clockwise".upper()) == "CLOCKWISE"


def test_no_shipped_caption_keeps_a_side() -> None:
    captions = {caption for segment in load_captions() for caption in segment.captions}
    sides = [text for text in captions if " left" in text or " right" in text]
    same = {text for text in sides if mirror_text(text) == text}
    assert len(sides) > 100
    assert all("right angle" in text or "right-angle" in text or "right after" in text for text in same), same


WORDS = st.sampled_from(
    ["left", "right", "Left", "the", "clockwise", "counterclockwise", "all", "angle", "away", "leftward", ",",
     "and", "turns", "after"]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=80))
def test_mirroring_thrice_is_mirroring_once(text: str) -> None:
    once = mirror_text(text)
    assert mirror_text(mirror_text(once)) == once
