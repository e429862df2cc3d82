"""Values that JSON or Python hold but a checkpoint does not are refused, and the thread goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from fakes import FakeBackend, ScriptedModel, anything, call
from killing import unanswered_calls
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.errors import PlanError
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.agent_graph.state import serializer, with_added
from motion_agent.agent_graph.values import clean_text, fault_of, storable
from motion_agent.tools.memory import MotionMemory

HALF = "\ud83d"


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def generating(**arguments: Any) -> AIMessage:
    return AIMessage("", tool_calls=[call("generate_motion", "c1", **arguments)])


HOSTILE = {
    "seed of 65 bits": generating(description="a person walks", seed=2**64),
    "seed of 64 bits": generating(description="a person walks", seed=2**63),
    "very large number": generating(description="a person walks", variants=10**300),
    "number of 20,000 bits": generating(description="a person walks", variants=2**20000),
    "not a number": generating(description="a person walks", seconds=float("nan")),
    "infinite": generating(description="a person walks", seconds=float("inf")),
    "half a character": generating(description=f"a person walks {HALF}"),
    "half a character as a key": generating(**{HALF: 1}),
    "300 deep": generating(description=deep(300)),
    "5 MB of unknown keys": generating(**{f"key number {n} which is long": n for n in range(100_000)}),
    "bytes": generating(description=b"a person walks"),
    "a set": generating(description="a person walks", extra={1, 2}),
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE.keys())
def test_arguments_no_checkpoint_holds_are_refused_and_the_thread_goes_on(talk, reply):
    thread = talk(reply, AIMessage("sorry"), generating(description="a person walks"), AIMessage("done"))
    refused = thread.say("do it")
    [told] = [message for message in refused["messages"] if message.type == "tool"]
    assert told.status == "error" and len(told.content) < 3000
    assert not refused.get("motions")
    assert sum(len(str(message)) for message in refused["messages"]) < 10_000
    after = thread.say("and now?")
    assert len(after["motions"]) == 1
    assert not list(unanswered_calls(after["messages"]))


@pytest.mark.parametrize(
    "reply",
    [
        AIMessage(f"hello {HALF}"),
        AIMessage("", tool_calls=[call("list_motions", HALF)]),
        AIMessage("", tool_calls=[call(f"gen{HALF}", "c1")]),
        AIMessage("hello", additional_kwargs={"raw": {"deep": deep(300), "number": 2**70, "half": HALF}}),
        AIMessage("hello", response_metadata={"model": HALF}),
    ],
    ids=["answer", "call id", "tool name", "around the message", "metadata"],
)
def test_half_characters_of_a_reply_are_replaced(talk, reply):
    state = talk(reply, AIMessage("well"), AIMessage("well")).say("hello")
    assert isinstance(state["messages"][-1], AIMessage)


@pytest.mark.parametrize("text", [f"a person walks {HALF}", "a person walks \udcff"])
def test_half_characters_of_a_user_are_replaced_where_the_thread_is_kept(text):
    model = ScriptedModel(AIMessage("hello"), AIMessage("again"))
    agent = create_motion_agent(
        AgentConfig(),
        model=model,
        backend=FakeBackend(),
        checkpointer=InMemorySaver(serde=serializer()),
    )
    settings: Any = {"configurable": {"thread_id": "t"}}
    agent.invoke({"messages": [HumanMessage(text)]}, settings)
    kept = agent.invoke({"messages": [("user", "again")]}, settings)["messages"]
    assert kept[0].text in ("a person walks \ufffd", "a person walks ?")  # LangGraph may write a ?


@pytest.mark.parametrize(
    "message",
    [
        HumanMessage("hi", id="\ud800"),
        HumanMessage("hi", name="\ud800"),
        HumanMessage("hi", additional_kwargs={"\ud800": 2**64}),
        ToolMessage("{}", tool_call_id="\ud800", artifact={"id": 2**64}),
    ],
    ids=["id", "name", "additional_kwargs", "tool message"],
)
def test_any_field_of_a_users_message_is_mended(message: Any) -> None:
    [kept] = with_added([], [[message]])
    json.dumps(kept.model_dump(), ensure_ascii=False).encode()
    assert kept.model_dump() == storable(kept.model_dump())


def test_whole_characters_and_plain_values_stay_as_they_are():
    text = "smile \U0001f600, caf\u00e9, \u5b57"
    assert clean_text(text) == text
    assert clean_text("\ud83d\ude00") == "\U0001f600"  # two halves that make one character
    value = {"text": text, "numbers": [1, -(2**63), 2**63 - 1, 0.5, True, None], "pair": (1, "a")}
    assert fault_of(value) is None
    assert storable(value) == value


def faults(**arguments: Any) -> str:
    message = AIMessage("", tool_calls=[call("compose_sequence", "c", **arguments)])
    with pytest.raises(PlanError) as caught:
        read_plan(message, anything, list, Limits())
    return str(caught.value)


def test_a_budget_counts_what_will_be_made():
    parts = [{"description": "a person walks", "seconds": 0.01, "repeat": 20}] * 64
    assert "asks for 256 s" in str_of_budget(parts, seconds=60)
    assert "asks for 4.8 s" in str_of_budget(
        parts[:1] * 1 + [{"description": "x", "seconds": 0.8}], seconds=4
    )


def str_of_budget(parts: list[dict[str, Any]], seconds: float) -> str:
    message = AIMessage("", tool_calls=[call("compose_sequence", "c", segments=parts)])
    with pytest.raises(PlanError) as caught:
        read_plan(message, anything, list, Limits(seconds=seconds))
    return str(caught.value)


def test_an_error_stays_short_whatever_the_arguments_and_the_steps():
    many = {f"unknown {'x' * 500} {n}": n for n in range(1000)}
    assert len(faults(segments=[], **many)) < 2500
    steps = AIMessage("", tool_calls=[call("generate_motion", f"c{n}", **many) for n in range(500)])
    with pytest.raises(PlanError, match=r"and 49[0-9] more steps") as caught:
        read_plan(steps, anything, list, Limits())
    assert len(str(caught.value)) < 25_000


class Wrong(FakeBackend):
    """A backend whose every motion is the one it was made with."""

    codebook_size = 512

    def __init__(self, motion: Any) -> None:
        super().__init__()
        self.motion = motion

    def generate(self, captions: Any, **options: Any) -> Any:
        return [self.motion for _ in captions]


@pytest.mark.parametrize(
    ("motion", "reason"),
    [
        (torch.tensor([99999, 5]), "motion token 99999, which is not in 0..511"),
        (torch.tensor([5, -5]), "motion token -5, which is not in 0..511"),
        (torch.tensor([float("nan")]), "no motion tokens"),
        (torch.tensor([[[1, 2]]]), "no motion tokens"),
        ("walk", "no motion tokens"),
    ],
)
def test_what_a_backend_gives_is_checked_before_it_is_kept(motion, reason):
    from langgraph.store.memory import InMemoryStore

    store = InMemoryStore()
    model = ScriptedModel(generating(description="a person walks"), AIMessage("it failed"))
    agent = create_motion_agent(AgentConfig(), model=model, backend=Wrong(motion), store=store)
    state = agent.invoke({"messages": [("user", "walk")]})
    [told] = [message for message in state["messages"] if message.type == "tool"]
    assert told.status == "error" and reason in told.content
    assert not MotionMemory(store).recent("local")


@pytest.mark.parametrize(
    "path", ["x" * 300 + ".bvh", "a/" * 2500 + "b.bvh", f"a{chr(0)}.bvh", "~nouser/x.bvh"]
)
def test_a_name_the_file_system_refuses_is_told(talk, path):
    reply = AIMessage("", tool_calls=[call("caption_motion", "c1", path=path[:1000])])
    state = talk(reply, AIMessage("no")).say("what is in that file?")
    [told] = [message for message in state["messages"] if message.type == "tool"]
    assert told.status == "error" and len(told.content) < 1000
