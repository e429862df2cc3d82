"""A caption of several actions in a row, read as one caption for each."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.families import actions_named
from motion_agent.motion_models.english.stages import action_of, stages_of


@pytest.mark.parametrize(
    ("said", "stages"),
    [
        ("a person walks forward, then sits down", ["a person walks forward", "a person sits down"]),
        ("first the person squats, after that they jump", ["the person squats", "the person jumps"]),
        ("a person stands up and walks forward", ["a person stands up", "a person walks forward"]),
        (
            "a man walks, and after that he sits down; finally he gets up",
            ["a man walks", "a man sits down", "a man gets up"],
        ),
        (
            "a person kicks with the right leg and then with the left leg",
            ["a person kicks with the right leg", "a person kicks with the left leg"],
        ),
        (
            "a person walks, sits down and stands up and then jumps",
            ["a person walks", "a person sits down", "a person stands up", "a person jumps"],
        ),
    ],
)
def test_actions_in_a_row_are_captions_of_their_own(said: str, stages: list[str]) -> None:
    assert list(stages_of(said)) == stages


@pytest.mark.parametrize(
    "said",
    [
        "a person walks",
        "a person walks and waves",
        "a person waves while walking",
        "a person runs and jumps",
        "a person bends down and picks up a box",
        "someone hops now and then",
        "a person walks, then frobnicates",
    ],
)
def test_what_is_one_action_or_done_at_once_stays_whole(said: str) -> None:
    assert stages_of(said) == (said,)


def test_a_phrase_does_not_reach_into_the_next_action() -> None:
    assert actions_named("a person walks forward, then sits down") == ["walk", "sit down"]
    assert actions_named("a person walks, sits down") == ["walk", "sit down"]
    assert action_of("a person walks slowly down the stairs") == "climb stairs"
