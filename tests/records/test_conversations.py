"""Whole conversations through the graph: what is told meanwhile, what is answered, and the state after it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import Reply, ScriptedModel, call, plan
from helpers import walking
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.graph import MotionAgent
from motion_agent.agent_graph.state import serializer
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.tools.memory import ID_ALPHABET, ID_LENGTH
from records.recording import Counting, assert_recorded

#: The id of a motion: no letter of it is a vowel, so that it is no word.
MOTION = re.compile(rf"\bm[{ID_ALPHABET}]{{{ID_LENGTH},}}\b")
DONE = AIMessage("Done.")
WALK = call("generate_motion", description="a person walks", seconds=2)
RUN = call("generate_motion", description="a person runs", seconds=2)
THREE = call("generate_motion", description="a person jumps", seconds=1, variants=3)
WRONG = call("caption_motion", motion_id="m7")
LONG = call("generate_motion", description="a person walks", seconds=90)
UNKNOWN = call("generate_motion", description="a person yodels")
FILE = call("caption_motion", path="walk.npz")
UNDO, REDO = call("history", action="undo"), call("history", action="redo")
UNREADABLE = AIMessage(
    "",
    tool_calls=[{**WALK, "id": "good"}],
    invalid_tool_calls=[invalid_tool_call(name="edit_motion", args="{", id="bad", error="no JSON")],
)


def edit(motion: str, *operations: dict[str, Any]) -> dict[str, Any]:
    return call("edit_motion", motion_id=motion, operations=list(operations))


def agent_of(folder: Path, model: Any, **settings: Any) -> MotionAgent:
    """An agent over a backend without a model, with a memory of its own."""
    config = AgentConfig(output_folder=folder / "out", input_folder=folder, **settings)
    saver = InMemorySaver(serde=serializer())
    return create_motion_agent(config, model=model, backend=Counting(), checkpointer=saver)


def turn(agent: MotionAgent, said: Any) -> dict[str, Any]:
    """One turn: the events of its stream, what was said to the coordinator and the user, and the state."""
    run: Any = {"configurable": {"thread_id": "t"}}
    before = agent.get_state(run).values
    asked: Any = {"messages": [("user", said)]} if isinstance(said, str) else said
    options: Any = {"stream_mode": ["custom", "updates"]}
    events, nodes = [], []
    for kind, told in agent.stream(asked, run, **options):
        events += [told] if kind == "custom" else []
        nodes += list(told) if kind == "updates" else []
    state = agent.get_state(run)
    messages = state.values["messages"][len(before.get("messages", [])) :]
    trail = state.values.get("trail")
    motions = state.values.get("motions", {})
    values = {
        # First, as `told` numbers motions in the order in which they stand.
        "new": {
            name: f"{ref.name}, {ref.seconds:g} s, of {ref.parent}"
            for name, ref in motions.items()
            if ref != before.get("motions", {}).get(name)
        },
        "nodes": " ".join(nodes),
        "events": events,
        "results": [result_told(each) for each in messages if isinstance(each, ToolMessage)],
        "answer": str(messages[-1].text) if messages else "",
        "waits": [pause.value for pause in state.interrupts],
        "current": state.values.get("current"),
        "trail": " ".join([*trail.past, "|", *trail.undone]) if trail else "",
        "counts": [state.values[name] for name in ("plans", "rejections", "gave_up")],
    }
    return {name: value for name, value in values.items() if value not in ([], {}, "")}


def result_told(result: ToolMessage) -> str:
    """A result as the coordinator reads it, with quotes that a record need not mark."""
    return f"{result.status}: {result.text}".replace('"', "'")


def asked_of(thread: Sequence[BaseMessage]) -> str:
    """What a coordinator reads: the kinds of its messages, and the newest request with what is at hand."""
    request = next(message for message in reversed(thread) if isinstance(message, HumanMessage))
    return f"{' '.join(message.type for message in thread)}: {request.text}"


def told(turns: Any, folder: Path) -> Any:
    """Without where the test happens to run; motions numbered in the order in which they were made."""
    numbers: dict[str, str] = {}
    text = json.dumps(turns, default=str).replace(str(folder), "HERE")
    return json.loads(MOTION.sub(lambda found: numbers.setdefault(found[0], f"m{len(numbers) + 1}"), text))


#: Conversations with the built-in coordinator.
TALKS: dict[str, list[str]] = {
    "a motion and its versions": [
        "a person walks for 3 seconds, then waves",
        "make the walk slower",
        "mirror it",
        "undo",
        "undo",
        "redo",
        "call it greeting",
        "add a bow at the end",
        "go back to greeting",
        "how long is it?",
        "what motions do I have?",
    ],
    "numbers": [
        "a person walks 2 metres, then sits down for 1.25 seconds",
        "how far does he walk?",
        "how fast is it?",
        "how low do the hips get in part 2?",
        "how many steps does he take?",
        "make the walk 2 seconds longer and the second part 2 seconds",
        "cut off the first 30 frames",
        "repeat the walk 3 times",
        "make it 6 seconds long",
        "make it twice as fast",
        "make the first part 2 seconds longer",
        "do it again",
    ],
    "people": [
        "two people wave at each other",
        "make the second one bow",
        "move them closer together",
        "a man walks while a woman jumps",
        "mirror it",
        "save it as npz",
    ],
    "talk": [
        "hello",
        "what can you do?",
        "make a dog bark",
        "make it slower",
        "una persona camina",
        "a person yodels",
        "a person walks zzoddly",
        "thanks",
        "delete everything",
        "three versions of a jump",
        "the second one",
        "undo",
    ],
}

#: Conversations with a coordinator that follows a script: the replies, what is said, and settings.
SCRIPTS: dict[str, tuple[Sequence[Reply], Sequence[Any], dict[str, Any]]] = {
    "variants and later steps": (
        [plan(THREE, edit("$1", {"op": "mirror"}), THREE), DONE, plan(UNDO), DONE, plan(UNDO), DONE],
        ["jump", "back", "back"],
        {},
    ),
    "steps after one another": (
        [
            plan(
                WALK,
                RUN,
                call("compose_sequence", segments=[{"motion_id": "$2"}, {"motion_id": "$1"}], name="both"),
                call("name_motion", motion_id="$1", name="stroll"),
                call("caption_motion", motion_id="$3"),
                call("list_motions"),
            ),
            DONE,
            plan(UNDO, edit("stroll", {"op": "speed", "factor": 2})),
            DONE,
            plan(UNDO),
            DONE,
            plan(REDO, REDO),
            DONE,
        ],
        ["two", "faster", "back", "forth"],
        {},
    ),
    "files and what is made of them": (
        [
            plan(FILE, edit("$1", {"op": "mirror"})),
            DONE,
            plan(call("caption_motion", motion_id="walk"), edit("$1", {"op": "mirror"})),
            plan(
                call("caption_motion", motion_id="walk"),
                call("export_motion", motion_id="walk", formats=["npz"]),
            ),
            DONE,
            plan(UNDO),
            DONE,
        ],
        ["mirror walk.npz", "mirror it again", "back"],
        {},
    ),
    "the same words twice with a seed": (
        [plan(WALK, WALK), DONE, plan(WALK), DONE],
        ["go", "again"],
        {"seed": 5},
    ),
    "a plan is mended": (
        [plan(WALK, WRONG), UNREADABLE, plan(edit("$2", {"op": "mirror"}), WALK), plan(WALK), DONE],
        ["walk"],
        {"max_repairs": 3},
    ),
    "a plan is never mended": (
        [plan(WRONG), plan(WALK), DONE, plan(WRONG), plan(UNKNOWN), plan(WRONG), plan(WRONG)],
        ["look", "look again"],
        {"max_repairs": 1},
    ),
    "plans without end": ([plan(WALK)] * 4 + [DONE], ["walk", "more"], {"max_plans": 2}),
    "too much": (
        [
            plan(LONG),
            plan(WALK, call("compose_sequence", segments=[{"motion_id": "$1", "repeat": 20}])),
            plan(call("generate_motion", description="a person walks", seconds=20, variants=4)),
            plan(WALK, edit("$1", {"op": "extend", "seconds": 18}, {"op": "repeat", "times": 3})),
            plan(WALK, edit("$1", {"op": "extend", "seconds": 9}, {"op": "repeat", "times": 2})),
            plan(*[WALK] * 5),
            plan(call("arrange_scene", people=[{"description": "a person waves"}] * 4)),
            AIMessage("It cannot be done."),
        ],
        ["all of it"],
        {"max_seconds": 60, "max_steps": 4, "max_people": 3, "max_repairs": 10},
    ),
    "a step fails": (
        [
            plan(UNKNOWN, WALK, edit("$1", {"op": "mirror"})),
            DONE,
            plan(edit("m2222", {"op": "mirror"})),
            DONE,
        ],
        ["yodel", "mirror"],
        {},
    ),
    "approval": (
        [
            plan(WALK),
            DONE,
            plan(RUN),
            plan(call("generate_motion", description="a person runs", seconds=3)),
            AIMessage("As you wish."),
            plan(RUN),
            DONE,
            plan(THREE),
            DONE,
        ],
        [
            "walk",
            Command(resume=True),
            "run",
            Command(resume={"approved": False, "reason": "too fast"}),
            Command(resume=False),
            "run",
            Command(resume="maybe"),
            Command(resume={"plan": {"steps": [{"tool": "fly", "arguments": {}}]}}),
            Command(resume={"plan": {"steps": [{"tool": "generate_motion", "arguments": WALK["args"]}] * 2}}),
            "jump",
            "never mind, run",
        ],
        {"approve_above": 1.0},
    ),
    "short plans are not asked about": (
        [plan(WALK), DONE, plan(THREE), DONE],
        ["walk", "jump"],
        {"approve_above": 2.0},
    ),
}

#: What is said in a thread that a program carries by hand.
CARRIED = ("a person walks", "a person jumps", "what is in it?", "undo", "make it slower", "undo", "redo")


@pytest.mark.parametrize("name", TALKS)
def test_with_the_built_in_coordinator(tmp_path: Path, name: str) -> None:
    agent = agent_of(tmp_path, None)
    turns = {f"{number}. {said}": turn(agent, said) for number, said in enumerate(TALKS[name], 1)}
    assert_recorded(f"talk_{name.replace(' ', '_')}", told(turns, tmp_path))


def test_with_scripted_coordinators(tmp_path: Path) -> None:
    cases = {}
    save_motion(Motion(walking(40)), tmp_path / "walk.npz")
    for name, (replies, said, settings) in SCRIPTS.items():
        model = ScriptedModel(*replies)
        agent = agent_of(tmp_path, model, **settings)
        turns = [turn(agent, each) for each in said]
        cases[name] = told({"turns": turns, "asked": [asked_of(thread) for thread in model.asked]}, tmp_path)
    assert_recorded("scripts", cases)


def test_threads_that_a_program_carries(tmp_path: Path) -> None:
    """Without a checkpointer, from the messages alone, with a parent's own values beside them."""
    cases = {}
    for name, extra in {"messages alone": {}, "a value of a parent": {"current": "scene 3"}}.items():
        agent = create_motion_agent(AgentConfig(), backend=Counting(), store=InMemoryStore())
        messages: list[Any] = []
        for number, said in enumerate(CARRIED, 1):
            run: Any = {"configurable": {"thread_id": "t"}}
            asked: Any = {"messages": [*messages, ("user", said)], **extra}
            state = agent.invoke(asked, run)
            messages = state["messages"]
            cases[f"{name}, {number}. {said}"] = {
                "answer": str(messages[-1].text),
                "current": state["current"],
                "motions": {
                    ref.id: [ref.description, ref.seconds, ref.parent] for ref in state["motions"].values()
                },
            }
    assert_recorded("carried_threads", told(cases, tmp_path))
