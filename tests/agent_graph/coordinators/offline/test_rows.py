"""Orders, rows and limits in first requests: what comes first, on which side, how often, how long at most."""

from __future__ import annotations

import re
from typing import Any

import pytest
from motion_agent.agent_graph.coordinators.offline.asking.first_words import is_question
from motion_agent.agent_graph.coordinators.offline.composing import share_out, total_of
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.rules.reading import read_message
from motion_agent.agent_graph.coordinators.offline.rules.turns_of_phrase import said_plainly
from motion_agent.agent_graph.coordinators.offline.sentences.actions import MOST
from motion_agent.agent_graph.coordinators.offline.sentences.clauses import read_actions
from motion_agent.agent_graph.coordinators.offline.sentences.framing import framed
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Make
from motion_agent.agent_graph.coordinators.offline.sentences.text import clean
from motion_agent.motion_models.english.families import families
from motion_agent.motion_models.english.quantities import canonical, take_limit
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs([*families()])


def told(text: str) -> list[str]:
    """The actions of a first message: 'jumps x2'."""
    said = framed(said_plainly(text), VERBS).said
    [make] = [request for request in read_message(said, VERBS) if isinstance(request, Make)]
    return [
        action.description.removeprefix("a person ") + (f" x{action.times}" if action.times > 1 else "")
        for action in make.actions
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jump over a puddle, after a short run-up", ["runs", "jumps over a puddle"]),
        ("a person waves after a jump", ["jumps", "waves"]),
        ("a person waves after two steps", ["waves after two steps"]),
        ("before the kid throws the ball he should take two steps", ["takes two steps", "throws the ball"]),
        ("before she bows she has to turn around", ["turns around", "bows"]),
        ("cartwheel into a backflip", ["cartwheels", "does a backflip"]),
        ("a person jumps straight into a run", ["jumps", "runs"]),
        ("a person drops into a squat", ["drops into a squat"]),
        ("a person walks into a wall", ["walks into a wall"]),
        ("before sitting down the woman waves", ["waves", "sits down"]),
        ("after jumping he bows deeply", ["jumps", "bows deeply"]),
        ("while walking the man claps", ["claps while walking"]),
        ("make he run and after fall on the floor", ["runs", "falls on the floor"]),
        ("a man who kicks two times and after he punches", ["kicks x2", "punches"]),
        ("a man who limps badly goes to the door", ["limps badly", "walks to the door"]),
        ("a man walks to a woman who waves", ["walks to a woman who waves"]),
    ],
)
def test_what_is_done_comes_in_its_order(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("walk 4m turn left walk 2m", ["walks 4m", "turns left", "walks 2m"]),
        ("go forward 3 steps turn right kick", ["walks forward 3 steps", "turns right", "kicks"]),
        (
            "walk 3 steps forward turn 90 degrees right walk 3 steps",
            ["walks 3 steps forward", "turns 90 degrees right", "walks 3 steps"],
        ),
        ("walk forward turn around sit down", ["walks forward", "turns around", "sits down"]),
        ("march forward eight steps and salute", ["marches forward eight steps", "salutes"]),
        ("a woman marches eight steps and salutes", ["marches eight steps", "salutes"]),
        ("a person throws punches and kicks", ["throws punches and kicks"]),
        ("a jump, a left hook, then duck", ["jumps", "throws a hook with the left hand", "ducks"]),
    ],
)
def test_orders_without_a_comma_are_told_apart(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hop on one foot, the left one", ["hops on the left foot"]),
        (
            "wave with the left hand, then with the right",
            ["waves with the left hand", "waves with the right hand"],
        ),
        (
            "wave with the left hand, then with both",
            ["waves with the left hand", "waves with both hands"],
        ),
        ("punch left, right, right", ["punches left", "punches right", "punches right"]),
        (
            "stand on the left leg twice, then same on the right",
            ["stands on the left leg x2", "stands on the right leg x2"],
        ),
        ("hop on one leg twice, then the other leg", ["hops on one leg x2", "hops on the other leg x2"]),
        ("throw a ball. Right handed throw", ["throws a ball with the right hand"]),
        ("throw a ball, left-handed", ["throws a ball with the left hand"]),
        ("kick twice, alternating legs", ["kicks with the left leg", "kicks with the right leg"]),
        ("alternating lunges, 2 in total", ["lunges with the left leg", "lunges with the right leg"]),
        (
            "alternating lunges, hands on hips, 2 in total, right leg first",
            ["lunges with the right leg, hands on hips", "lunges with the left leg, hands on hips"],
        ),
        ("lunges, 1 on each side", ["lunges with the left leg", "lunges with the right leg"]),
        ("do a soccer kick, right foot", ["does a soccer kick with right foot"]),
        ("left jab, right cross", ["jabs with the left hand", "punches with the right hand"]),
        ("alternating high knees, 6 times", ["does high knees x6"]),
        ("march on the spot, alternating sides", ["marches on the spot"]),
    ],
)  # fmt: skip
def test_sides_are_completed_and_done_in_turn(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("walk backwards, 3 steps", ["walks backwards 3 steps"]),
        ("step left, step right, repeat 2 times", ["steps left", "steps right"] * 2),
        (
            "raise the right hand and lower it again, twice",
            ["raises the right hand", "lowers the right hand again"] * 2,
        ),
        (
            "raise the left knee to hip height, lower. 3 reps",
            ["raises the left knee to hip height", "lowers the left knee"] * 3,
        ),
        (
            "lift the left arm to shoulder height and lower it, 3 times",
            ["lifts the left arm to shoulder height", "lowers the left arm"] * 3,
        ),
        ("walk forward and turn around, twice", ["walks forward", "turns around"] * 2),
        ("walk forward, jump and clap, twice", ["walks forward", "jumps", "claps x2"]),
        ("jump and then clap, twice", ["jumps", "claps x2"]),
        ("jump and clap, twice, then bow", ["jumps", "claps", "jumps", "claps", "bows"]),
        ("walk to the door, head back to the chair", ["walks to the door", "heads back to the chair"]),
        ("a sad man walks, head down, hands in pockets", ["sad man walks, head down, hands in pockets"]),
        ("squat, back straight, then head for the door", ["squats, back straight", "heads for the door"]),
        ("the knight should kneel and bow", ["knight kneels", "knight bows"]),
        (
            "hop on the left leg 4 times, then swap to the other 3 times",
            ["hops on the left leg x4", "hops on the right leg x3"],
        ),
        (
            "ten jumping jacks, then a short rest standing, then ten more",
            ["does ten jumping jacks", "stands still", "does 10 jumping jacks"],
        ),
        ("wave twice, jump, then three more", ["waves x2", "jumps"]),
        ("sprinter start: crouch down, hold, sprint", ["crouches down", "sprints"]),
        (
            "lift a box, carry it a few steps and set it down",
            ["lifts a box", "carries it a few steps", "sets it down"],
        ),
        ("he hops on one leg, the left one, 6 hops", ["hops on the left leg x6"]),
        ("a sad man hops, 6 hops", ["sad man hops x6"]),
        ("a man jumps and cheers loudly", ["jumps", "cheers loudly"]),
        ("he waves, cheers and bows", ["waves", "cheers", "bows"]),
        (
            "point to the right, then to the left, then straight ahead",
            ["points to the right", "points to the left", "points straight ahead"],
        ),
        ("walk to the left, then straight ahead", ["walks to the left"]),
        ("right foot kick, left foot kick", ["kicks with the right foot", "kicks with the left foot"]),
        ("5 pushups", ["does 5 push-ups"]),
        ("could we get a dancer doing two jumps?", ["dancer jumps x2"]),
        ("raise a hand, then stand and", ["raises a hand", "stands"]),
        ("sit-to-stand x3", ["sits down", "stands up"] * 3),
        ("single leg balance right", ["stands on the right leg"]),
        ("hop on one foot, six times, like a child", ["hops on one foot, like a child x6"]),
        ("leg swings, 10", ["does leg swings x10"]),
        ("look left, then right, then left again", ["looks left", "looks right", "looks left"]),
        ("neck rolls, shoulder rolls, jump", ["does neck rolls", "does shoulder rolls", "jumps"]),
        ("do a deep squat and come up", ["does a deep squat", "stands up"]),
        ("pick up a box and drop it", ["picks up a box", "drops it"]),
        ("a man who is angry walks up and down", ["angry man walks back and forth"]),
        ("walk backwards 5 m, 3 steps", ["walks backwards 5 m", "steps x3"]),
        ("lunge at a calm pace", ["lunges calmly"]),
        ("lunge twice, slowly", ["lunges slowly x2"]),
        ("stand up and sit down, three times", ["stands up", "sits down"] * 3),
        ("squat 8 times, rest 5 seconds, squat 8 times", ["squats x8", "stands still", "squats x8"]),
        ("first wave, then bow", ["waves", "bows"]),
        ("a man first waves, then bows", ["waves", "bows"]),
        ("a golf swing, then a jump", ["does a golf swing", "jumps"]),
        ("golf swing, then jump", ["does a golf swing", "jumps"]),
        ("show my class how to squat", ["squats"]),
        ("I'm teaching kids a warm-up: march on the spot, then jump", ["marches on the spot", "jumps"]),
        ("a waiter who bows, then steps aside", ["waiter bows", "waiter steps aside"]),
    ],
)
def test_details_go_with_what_they_are_said_of(text: str, expected: list[str]) -> None:
    said = [re.sub("^an? ", "", description) for description in told(text)]
    assert said == expected


