"""Numbers in every form in which they are said, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models.english.demands import Count, Demands, Turn, read_demands
from motion_agent.motion_models.english.mirroring import mirror_text
from motion_agent.motion_models.english.quantities import (
    NUMBERS,
    canonical,
    number,
    spoken,
    take_each,
    take_seconds,
    take_seed,
    take_times,
    take_total,
    take_variants,
)

UNITS = {"second": 1.0, "seconds": 1.0, "sec": 1.0, "minute": 60.0, "minutes": 60.0, "mins": 60.0}
WORDS = st.sampled_from(sorted(set(NUMBERS) - {"zero"}))


def seconds(value: float) -> str:
    return f"{spoken(value)} seconds"


@given(st.one_of(st.integers(1, 99).map(str), st.integers(1, 990).map(lambda n: f"{n / 10:.1f}"), WORDS))
def test_a_number_of_a_unit_is_so_many_seconds(said):
    for unit, size in UNITS.items():
        assert canonical(f"walks for {said} {unit}") == f"walks for {seconds(number(said) * size)}"


@given(st.one_of(st.integers(1, 20).map(str), WORDS))
def test_and_a_half_is_half_of_the_unit_that_is_said(said):
    for unit, size in {"minutes": 60.0, "seconds": 1.0}.items():
        half = seconds((number(said) + 0.5) * size)
        assert canonical(f"{said} and a half {unit}") == half
        assert canonical(f"{said} {unit} and a half") == half


@given(st.integers(1, 9), st.integers(1, 59))
def test_minutes_and_seconds_add_up(minutes, rest):
    whole = seconds(60 * minutes + rest)
    for said in (
        f"{minutes} minutes and {rest} seconds",
        f"{minutes} min {rest} s",
        f"{minutes} mins, {rest} sec",
    ):
        assert canonical(said) == whole


@given(st.one_of(st.integers(1, 50).map(str), WORDS))
def test_a_number_of_times_is_one(said):
    for form in (f"jumps {said} times", f"jumps {said} reps"):
        assert take_times(canonical(form)) == (number(said), "jumps")
    assert canonical(f"jumps {said} more times") == f"jumps {spoken(number(said))} more times"


@given(
    st.integers(1, 90), st.sampled_from(["for {}", "lasting {}", "over {}", "for about {}", "for exactly {}"])
)
def test_what_is_taken_is_taken_out(value, form):
    said = form.format(f"{value} seconds")
    assert take_seconds(f"a person walks {said}") == (value, "a person walks")
    assert take_total(f"a person walks in {value} seconds altogether") == (value, "a person walks")
    assert take_each(f"walk and jump, {value} seconds each") == (value, "walk and jump")
    assert take_seed(f"a person walks with seed {value}") == (value, "a person walks")
    assert take_variants(f"{value} variations of a wave").value == value


@pytest.mark.parametrize("text", ["a person walks", "the second part", "a person stands on one leg"])
def test_nothing_is_taken_where_nothing_is_said(text):
    assert canonical(text) == text
    for take in (take_seconds, take_total, take_each, take_times, take_variants, take_seed):
        assert take(text) == (None, text)


# ---------------------------------------------------------------------- demands

EVENTS = {
    "jumps": "jump",
    "hops": "hop",
    "squats": "squat",
    "kicks": "kick",
    "punches": "punch",
    "bows": "bow",
    "waves": "wave",
    "claps": "clap",
    "nods": "nod",
}


@pytest.mark.parametrize(("verb", "event"), EVENTS.items())
@pytest.mark.parametrize(("said", "times"), [("once", 1), ("twice", 2), ("three times", 3), ("12 times", 12)])
def test_what_is_counted_is_counted_as_often_as_it_is_said(verb, event, said, times):
    demands = read_demands(f"a person {verb} {said}")
    assert demands.count is not None
    assert (demands.count.event, demands.count.times) == (event, times)
    assert not any(word in demands.text for word in said.split()), "a model cannot count"
    again = demands.repeated(2).count
    assert again == replace(demands.count, times=2 * times)


@pytest.mark.parametrize(("verb", "event"), EVENTS.items())
def test_what_is_not_counted_has_no_number_until_it_is_repeated(verb, event):
    demands = read_demands(f"a person {verb}")
    assert demands.count is None and demands.countable == event
    assert demands.repeated(3).count == Count(event, 3)


@given(st.integers(1, 50))
def test_steps_and_metres_are_as_many_as_are_said(value):
    assert read_demands(f"a person takes {value} steps").count == Count("step", value)
    assert read_demands(f"a person walks {value} metres").metres == value
    assert read_demands(f"a person walks {value} m forward").direction == "forward"
    assert read_demands(f"a person runs {value} metres").going == "run"
    assert read_demands(f"a person walks at {value} m/s").speed == pytest.approx(value)


@given(st.integers(5, 720), st.sampled_from(["left", "right"]))
def test_a_turn_is_as_large_as_is_said_and_to_that_side(degrees, side):
    assert read_demands(f"a person turns {degrees} degrees to the {side}").turn == Turn(degrees, side)
    assert read_demands(f"a person turns {degrees}° {side}").turn == Turn(degrees, side)
    assert read_demands(f"a person turns {degrees} degrees").turn == Turn(degrees)


SIDED = (
    "a person walks sideways to the left",
    "a person turns left",
    "a person turns 90 degrees to the left",
    "a person raises the left arm",
    "a person kicks twice with the left leg",
    "a person waves the left hand three times",
    "a person turns around to the left and sits down",
    "a person walks forward",
    "a person walks 3 metres backwards",
)


def mirrored(demands: Demands) -> Demands:
    """Demands with left and right exchanged."""
    other = {"left": "right", "right": "left"}
    count, turn, limb, way = demands.count, demands.turn, demands.limb, demands.direction
    return replace(
        demands,
        text=mirror_text(demands.text),
        count=count and replace(count, side=count.side and other[count.side]),
        turn=turn and replace(turn, side=turn.side and other[turn.side]),
        limb=limb and (other[limb[0]], limb[1]),
        direction=other.get(way or "", way),
    )


@pytest.mark.parametrize("words", SIDED)
def test_mirrored_words_demand_the_mirror(words):
    assert read_demands(mirror_text(words)) == mirrored(read_demands(words))
    assert mirror_text(mirror_text(words)) == words


@pytest.mark.parametrize("words", SIDED)
def test_of_what_is_underway_only_the_manner_is_asked(words):
    demands, underway = read_demands(words), read_demands(words).underway
    assert (underway.metres, underway.turn, underway.count, underway.ends, underway.seconds) == (None,) * 5
    assert (underway.direction, underway.limb, underway.floor) == (
        demands.direction,
        demands.limb,
        demands.floor,
    )
    straight = demands.metres is not None and demands.turn is None
    assert underway.path == ("straight" if straight else None)
