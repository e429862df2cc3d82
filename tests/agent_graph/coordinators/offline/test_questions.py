"""Questions are answered from the parts of a motion and its words, and what is true of all motions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread, ToolReply
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs()


def answer(question: str, said: str, reached: tuple[tuple[str, float], ...] = ()) -> str:
    parts = tuple((f"a person {text}", 2.0) for text in said.split(" | "))
    clip = KnownMotion("m1", "", said, 2.0 * len(parts), parts, reached=reached)
    thread = Thread(question, {"m1": clip}, "m1")
    plan = decide(thread, VERBS, set(TOOLS), learned=False)
    if plan.calls == [("caption_motion", {"motion_id": "m1"})]:
        nothing = ToolReply("caption_motion", {"motion_id": "m1", "caption": said})
        plan = decide(replace(thread, outcomes=[nothing]), VERBS, set(TOOLS), learned=False)
    assert not plan.calls
    return plan.text


@pytest.mark.parametrize(
    ("question", "parts", "told"),
    [
        ("how long is it in total?", "walks | jumps", "It is 4 seconds long"),
        ("how long is the jump?", "walks | jumps", "Part 2, a person jumps: 2 s"),
        (
            "how many lunges are in there right now",
            "squats | lunges | lunges",
            "Lunges: twice, in part 2 and 3.",
        ),
        ("how many squats is that", "does 4 squats", "Squats: 4 times, in part 1."),
        ("how many cartwheels are there?", "walks", "Cartwheels: never."),
        ("what comes after the kneeling?", "kneels | stands | bows", "Part 2: a person stands."),
        ("what happens before the bow?", "kneels | stands | bows", "Part 2: a person stands."),
        ("Where does the bow start?", "kneels | stands | bows", "Part 3, a person bows, starts at 4 s."),
        ("what does he do before he bows?", "kneels | stands | bows", "Part 2: a person stands."),
        ("what's between the kneeling and the bow", "kneels | stands | bows", "Part 2: a person stands."),
        ("what did he do last", "kneels | bows", "Part 2, a person bows"),
        ("how many things does she do?", "kneels | bows", "It has 2 parts"),
        ("what did I call this one again?", "walks", 'It is m1, called "walks".'),
        ("is there a limit to how long a motion can be?", "walks", "up to 600 seconds"),
        ("what comes after the bow?", "kneels | bows", "Nothing comes after it"),
        ("so where does he end up?", "runs 5 m | turns left | walks 2 m", "I cannot measure that here"),
        ("How many frames per second are these?", "walks", "20 frames a second and 22 joints"),
        ("Do the fingers move, and is there a face?", "walks", "no fingers and no face"),
        ("Can I undo more than one step?", "walks", 'Yes: say "undo"'),
        ("is it free? im a student and cant pay much", "walks", "its licence is MIT"),
        ("how much does it cost?", "walks", "its licence is MIT"),
        ("may I use this in a commercial game?", "walks", "its licence is MIT"),
        ("is the left hand free?", "walks", "I cannot see that"),
        ("what exactly did you change just now?", "walks", "Nothing was changed yet"),
        (
            "does he bow before or after kneeling?",
            "kneels | bows",
            "Part 1, a person kneels, comes before part 2",
        ),
        (
            "what comes first, the bow or the kneeling?",
            "kneels | bows",
            "Part 1, a person kneels, comes before part 2",
        ),
        (
            "does the kneeling come before or after the bow",
            "kneels | bows",
            "Part 1, a person kneels, comes before",
        ),
        ("which is first: the wave or the bow?", "kneels | bows", "It has 2 parts"),
        ("which file formats are there? I work in Maya", "kneels | bows", "I can write bvh"),
        ("why does he not kneel?", "kneels | bows", "I cannot tell why"),
        ("why does he kneel backwards?", "kneels | bows", "I cannot tell why"),
        ("why does he kneel?", "kneels | bows", 'part 1 was made as "a person kneels"'),
        ("why is it so slow?", "kneels | bows", "I cannot tell why"),
    ],
)
def test_a_question_is_answered_from_what_is_known(question: str, parts: str, told: str) -> None:
    assert told in answer(question, parts)


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ((("walks", 2.0), ("waves", 3.5)), "part 2, waves, went from 2 s to 3.5 s."),
        ((("walks", 2.0),), "gone: part 2 waves (2 s)."),
        ((("walks", 2.0), ("jumps", 1.0)), "part 2 waves (2 s) became part 2 jumps (1 s)."),
        ((("walks", 2.0), ("waves", 2.0), ("bows", 1.0)), "new: part 3 bows (1 s)."),
        ((("walks", 2.0), ("waves", 2.0)), "the same parts, as long as before"),
    ],
)
@pytest.mark.parametrize("question", ["so what exactly did you change just now?", "what is different now?"])
def test_the_last_change_is_told_part_by_part(
    question: str, later: tuple[tuple[str, float], ...], told: str
) -> None:
    first = KnownMotion("m1", "", "walks, then waves", 4.0, (("walks", 2.0), ("waves", 2.0)))
    clips = {"m1": first, "m2": KnownMotion("m2", "", "", 5.0, later)}
    plan = decide(Thread(question, clips, "m2"), VERBS, set(TOOLS), learned=False)
    assert told in plan.text and not plan.calls


def test_what_was_counted_is_told_beside_the_words() -> None:
    said = answer("how many jumping jacks is that?", "does jumping jacks", (("jumping jacks", 7.0),))
    assert said.startswith("Jumping jacks: measured: 7 jumping jacks.")


@pytest.mark.parametrize(
    ("question", "told"),
    [("do you know how to wave?", "Yes"), ("are you able to leap?", 'No, I do not know "leap". The nearest')],
)
def test_what_is_known_is_told_without_making_it(question: str, told: str) -> None:
    plan = decide(Thread(question), Verbs(["wave", "jump"]), set(TOOLS), learned=False)
    assert plan.calls == [] and plan.text.startswith(told)
