"""What is read as checkable in a request, and what is not."""

from __future__ import annotations

import pytest
from motion_agent.motion_models.english.demands import Count, Turn, read_demands
from motion_agent.motion_models.english.spelled_numbers import number_in


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("10", 10), ("2.5", 2.5), ("two and a half", 2.5), ("half a", 0.5), ("a hundred", 100),
        ("one hundred and eighty", 180), ("forty-five", 45), ("a couple of", 2), ("3 and a half", 3.5),
    ],
)  # fmt: skip
def test_numbers_in_words(words, value):
    assert number_in(words) == value


@pytest.mark.parametrize(
    ("said", "metres", "text"),
    [
        ("a person walks 10 metres", 10, "a person walks"),
        ("a person runs two and a half meters forward", 2.5, "a person runs forward"),
        ("a person walks for 20 feet", 6.096, "a person walks"),
        ("a person jumps 1 m ahead", 1, "a person jumps ahead"),
        ("a person stands on one foot", None, "a person stands on one foot"),
        ("a person jumps 1 metre high", None, "a person jumps 1 metre high"),
        ("a person jumps with two feet", None, "a person jumps with two feet"),
        ("a person waves to somebody 3 metres away", None, "a person waves to somebody 3 metres away"),
    ],
)
def test_metres_are_a_way_to_go(said, metres, text):
    demands = read_demands(said)
    assert demands.metres == metres and demands.text == text


@pytest.mark.parametrize(
    ("said", "turn"),
    [
        ("a person turns left 90 degrees", Turn(90, "left")),
        ("turn a quarter turn clockwise", Turn(90, "right")),
        ("turn a third of a turn left", Turn(120, "left")),
        ("makes a three-quarter turn", Turn(270)),
        ("turns two thirds of a turn", Turn(240)),
        ("one and a half turns", Turn(540)),
        ("a person turns counterclockwise by 45°", Turn(45, "left")),
        ("a person turns around", Turn(180)),
        ("a person spins a full 360", Turn(360)),
        ("a person turns left 180 and walks", Turn(180, "left")),
        ("a person jumps and turns half way round", Turn(180)),
        ("a person spins around twice", Turn(720)),
        ("a person makes a full turn to the right", Turn(360, "right")),
        ("a person turns to the right", Turn(None, "right")),
        ("a person bends 90 degrees", None),
        ("a person walks to the left", None),
        ("a person waves with the left hand", None),
    ],
)
def test_turns(said, turn):
    assert read_demands(said).turn == turn


@pytest.mark.parametrize(
    ("said", "count", "text"),
    [
        ("a person takes four steps back", Count("step", 4), "a person walks back"),
        ("a person walks exactly three steps", Count("step", 3), "a person walks"),
        ("a person takes two steps to the left", Count("side step", 2), "a person steps to the left"),
        ("a person does ten push-ups", Count("push-up", 10), "a person does ten push-ups"),
        ("a person takes a step forward", Count("step", 1), "a person takes a step forward"),
        ("a person jumps three times", Count("jump", 3), "a person jumps"),
        ("a person does 5 squats", Count("squat", 5), "a person does 5 squats"),
        ("a person does ten jumping jacks", Count("jumping jack", 10), "a person does ten jumping jacks"),
        (
            "a person kicks twice with the right leg",
            Count("kick", 2, "right"),
            "a person kicks with the right leg",
        ),
        ("a person throws three high punches", Count("punch", 3), "a person throws three high punches"),
        ("a person jumps up and down", None, "a person jumps up and down"),
        ("a person climbs three steps", None, "a person climbs three steps"),
        ("a person takes two steps forward and one step back", Count("step", 3), None),
        ("a person goes one step at a time", None, None),
        ("a person takes a few steps", None, "a person takes a few steps"),
    ],
)
def test_counts(said, count, text):
    demands = read_demands(said)
    assert demands.count == count and demands.text == (text or demands.text)