@pytest.mark.parametrize(
    ("text", "seconds", "rest"),
    [
        ("walk then jump, must be under 8 seconds in total", 8, "walk then jump"),
        ("walk then jump, at most 6.5 s", 6.5, "walk then jump"),
        ("walk, no longer than ten seconds", 10, "walk"),
        ("walk, it should not be longer than 5 seconds", 5, "walk"),
        ("walk for 5 seconds max", 5, "walk"),
        ("walk and jump, all within five seconds", 5, "walk and jump"),
        ("walk for 5 seconds", None, "walk for 5 seconds"),
    ],
)
def test_a_limit_is_no_length(text: str, seconds: float | None, rest: str) -> None:
    assert take_limit(canonical(clean(text))) == (seconds, rest)


def test_a_limit_shortens_what_would_be_longer_and_nothing_else() -> None:
    segments = [{"description": "a"}, {"description": "b", "repeat": 2}]
    assert total_of(segments, None, 20.0) is None
    assert total_of(segments, 12.0, 20.0) == 12.0
    total = total_of(segments, None, 6.0)
    assert total == 6.0
    share_out(segments, total, [])
    assert [segment["seconds"] for segment in segments] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("segments", "lengths"),
    [
        ([{}, {}], [3.0, 3.0]),
        ([{"repeat": 3}], [2.0]),
        ([{"repeat": 2}, {}], [2.0, 2.0]),
        ([{"seconds": 1.0}, {}], [1.0, 5.0]),
        ([{"seconds": 1.0, "repeat": 2}, {}], [1.0, 4.0]),
        ([{"seconds": 1.0, "repeat": 2}, {"repeat": 2}], [1.0, 2.0]),
        ([{}, {"repeat": 3}, {"seconds": 0.6}], [1.2, 1.4, 0.6]),
    ],
)
def test_parts_without_a_length_share_what_is_left_of_six_seconds_as_often_as_they_are_done(
    segments: list[dict[str, float]], lengths: list[float]
) -> None:
    remarks: list[str] = []
    parts: list[dict[str, Any]] = [{"description": "a person walks"} | segment for segment in segments]
    share_out(parts, 6.0, remarks)
    assert [part["seconds"] for part in parts] == lengths
    assert sum(part["seconds"] * part.get("repeat", 1) for part in parts) == pytest.approx(6.0)
    assert remarks == []


