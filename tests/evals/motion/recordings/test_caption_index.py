"""Which clip's caption is nearest by words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.evals.motion.recordings.caption_index import CaptionIndex, stems

CLIPS = [
    ["a person walks forward", "someone strolls"],
    ["a person walks backward slowly"],
    ["a man jumps, then jumps again"],
    ["the person waves with the left hand"],
]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("walking forward", 0),
        ("a woman strolls", 0),
        ("walk slowly", 1),
        ("slowly forward backward", 1),
        ("jumping", 2),
        ("the left", 3),
        ("waved hands", 3),
    ],
)
def test_words_are_found_whatever_their_endings(text: str, place: int) -> None:
    index = CaptionIndex(CLIPS)
    assert index.nearest(text) == place == index.ranked(text)[0]


def test_rare_words_count_more_than_frequent_ones() -> None:
    index = CaptionIndex([["walks"], ["walks"], ["walks"], ["kicks"]])
    assert index.ranked("walks kicks")[0] == 3


def test_a_short_caption_is_nearer_than_a_long_one_with_the_same_word() -> None:
    index = CaptionIndex([["kicks high before turning around"], ["kicks"]])
    assert index.ranked("kick") == [1, 0]


def test_words_nobody_uses_leave_the_clips_in_their_order() -> None:
    assert CaptionIndex(CLIPS).ranked("zz") == [0, 1, 2, 3]
    assert stems("The person then RUNS to and fro, 2 times") == ["run", "fro", "2", "tim"]


WORDS = st.lists(st.sampled_from(["walk", "runs", "jumping", "left", "kicked", "a"]), max_size=4).map(
    " ".join
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=5), WORDS)
def test_every_clip_is_ranked_once_and_the_nearest_is_the_first(captions: list[list[str]], text: str) -> None:
    index = CaptionIndex(captions)
    ranked = index.ranked(text)
    assert sorted(ranked) == list(range(len(captions)))
    assert index.nearest(text) == ranked[0]