def test_what_can_be_counted_is_known_for_repeating():
    assert read_demands("a person jumps").repeated(3).count == Count("jump", 3)
    assert read_demands("a person takes two steps").repeated(2).count == Count("step", 4)
    assert read_demands("a person steps backwards").repeated(3).count == Count("step", 3)
    assert read_demands("a person spins around").repeated(2).turn == Turn(720)
    assert read_demands("a person waves the left hand").repeated(3).count == Count("wave", 3, "left")
    assert read_demands("a person claps and waves").repeated(3).count is None
    assert read_demands("a person washes a window").repeated(3).count is None


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("a person walks slowly", "pace", "slow"),
        ("a person runs fast", "pace", "fast"),
        ("someone walks straight ahead at a normal pace", "count", None),
        ("a person takes a pace forward", "count", Count("step", 1)),
        ("a person punches fast", "pace", None),
        ("a person kicks with the left foot", "limb", ("left", "leg")),
        ("a person waves the right hand", "limb", ("right", "arm")),
        ("a person raises the left hand and the right hand", "limb", None),
        ("a person walks, then sits down", "ends", "sitting"),
        ("a person sits and then stands up", "ends", "standing"),
        ("a person does sit-ups", "ends", None),
        ("a person stands up from sitting", "ends", "standing"),
        ("a person walks forward and back", "direction", None),
        ("a person walks in a circle", "path", "circle"),
        ("a person walks in a straight line", "path", "straight"),
        ("a person walks backwards", "direction", "backward"),
        ("a person steps to the right", "direction", "right"),
        ("a person jogs on the spot", "in_place", True),
        ("a person climbs a ladder", "floor", "free"),
        ("a person hops", "floor", "jump"),
        ("a person turns around and waves", "floor", "level"),
        ("a person walks up the stairs", "floor", "free"),
        ("a person runs", "going", "run"),
        ("somebody slowly lies down", "lowers", True),
        ("a person walks, then sits down", "lowers", False),
        ("a person walks 2 metres", "path", "straight"),
        ("a person walks 2 metres more", "direction", "forward"),
        ("a person walks 2 metres to the left", "direction", "left"),
        ("a person walks 5 metres backwards", "path", "straight"),
        ("a person walks 5 metres and back", "path", None),
        ("a person walks 5 metres and back", "direction", None),
        ("a person walks 4 metres around the table", "path", None),
        ("a person walks 3 metres in a zigzag", "path", None),
        ("a person turns left and walks 2 metres", "path", None),
        ("a person walks", "path", None),
        ("a person sits still", "lowers", False),
    ],
)
def test_manner_and_place(said, field, value):
    assert getattr(read_demands(said), field) == value


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("a person claps five times", Count("clap", 5)),
        ("a person waves three times with the right hand", Count("wave", 3, "right")),
        ("a person raises the left arm twice", Count("arm raise", 2, "left")),
        ("a person does two nods", Count("nod", 2)),
        ("a person waves and jumps twice", Count("jump", 2)),
        ("a person jumps twice and waves", Count("jump", 2)),
        ("a person jumps up and down 3 times", Count("jump", 3)),
        ("a person does jumping jacks 5 times", Count("jumping jack", 5)),
        ("a person jumps and knocks twice", None),
        ("a person waves", None),
    ],
)
def test_a_number_belongs_to_what_was_named_right_before_it(said, count):
    assert read_demands(said).count == count


@pytest.mark.parametrize(
    ("said", "speed", "text"),
    [
        ("a person walks at 1.5 metres per second", 1.5, "a person walks"),
        ("a person runs forward at 3 m/s", 3.0, "a person runs forward"),
        ("a person jogs at 9 km/h", 2.5, "a person jogs"),
        ("a person walks at about 3 mph", 1.341, "a person walks"),
        ("a person throws a ball at 3 m/s", None, "a person throws a ball at 3 m/s"),
    ],
)
def test_speeds_are_no_lengths(said, speed, text):
    demands = read_demands(said)
    assert demands.metres is None and demands.text == text
    assert demands.speed == (None if speed is None else pytest.approx(speed, abs=1e-3))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("a person knocks three times", ("three times",)),
        ("a person jumps 50 cm high", ("50 cm",)),
        ("a person raises the arm 90 degrees", ("90 degrees",)),
        ("a person walks in a zigzag", ("zigzag",)),
        ("a person throws at 3 m/s", ("3 m/s",)),
        ("a person turns around twice and walks 3 metres at 2 m/s", ()),
        ("a person kicks twice, 4 times", ()),
    ],
)
def test_what_is_stated_and_measured_by_nothing_is_known(said, left):
    assert read_demands(said).unmeasured == left


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("a person goes 5 m", "a person walks"),
        ("a person goes about 3 metres forward", "a person walks forward"),
        ("a person moves 2 metres to the left", "a person walks to the left"),
        ("a person goes down the stairs", "a person goes down the stairs"),
        ("a person runs 5 m", "a person runs"),
    ],
)
def test_whoever_goes_so_far_walks(said, prompt):
    assert read_demands(said).text == prompt