@pytest.mark.parametrize(
    "segments", [[{"seconds": 2.0, "repeat": 3}, {}], [{"repeat": 31}], [{"seconds": 2.0}, {"seconds": 3.0}]]
)
def test_lengths_that_do_not_add_up_stay_and_are_told(segments: list[dict[str, float]]) -> None:
    remarks: list[str] = []
    parts: list[dict[str, Any]] = [{"description": "a person walks"} | segment for segment in segments]
    share_out(parts, 6.0, remarks)
    assert [part.get("seconds") for part in parts] == [segment.get("seconds") for segment in segments]
    assert remarks == ["The lengths of the parts do not add up to 6 s, so I keep theirs."]


@pytest.mark.parametrize(
    ("request_", "order"),
    [
        ("put intro before finale", ["m1", "m2"]),
        ("place the finale before my intro", ["m2", "m1"]),
        ("put Intro After the stroll", ["m3", "m1"]),
        ("play finale behind intro", ["m1", "m2"]),
        ("put m1 behind m2", ["m2", "m1"]),
        ("combine finale with intro and the stroll", ["m2", "m1", "m3"]),
        ("connect intro to it", ["m1", "m3"]),
        ("stitch it to intro", ["m3", "m1"]),
        ("put the two together", ["m2", "m3"]),
    ],
)
def test_saved_motions_are_joined_in_the_order_that_is_said(request_: str, order: list[str]) -> None:
    clips = {
        name: KnownMotion(name, called, "a person walks", 2.0, (("a person walks", 2.0),))
        for name, called in (("m1", "intro"), ("m2", "Finale"), ("m3", "stroll"))
    }
    plan = decide(Thread(request_, clips, "m3"), VERBS, set(TOOLS), learned=False)
    assert plan.calls == [("compose_sequence", {"segments": [{"motion_id": name} for name in order]})]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    ["walk, jump, repeat that 100000 times", "lunge 4000 on each leg", "stand up and sit down, 100000 times"],
)
def test_a_huge_count_makes_no_endless_row(text: str) -> None:
    assert len(read_actions(canonical(text), VERBS).actions) <= 2 * MOST


@pytest.mark.timeout(20)
def test_hundreds_of_words_are_read_in_no_time() -> None:
    for text in ("walk, " * 400, "hey " * 300 + "walk", "walk and " * 400):
        assert is_question(text) is False
        read_message(text, VERBS)


def test_a_length_of_one_part_is_no_limit_of_the_whole() -> None:
    said = canonical("a person stands still for less than 2 seconds, then walks and then jumps")
    assert take_limit(said).value is None
