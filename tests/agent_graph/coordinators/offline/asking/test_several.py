"""Every question of a message is answered, and what is wanted beside it is done."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.asking.several import asked_one_by_one
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Performer, Thread
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs(["walk", "wave", "jump", "bow", "karate moves", "push-ups", "walk backward"])
PARTS = (("a person walks forward", 3.0), ("a person jumps", 1.5), ("a person bows", 2.0))
CLIP = KnownMotion("m1", "", "walks, jumps, bows", 6.5, PARTS)


def planned(message: str, clip: KnownMotion | None = CLIP):
    thread = Thread(message, {clip.id: clip}, clip.id) if clip else Thread(message)
    return decide(thread, VERBS, set(TOOLS), learned=False)


@pytest.mark.parametrize(
    ("message", "pieces"),
    [
        ("how long is it and how many parts are there?", ["how long is it", "how many parts are there?"]),
        ("how far does he walk and how fast?", ["how far does he walk", "how fast does he walk?"]),
        (
            "is he off the ground, and by how much?",
            ["is he off the ground", "by how much is he off the ground?"],
        ),
        ("wow, that looks great! how long is it?", ["how long is it?"]),
        ("how long is it? make it 5 seconds.", ["how long is it?", "make it 5 seconds."]),
        ("does it loop? If not, how do I make it loop?", ["does it loop?", "how do I make it loop?"]),
        ("how long is it, and can you make it faster?", ["how long is it", "can you make it faster?"]),
    ],
)
def test_a_message_is_cut_into_what_it_asks(message: str, pieces: list[str]) -> None:
    assert asked_one_by_one(message) == pieces


@pytest.mark.parametrize(
    "message",
    [
        "what is the wait between the walk and the jump?",
        "if I wanted it quicker, what would I have to say?",
        "make him walk and then jump",
        "is he using his left or his right?",
        "Does it only do one person or could I have two people fighting?",
        "",
    ],
)
def test_what_is_one_thing_stays_whole(message: str) -> None:
    assert asked_one_by_one(message) == [message]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("does it work with Unreal Engine, and do I need a graphics card?", ("glb", "No graphics card")),
        ("how much is it and does it run on windows?", ("MIT", "were not tried")),
        (
            "how long is it, and which part is the shortest?",
            ("6.5 seconds", "Part 2, a person jumps, is the shortest"),
        ),
        (
            "is the walk longer than the jump? and who sings in it?",
            ("Yes: the walk lasts 3 s", "I cannot answer"),
        ),
    ],
)
def test_every_question_is_answered_or_named(message: str, told: tuple[str, ...]) -> None:
    plan = planned(message)
    assert not plan.calls
    assert all(words in plan.text for words in told)


def test_a_motion_is_measured_once_for_two_questions() -> None:
    assert planned("how fast is he and how far does he get?").calls == [
        ("caption_motion", {"motion_id": "m1"})
    ]


def test_what_is_wanted_beside_a_question_is_done() -> None:
    plan = planned("how long is it? delete the jump.")
    assert plan.text.startswith("It is 6.5 seconds long")
    assert [tool for tool, _ in plan.calls] == ["edit_motion"]


def test_what_is_not_understood_beside_a_question_is_named() -> None:
    assert 'I did not understand "flurbage everywhere"' in planned("how long is it? flurbage everywhere").text


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("which part takes the longest?", "Part 1, a person walks forward, is the longest: 3 s."),
        ("what's the shortest?", "Part 2, a person jumps, is the shortest: 1.5 s."),
        ("is there a pause in it?", "No part is a pause by its words"),
        ("is the bow shorter than the jump?", "No: the bow lasts 2 s and the jump lasts 1.5 s."),
        (
            "how many versions have I got and what are they called?",
            'There is 1 version: m1, called "walks, jumps, bows".',
        ),
        ("how many people are in there?", "There is one person in this motion."),
        ("would this movement be bad for someone's knee?", "I cannot judge whether"),
        ("can it do the moonwalk?", 'No, I do not know "moonwalk". The nearest I know: walk backward'),
        ("does it know karate?", 'Yes, I know "karate moves".'),
        ("do you know how to do push ups?", 'Yes, I know "push-ups".'),
    ],
)
def test_questions_about_parts_versions_and_actions(message: str, told: str) -> None:
    plan = planned(message)
    assert told in plan.text and not plan.calls


def test_a_pause_is_found_by_its_words() -> None:
    clip = KnownMotion("m1", "", "", 3.0, (("a person walks", 2.0), ("a person stands still", 1.0)))
    assert (
        planned("does he stop anywhere?", clip).text
        == "Yes, by its words: part 2, a person stands still (1 s)."
    )


def test_the_people_of_a_scene_are_counted() -> None:
    people = (Performer("m1", "a person bows"), Performer("m2", "a person waves"))
    clip = KnownMotion("m3", "", "two", 2.0, (("a person bows", 2.0),), people)
    told = planned("is it just two of them?", clip).text
    assert told == "There are 2 people in it: person 1: a person bows; person 2: a person waves."


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("do I need a fancy graphics card?", "No graphics card"),
        ("does this run on a mac?", "Python 3.11"),
        ("can I use it on my phone?", "does not run on a phone"),
        ("do I need the internet for this?", "No network"),
        ("do I have to make an account?", "No account"),
        ("how do I install it?", "make run"),
        ("is my data private?", "stays on the computer"),
        ("can I sell my game with it?", "MIT"),
        ("does it have music?", "no sound"),
        ("can I put it on my own character?", "retargeting"),
        ("where's the ball?", "a person alone"),
    ],
)
def test_what_the_program_needs_and_has_is_told(message: str, told: str) -> None:
    plan = planned(message, None)
    assert told in plan.text and not plan.calls


@pytest.mark.parametrize(
    "message", ["is he washing the windows?", "is he talking on the phone?", "is the left hand free?"]
)
def test_words_of_actions_are_no_questions_about_the_program(message: str) -> None:
    assert "It is a program" not in planned(message).text
    assert "MIT" not in planned(message).text
    assert "does not run on a phone" not in planned(message).text
