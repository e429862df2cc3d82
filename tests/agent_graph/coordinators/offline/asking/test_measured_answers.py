"""Questions that measuring answers, in the words of many people: what is called, and what is said then."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

import pytest
from fakes import FakeBackend
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import (
    KnownMotion,
    Performer,
    Thread,
    ToolReply,
)
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.graph import create_motion_agent
from motion_agent.motion_models.backends.load import load_backend
from motion_agent.tools.facts.records import Apart, Facts, Measured, PartFacts
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs(load_backend().repertoire)
STILL = Facts(
    seconds=2.0, path_m=0.1, straight_m=0.1, ahead_m=0.1, left_m=0.0, mean_speed_m_s=0.05, top_speed_m_s=0.2,
    turned_deg=2, steps=0, jumps=0, lowest_hips_m=0.9, smallest_knee_deg=160, left_hand_top_m=0.9,
    right_hand_top_m=0.9, greatest_lean_deg=6, slide_cm=0, begins="standing", ends="standing",
)  # fmt: skip
#: A motion of five parts: words, and what is unlike standing still.
PARTS: list[tuple[str, dict[str, Any]]] = [
    ("a person walks forward", {
        "seconds": 3.0, "path_m": 2.9, "straight_m": 2.85, "ahead_m": 2.8, "left_m": 0.3, "steps": 5,
        "mean_speed_m_s": 0.95, "top_speed_m_s": 1.8, "turned_deg": 10, "first_foot": "right",
        "busier_hand": "both", "busier_leg": "both",
    }),
    ("a person jumps twice", {
        "jumps": 2, "jump_height_m": 0.32, "lowest_hips_m": 0.7, "smallest_knee_deg": 95, "slide_cm": 6,
    }),
    ("a person squats", {
        "seconds": 2.5, "lowest_hips_m": 0.45, "smallest_knee_deg": 75, "greatest_lean_deg": 28,
        "counts": {"squat": 1},
    }),
    ("a person waves with the left hand", {
        "left_hand_top_m": 1.7, "busier_hand": "left", "counts": {"wave": (2, 3)},
    }),
    ("a person sits down", {
        "seconds": 2.5, "lowest_hips_m": 0.5, "smallest_knee_deg": 85, "greatest_lean_deg": 40,
        "ends": "sitting",
    }),
]  # fmt: skip
EACH = [STILL.model_copy(update=told) for _, told in PARTS]
TIMES = list(pairwise(accumulate((facts.seconds for facts in EACH), initial=0.0)))
WHOLE = EACH[0].model_copy(update={
    "seconds": 12.0, "path_m": 3.6, "straight_m": 3.1, "ahead_m": 3.0, "left_m": 0.8, "mean_speed_m_s": 0.3,
    "turned_deg": 35, "jumps": 2, "jump_height_m": 0.32, "lowest_hips_m": 0.45, "smallest_knee_deg": 75,
    "left_hand_top_m": 1.7, "right_hand_top_m": 1.3, "busier_hand": "left", "greatest_lean_deg": 40,
    "slide_cm": 9, "ends": "sitting", "counts": {"squat": 1},
})  # fmt: skip
ALONE = Measured(
    whole=WHOLE,
    parts=[
        PartFacts(part=number, start=start, end=end, facts=facts)
        for number, ((start, end), facts) in enumerate(zip(TIMES, EACH, strict=True), 1)
    ],
)
ONE = KnownMotion(
    "m1", "", "x", 12.0, tuple((text, facts.seconds) for (text, _), facts in zip(PARTS, EACH, strict=True))
)
TOGETHER = Measured(
    people=[STILL.model_copy(update={"mean_speed_m_s": speed}) for speed in (0.6, 1.1)],
    apart=[Apart(people=(1, 2), start_m=2.0, end_m=1.1, least_m=0.6)],
)
TWO = KnownMotion(
    "m1", "", "x", 4.0,
    (("person 1: a person walks", 4.0), ("person 2: a person runs", 4.0)),
    (Performer("ma", "a person walks"), Performer("mb", "a person runs")),
)  # fmt: skip


def answer(question: str, clip: KnownMotion = ONE, measured: Measured = ALONE) -> str:
    """What is said in the end; nothing but watching is called on the way."""
    thread = Thread(question, {"m1": clip}, "m1")
    plan = decide(thread, VERBS, set(TOOLS))
    if not plan.calls:
        return plan.text
    assert plan.calls == [("caption_motion", {"motion_id": "m1"})]
    content = {"motion_id": "m1", "caption": "a person does this and that", "measured": measured.content()}
    thread = replace(thread, outcomes=[ToolReply("caption_motion", content)], attempts=1)
    last = decide(thread, VERBS, set(TOOLS))
    assert not last.calls
    return last.text


QUESTIONS = [
    ("what's his top speed", r"1\.8 m/s"),
    ("whats the max speed of the walk?", r"part 1, a person walks forward: the top speed is 1\.8 m/s"),
    ("how deep does he go, knee angle I mean", r"knee angle is 75 degrees"),
    ("how low do the hips get in the squat", r"part 3, .*0\.45 m"),
    ("did he really make 2 m", r"^Yes.*3\.6 m"),
    ("does he walk 5 metres?", r"^No, in part 1.*2\.9 m"),
    ("does the foot slide when landing", r"^Yes, in part 2.*6 cm"),
    ("is there any foot sliding in it?", r"^Yes.*9 cm"),
    ("at what time does the sitting start", r"Part 5, a person sits down, starts at 9\.5 s"),
    ("when does the squat end?", r"ends at 7\.5 s"),
    ("from which second on is he jumping", r"starts at 3 s"),
    ("how many seconds into it does he wave", r"starts at 7\.5 s"),
    ("which hand does he wave with", r"left hand moves most"),
    ("is it the left arm or the right arm that waves?", r"left hand"),
    ("does he wave with his right hand", r"^No.*left hand"),
    ("how many jumps do you count", r"I count 2 jumps"),
    ("does she ever leave the ground", r"^Yes.*2 jumps"),
    ("how many times does he wave", r"2 to 3 waves"),
    ("count the steps please", r"5 steps"),
    ("does he squat twice?", r"^No.*1 squat"),
    ("does he jump at all?", r"^Yes.*2 jumps"),
    ("does he end where he started", r"^No.*3\.1 m.*3 m ahead and 0\.8 m to the left"),
    ("how far away from the start is he at the end", r"3\.1 m"),
    ("how high is the jump", r"0\.32 m"),
    ("jump height?", r"0\.32 m"),
    ("what height does the right wrist reach?", r"right hand gets up to 1\.3 m"),
    ("how high does the left hand get", r"1\.7 m"),
    ("is his back straight", r"^No.*40 degrees"),
    ("does he lean less than 30 degrees in the squat?", r"^Yes.*28 degrees"),
    ("which foot goes first", r"right foot steps first"),
    ("does he start with the left foot?", r"^No.*right foot"),
    ("how far does he go in all", r"3\.6 m"),
    ("what distance does he cover while walking", r"part 1.*2\.9 m"),
    ("how fast does he walk?", r"0\.95 m/s on average"),
    ("is he slower than 1 m/s?", r"^No.*1\.8 m/s"),
    ("does he turn, and if so by how much?", r"^Yes.*35 degrees to the left"),
    ("does she turn left or right", r"^On the whole: a turn of 35 degrees to the left"),
    ("does he turn more than 90 degrees?", r"^No.*35 degrees"),
    ("do the knees go below 90 degrees", r"^Yes.*75 degrees"),
    ("is he sitting at the end", r"^Yes"),
    ("is he standing when it ends?", r"^No.*[Ss]itting"),
    ("do his feet stay planted in the wave", r"^Yes, in part 4.*0 cm"),
    ("which direction does he walk", r"2\.8 m ahead"),
    ("how many cartwheels are there?", r"Cartwheels: never"),
    ("do his fingers move?", r"no fingers"),
    ("is he smiling", r"no face"),
    ("does it look good to you?", r"cannot measure"),
    ("how hard does he land", r"cannot measure"),
    ("how tall is he?", r"cannot measure"),
    ("how tall is the leap", r"0\.32 m"),
]
OF_PEOPLE = [
    ("how far apart are they at the start", r"2 m apart at the start"),
    ("what's the closest they get to each other?", r"as near as 0\.6 m"),
    ("how close are they when it's over", r"1\.1 m apart at the end"),
    ("which of them is faster?", r"Person 2 is the fastest"),
    ("how fast is the second person?", r"^Person 2: 1\.1 m/s"),
]


@pytest.mark.parametrize(("question", "told"), QUESTIONS)
def test_one_motion_is_measured(question: str, told: str) -> None:
    assert re.search(told, answer(question))


@pytest.mark.parametrize(("question", "told"), OF_PEOPLE)
def test_people_are_measured(question: str, told: str) -> None:
    assert re.search(told, answer(question, TWO, TOGETHER))


@pytest.mark.parametrize(
    ("question", "fact", "near", "far"),
    [
        ("does he walk 5 metres?", "path_m", 4.6, 4.4),
        ("does he jump 0.5 metres high?", "jump_height_m", 0.46, 0.44),
        ("does he reach 2 m/s?", "top_speed_m_s", 1.85, 1.75),
        ("does he lean 40 degrees?", "greatest_lean_deg", 37, 35),
        ("do the knees bend to 90 degrees?", "smallest_knee_deg", 98, 102),
        ("is the lowest point of the hips at 0.5 metres?", "lowest_hips_m", 0.54, 0.57),
    ],
)
def test_nearly_what_was_asked_is_enough(question: str, fact: str, near: float, far: float) -> None:
    """Within a tenth, from below where more is more, and from above where lower is more."""
    for reached, said in ((near, "Yes"), (far, "No")):
        measured = Measured(whole=STILL.model_copy(update={fact: reached}))
        assert answer(question, replace(ONE, segments=(("a person moves", 2.0),)), measured).startswith(said)


@pytest.mark.parametrize(("second", "told"), [(3, True), (None, False)])
def test_parts_are_counted_together_only_where_each_can_be(second: int | None, told: bool) -> None:
    facts = [STILL.model_copy(update={"jumps": jumps}) for jumps in (2, second)]
    parts = [
        PartFacts(part=number, start=2.0 * number - 2, end=2.0 * number, facts=each)
        for number, each in enumerate(facts, 1)
    ]
    clip = KnownMotion("m1", "", "x", 4.0, (("a person jumps", 2.0),) * 2)
    measured = Measured(whole=STILL.model_copy(update={"jumps": None}), parts=parts)
    said = answer("how often does he jump in both parts?", clip, measured)
    assert ("in parts 1 and 2: i count 5 jumps" in said.lower()) is told
    assert "2 jumps" not in said


def test_what_is_not_certain_is_not_told_as_a_number() -> None:
    vague = Measured(whole=STILL.model_copy(update={"steps": None, "turned_deg": None, "slide_cm": None}))
    walk = replace(ONE, segments=(("a person walks", 2.0),))
    for question in ("how much does he turn?", "do the feet slide?", "how many steps does he take?"):
        assert "cannot measure that with certainty" in answer(question, walk, vague)


@pytest.mark.parametrize(
    "said",
    [
        "make him jump higher",
        "jump 0.5 m high",
        "he should end where he started",
        "make the walk faster",
        "lower his hands at the end",
        "can you make the steps smaller?",
        "what if he ran faster?",
        "speed up the walk",
        "what can you do",
        "how long is the jump?",
        "what comes after the jump?",
    ],
)
def test_what_asks_for_something_else_measures_nothing(said: str) -> None:
    calls = decide(Thread(said, {"m1": ONE}, "m1"), VERBS, set(TOOLS)).calls
    assert "caption_motion" not in [name for name, _ in calls]


def test_without_the_tool_or_a_motion_nothing_is_claimed() -> None:
    thread = Thread("what's his top speed?", {"m1": ONE}, "m1")
    assert "cannot measure" in decide(thread, VERBS, set(TOOLS) - {"caption_motion"}).text
    assert "no motion yet" in decide(Thread("what's his top speed?"), VERBS, set(TOOLS)).text


def test_asking_changes_nothing() -> None:
    """Through the graph: one motion before and after, which stays the current one."""
    agent = create_motion_agent(backend=FakeBackend(), checkpointer=InMemorySaver())
    settings: Any = {"configurable": {"thread_id": "asking"}}
    before = agent.invoke({"messages": [("user", "a person walks for 3 seconds, then sits")]}, settings)
    state = agent.invoke({"messages": [("user", "how far does he go in all?")]}, settings)
    assert re.search(r"On the whole: the way is \d+(\.\d+)? m long", state["messages"][-1].text)
    assert (state["motions"], state["current"]) == (before["motions"], before["current"])


def test_with_the_weights_that_ship() -> None:
    """What is answered of a walk is what its joints say: 2 metres were asked for, and a hand that waves."""
    agent = create_motion_agent(backend=load_backend(), checkpointer=InMemorySaver())
    settings: Any = {"configurable": {"thread_id": "shipped"}}

    def said(text: str) -> str:
        return agent.invoke({"messages": [("user", text)]}, settings)["messages"][-1].text

    said("a person walks forward 2 metres, then waves with the left hand")
    way = re.search(r"^Yes, in part 1.*: the way is (\d+\.?\d*) m long", said("did he really make 2 m?"))
    assert way and float(way[1]) == pytest.approx(2.0, rel=0.15)
    assert "part 2, a person waves with the left hand: the left hand" in said("which hand does he wave with?")
    assert said("at what time does the wave start?").startswith("Part 2, a person waves with the left hand")
