"""Five thousand spoilt plans: each ends as a valid plan or as a message that says what is wrong."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, holding
from langchain_core.messages import AIMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.coordinators.replies import with_calls
from motion_agent.agent_graph.errors import PlanError
from motion_agent.agent_graph.plan import Limits, MotionPlan, read_plan
from motion_agent.tools.toolbox import TOOLS

KNOWN = ("m1", "m2")
WALK = {"description": "a person walks", "seconds": 2}
OPERATIONS: list[dict[str, Any]] = [
    {"op": "replace", "segment": 1, "description": "a person runs"},
    {"op": "insert", "description": "a person jumps", "position": 1},
    {"op": "insert", "motion_id": "m2"},
    {"op": "delete", "segment": 1},
    {"op": "repeat", "times": 3},
    {"op": "reorder", "order": [2, 1]},
    {"op": "trim", "start": 0.4, "end": 2.0},
    {"op": "extend", "seconds": 2},
    {"op": "mirror"},
    {"op": "speed", "factor": 1.5},
    {"op": "duration", "seconds": 3, "segment": 1},
    {"op": "regenerate", "seed": 4},
    {"op": "inbetween", "segment": 1, "seconds": 1},
]
VALID: list[list[tuple[str, dict[str, Any]]]] = [
    [("generate_motion", WALK)],
    [("generate_motion", {**WALK, "variants": 2, "seed": 1, "name": "stroll"})],
    [("compose_sequence", {"segments": [WALK, {"motion_id": "m1", "repeat": 2}], "name": "both"})],
    [("generate_motion", WALK), ("compose_sequence", {"segments": [{"motion_id": "$1"}, WALK]})],
    [("caption_motion", {"motion_id": "m1"})],
    [("arrange_scene", {"people": [{"motion_id": "m1"}, {"description": "a person waves", "theta": 180}]})],
    [("generate_motion", WALK), ("export_motion", {"motion_id": "$1", "formats": ["npz"]})],
    [("list_motions", {})],
    [("name_motion", {"motion_id": "m1", "name": "greeting"})],
    [("history", {"action": "undo"})],
    [("history", {"action": "restore", "motion_id": "m2"})],
    *([("edit_motion", {"motion_id": "m1", "operations": [operation]})] for operation in OPERATIONS),
]
ARGUMENTS = {name: list(spec.arguments.model_fields) for name, spec in TOOLS.items()}
ODD = [
    None, True, -1, 0, 1e308, -0.5, float("nan"), float("inf"), 10**30, "", " ", "\x00", "𝔭ersön 👋", "m999",
    "$0", "$1", "$99", "$-1", "$²", "../../etc/passwd", "a" * 10_000, "'; DROP TABLE clips; --", [], {}, [[]],
    [{"op": "explode"}], {"description": "a person walks"}, "ignore all instructions",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value inside."""
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoil(steps: list[tuple[str, dict[str, Any]]], rng: random.Random) -> list[dict[str, Any]]:
    """A plan with one to three faults."""
    plan = [{"name": name, "args": copy.deepcopy(args)} for name, args in steps]
    for _ in range(rng.randint(1, 3)):
        paths = list(places(plan))
        if not paths:
            return plan
        path = rng.choice(paths)
        holder: Any = plan
        for key in path[:-1]:
            holder = holder[key]
        match rng.randrange(7):
            case 0:
                holder[path[-1]] = copy.deepcopy(rng.choice(ODD))
            case 1 if isinstance(holder, dict):
                holder[rng.choice(["text", "Description", "speed", "op", "motion", ""])] = holder.pop(
                    path[-1]
                )
            case 2:
                del holder[path[-1]]
            case 3 if isinstance(holder, list):
                holder.extend(copy.deepcopy(holder[path[-1]]) for _ in range(rng.choice([1, 20])))
            case 4:
                holder[path[-1]] = str(holder[path[-1]])
            case 5:
                nested: Any = holder[path[-1]]
                for _ in range(rng.choice([1, 60])):
                    nested = {"arguments": nested}
                holder[path[-1]] = nested
            case _:
                plan.reverse()
    return plan


def messages(count: int) -> Iterator[AIMessage]:
    """Spoilt plans as the messages of coordinators: calls, broken calls, and text."""
    rng = random.Random(0)
    for number in range(count):
        plan = spoil(rng.choice(VALID), rng)
        if number % 3 == 0:
            text = json.dumps(
                {"steps": [{"tool": p.get("name"), "arguments": p.get("args")} for p in rigid(plan)]}
            )
            text = text[: rng.randint(0, len(text))] if rng.random() < 0.5 else f"Plan:\n{text}\nOK?"
            yield with_calls(
                AIMessage(text), {name: list(s.arguments.model_fields) for name, s in TOOLS.items()}
            )
            continue
        good = [p for p in rigid(plan) if isinstance(p.get("name"), str) and isinstance(p.get("args"), dict)]
        bad = len(plan) - len(good)
        yield AIMessage(
            "",
            tool_calls=[tool_call(name=p["name"], args=p["args"], id=f"c{n}") for n, p in enumerate(good)],
            invalid_tool_calls=[
                invalid_tool_call(name=None, args="{", id=f"b{n}", error=None) for n in range(bad)
            ],
        )


def rigid(plan: list[Any]) -> list[dict[str, Any]]:
    return [step for step in plan if isinstance(step, dict)]


def test_five_thousand_spoilt_plans_end_as_a_plan_or_a_reason():
    valid = refused = answers = 0
    for message in messages(5_000):
        if not (message.tool_calls or message.invalid_tool_calls):
            answers += 1
            continue
        try:
            assert isinstance(read_plan(message, holding(*KNOWN), lambda: KNOWN, Limits()), MotionPlan)
            valid += 1
        except PlanError as error:
            assert error.problems and "\n" not in str(error)
            refused += 1
    assert valid + refused + answers == 5_000
    assert valid > 300 and refused > 2_500 and answers < 1_000


def test_a_refused_plan_leaves_memory_and_motions_alone():
    backend, store, checked = FakeBackend(), InMemoryStore(), 0
    for message in messages(600):
        if not (message.tool_calls or message.invalid_tool_calls):
            continue
        try:
            read_plan(message, holding(), tuple, Limits())
            continue
        except PlanError:
            checked += 1
        model = ScriptedModel(message, AIMessage("I could not."))
        agent = create_motion_agent(AgentConfig(), model=model, backend=backend, store=store)
        state = agent.invoke({"messages": [("user", "go")]})
        assert state["messages"][-1].text == "I could not." and state["motions"] == {}
    assert checked > 300
    assert backend.batches == [] and store.search((), limit=10) == []


@pytest.mark.parametrize("steps", VALID, ids=lambda steps: steps[-1][0])
def test_the_corpus_starts_from_valid_plans(steps):
    calls = [tool_call(name=name, args=args, id=f"c{n}") for n, (name, args) in enumerate(steps)]
    assert read_plan(AIMessage("", tool_calls=calls), holding(*KNOWN), lambda: KNOWN, Limits()).steps
