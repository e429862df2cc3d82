"""Numbers, durations and counts in requests."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.quantities import canonical, in_words, take_seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for half a minute", "for 30 seconds"),
        ("for a quarter of a minute", "for 15 seconds"),
        ("three quarters of a minute", "45 seconds"),
        ("two and a half seconds", "2.5 seconds"),
        ("1 minute and 30 seconds", "90 seconds"),
        ("a minute and a half", "90 seconds"),
        ("10s", "10 seconds"),
        ("a 5-second walk", "a 5 seconds walk"),
        ("2.5 s", "2.5 seconds"),
        ("twice", "2 times"),
        ("three times", "3 times"),
        ("3x", "3 times"),
        ("twice more", "2 more times"),
        ("the second part", "the second part"),
        ("500 ms", "0.5 seconds"),
        ("half a dozen squats", "6 squats"),
        ("two dozen steps", "24 steps"),
        ("a single jump", "one jump"),
        ("half a turn to the right", "a half turn to the right"),
        ("a third of a turn", "a third turn"),
    ],
)
def test_quantities_in_one_form(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (1, "one"), (10, "ten"), (11, "11"), (-2, "-2")])
def test_numbers_of_a_sentence(value: int, words: str) -> None:
    assert in_words(value) == words


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("500 milliseconds", 0.5), ("250 ms", 0.25), ("1 millisecond", 0.001), ("2 minutes", 120),
        ("1 min", 60), ("3 mins", 180), ("90 seconds", 90), ("90 secs", 90), ("7 s", 7), ("1 sec", 1),
        ("40 frames", 2),
    ],
)  # fmt: skip
def test_every_unit_of_time_is_what_it_is(said: str, seconds: float) -> None:
    taken = take_seconds(canonical(f"a person walks for {said}"))
    assert taken.value == pytest.approx(seconds, abs=0.01)
    assert taken.rest == "a person walks"
