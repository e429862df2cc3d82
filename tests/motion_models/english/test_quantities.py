"""Numbers, durations and counts in requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from motion_agent.motion_models.english.quantities import (
    Taken,
    canonical,
    in_words,
    negative_seconds,
    take_each,
    take_last_seconds,
    take_limit,
    take_seconds,
    take_seed,
    take_times,
    take_total,
    take_variants,
)


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
        ("a couple of seconds", "2 seconds"),
        ("a few minutes", "180 seconds"),
        ("several seconds", "3 seconds"),
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


@pytest.mark.parametrize(
    ("take", "said", "value", "rest"),
    [
        (take_total, "he walks and sits in 12 seconds altogether", 12, "he walks and sits"),
        (take_total, "the whole thing should last 6 s", 6, ""),
        (take_limit, "a walk and a jump, at most 8 s", 8, "a walk and a jump"),
        (take_limit, "a walk, 90 seconds max", 90, "a walk"),
        (take_each, "a walk and a jump, 2 seconds each", 2, "a walk and a jump"),
        (take_each, "a walk and a jump, each part takes 3 s", 3, "a walk and a jump"),
        (take_seconds, "walks for about 3 seconds", 3, "walks"),
        (take_seconds, "4 seconds of walking", 4, "walking"),
        (take_times, "kicks 4 times in a row", 4, "kicks"),
        (take_times, "walks 2 times faster", None, "walks 2 times faster"),
        (take_variants, "three variations of a wave", 3, "a wave"),
        (take_variants, "a wave in 2 versions", 2, "a wave"),
        (take_seed, "a wave with seed 7", 7, "a wave"),
        (take_seed, "jumps 3 times (seed: 12)", 12, "jumps 3 times"),
    ],
)
def test_a_quantity_is_taken_and_the_rest_stays(
    take: Callable[[str], Taken], said: str, value: float | None, rest: str
) -> None:
    assert take(canonical(said)) == (value, rest)


@pytest.mark.parametrize(
    ("said", "value", "rest"),
    [
        ("she waves twice for 3 s.", 3, "she waves twice"),
        ("she walks for 2 s and waves for 3 s", None, "she walks for 2 s and waves for 3 s"),
        ("she waves for joy", None, "she waves for joy"),
        ("for 3 s", None, "for 3 s"),
    ],
)
def test_the_only_length_of_a_sentence_is_taken_from_its_end(
    said: str, value: float | None, rest: str
) -> None:
    assert take_last_seconds(said) == (value, rest)


@pytest.mark.parametrize(
    ("said", "below"),
    [
        ("walks for -3 seconds", -3),
        ("it takes minus 2.5 s", -2.5),
        ("walks - 3 seconds", None),
        ("for 3 s", None),
    ],
)
def test_a_length_below_zero_keeps_its_sign(said: str, below: float | None) -> None:
    assert negative_seconds(canonical(said)) == below
