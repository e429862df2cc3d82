"""Going back and starting anew: a version with or without a part, what was undone, what is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread, read_thread
from motion_agent.agent_graph.coordinators.offline.hearing.slots import actions_in
from motion_agent.agent_graph.coordinators.offline.sentences.framing import in_seconds
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.schemas import Trail
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs()


def version(name: str, said: str) -> KnownMotion:
    parts = tuple((f"a person {text}", 2.0) for text in said.split(" | "))
    return KnownMotion(name, "", ", then ".join(text for text, _ in parts), 2.0 * len(parts), parts)


def calls(request: str, *versions: str) -> list[tuple[str, dict[str, Any]]]:
    known = [version(f"m{n}", said) for n, said in enumerate(versions, 1)]
    trail = Trail(past=tuple(clip.id for clip in known))
    thread = Thread(request, {clip.id: clip for clip in known}, known[-1].id, trail=trail)
    return decide(thread, VERBS, set(TOOLS), learned=False).calls


@pytest.mark.parametrize(
    "request_",
    [
        "actually bring back the version without the bow, and kick twice",
        "go back to the version without the bow, then kick twice",
        "undo. kick twice",
    ],
)
def test_a_version_is_gone_back_to_and_changed(request_: str) -> None:
    (_, history), (tool, edit) = calls(request_, "walks | kicks", "walks | kicks | bows")
    assert history in ({"action": "restore", "motion_id": "m1"}, {"action": "undo"})
    assert (tool, edit["motion_id"]) == ("edit_motion", "m1")
    assert [step["op"] for step in edit["operations"]] == ["replace", "repeat"]
    assert edit["operations"][0]["segment"] == 2


def test_a_version_without_a_part_may_be_a_later_one() -> None:
    [(tool, history)] = calls("back to the one without the bow", "walks | bows", "walks", "walks | bows")
    assert (tool, history) == ("history", {"action": "restore", "motion_id": "m2"})


@pytest.mark.parametrize(
    "request_",
    [
        "scrap that. new one: someone jumps for ten seconds",
        "scratch that. a person jumps for 10 seconds",
        "nah forget this one. new: a man jumps for 10 seconds",
        "forget it. start over with a person jumping for 10 seconds",
    ],
)
def test_what_is_dropped_makes_room_for_something_new(request_: str) -> None:
    [(tool, made)] = calls(request_, "walks")
    assert (tool, made["seconds"]) == ("generate_motion", 10.0)
    assert made["description"] == "a person jumps"


def test_what_is_dropped_for_a_change_is_no_new_start() -> None:
    assert all(tool != "generate_motion" for tool, _ in calls("scrap that. make it slower", "walks"))


def _turn(request: str, tool: str, motion: str, **arguments: Any) -> list[BaseMessage]:
    made = {
        "motion_id": motion, "seconds": 2.0,
        "segments": [{"description": "a person walks", "start": 0.0, "end": 2.0}],
    }  # fmt: skip
    call = {"name": tool, "args": arguments, "id": f"{request}-{motion}"}
    return [
        HumanMessage(request),
        AIMessage("", tool_calls=[call]),
        ToolMessage(json.dumps(made), tool_call_id=call["id"], name=tool),
        AIMessage("Done."),
    ]


@pytest.mark.parametrize("request_", ["redo it", "ok redo that please", "put it back"])
def test_right_after_an_undo_it_is_redone(request_: str) -> None:
    made = _turn("walk", "generate_motion", "m1") + _turn("slower", "edit_motion", "m2")
    undone = [*made, *_turn("undo", "history", "m1", action="undo")]
    plan = decide(read_thread([*undone, HumanMessage(request_)]), VERBS, set(TOOLS), learned=False)
    assert plan.calls == [("history", {"action": "redo"})]
    again = [*undone, *_turn("redo", "history", "m2", action="redo"), HumanMessage("redo it")]
    assert read_thread(again).trail == Trail(past=("m1", "m2"))
    assert decide(read_thread(again), VERBS, set(TOOLS), learned=False).calls[0][0] == "edit_motion"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("cut off the first 30 frames", "cut off the first 1.5 seconds"),
        ("make it 100 frames long", "make it 5 seconds long"),
        ("save it at 30 frames per second", "save it at 30 frames per second"),
    ],
)
def test_frames_are_read_in_seconds(said: str, seconds: str) -> None:
    assert in_seconds(said) == seconds


@pytest.mark.parametrize("words", ["do", "he does", "a do"])
def test_a_verb_alone_that_says_nothing_is_no_part(words: str) -> None:
    assert actions_in(words, VERBS) == ()


@pytest.mark.parametrize(
    "request_",
    [
        "if I wanted it to last 20 seconds would I have to start over?",
        "would it be possible to have it last 20 seconds, or do i have to start again?",
        "suppose I wanted him to run, what would I say?",
    ],
)
def test_questions_of_what_would_be_change_nothing(request_: str) -> None:
    assert calls(request_, "walks") == []
