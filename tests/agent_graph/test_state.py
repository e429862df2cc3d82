"""How a thread grows: the same however its additions are grouped, which its checkpoints rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import add_messages
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.state import WHOLE_EVERY, with_added, with_newer
from motion_agent.tools import MotionRef

MESSAGES = st.one_of(
    st.tuples(st.just("user"), st.sampled_from(["walk", "run"])),
    st.builds(AIMessage, st.sampled_from(["a", "b"]), id=st.sampled_from([None, "x", "y"])),
    st.builds(AIMessageChunk, st.just("c"), id=st.sampled_from([None, "z"])),
    st.builds(ToolMessage, st.just("t"), tool_call_id=st.sampled_from(["1", "2"])),
)
WRITES = st.lists(st.one_of(MESSAGES, st.lists(MESSAGES, max_size=3)), max_size=6)


@given(WRITES, WRITES)
def test_grouping_changes_nothing(first: list[Any], second: list[Any]) -> None:
    at_once = with_added([], [*first, *second])
    assert with_added(with_added([], first), second) == at_once
    ids = [message.id for message in at_once]
    assert all(ids) and len(set(ids)) == len(ids)


@given(WRITES)
def test_messages_are_added_as_langgraph_adds_them(writes: list[Any]) -> None:
    ours = with_added([], writes)
    theirs: Any = []
    for write in writes:
        theirs = add_messages(theirs, write)
    assert [(m.type, m.content) for m in ours] == [(m.type, m.content) for m in theirs]


def test_a_newer_reference_takes_the_place_of_an_older_one():
    def named(name: str) -> MotionRef:
        return MotionRef(id="m", name=name, description="a walk", seconds=1, frames=20, segments=[])

    old, new = named("walk"), named("stroll")
    assert with_newer({"m": old}, [None, {"m": new}]) == {"m": new}
    assert with_newer({}, [{"m": old}, {"m": new}]) == {"m": new}


def test_a_message_can_be_taken_out():
    thread = with_added([], [[HumanMessage("a", id="1"), AIMessage("b", id="2")], RemoveMessage(id="1")])
    assert [message.id for message in thread] == ["2"]


def test_the_same_words_at_a_place_that_became_free_are_a_message_of_their_own():
    """Where the beginning of a thread was taken out, later messages stand where earlier ones stood."""
    thread = with_added([], [("user", text) for text in ("walk", "again", "run")])
    first, second, _ = (str(message.id) for message in thread)
    thread = with_added(thread, [RemoveMessage(id=first), ("user", "again"), RemoveMessage(id=second)])
    thread = with_added(thread, [("user", "again")])
    assert [message.content for message in thread] == ["run", "again", "again"]
    assert len({first, second, *(message.id for message in thread)}) == 5


@pytest.mark.parametrize(
    "other",
    [AIMessage("again"), HumanMessage("more"), ToolMessage("again", tool_call_id="1"),
     ToolMessage("again", tool_call_id="2")],
    ids=lambda message: f"{message.type} {message.content} {getattr(message, 'tool_call_id', '')}",
)  # fmt: skip
def test_messages_that_differ_at_the_same_place_have_different_ids(other: Any) -> None:
    """Threads with one beginning part ways; what is replayed has the same id again."""
    begun = with_added([], [HumanMessage("walk")])
    ids = {with_added(begun, [message])[-1].id for message in (HumanMessage("again"), other, other)}
    assert len(ids) == 2


def test_nothing_new_is_no_change():
    assert with_newer({}, [None, {}]) == {}


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "as a subgraph"])
def test_a_strict_langgraph_revives_the_state_with_any_checkpointer(inside: bool) -> None:
    """LangGraph reads the setting when it is imported, hence a process of its own."""
    program = f"""
from fakes import FakeBackend
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from motion_agent.agent_graph import AgentConfig, create_motion_agent

agent = create_motion_agent(
    AgentConfig(), backend=FakeBackend(), checkpointer=True if {inside} else InMemorySaver()
)
if {inside}:
    outer = StateGraph(MessagesState).add_node("motion", agent).add_edge(START, "motion")
    agent = outer.compile(checkpointer=InMemorySaver())
for text in ("a person walks", "make it slower", "undo"):
    state = agent.invoke({{"messages": [("user", text)]}}, {{"configurable": {{"thread_id": "t"}}}})
print(state["messages"][-1].text)
"""
    environment = {
        **os.environ,
        "LANGGRAPH_STRICT_MSGPACK": "true",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.startswith("The current motion is now") and not done.stderr


@pytest.mark.parametrize("place", ["memory", "sqlite"], indirect=True)
def test_a_thread_longer_than_its_whole_checkpoints_comes_back_as_it_was(place):
    turns = WHOLE_EVERY // 3
    replies = [
        reply
        for number in range(turns)
        for reply in (
            plan(call("generate_motion", f"c{number}", description="a person walks")),
            AIMessage("ok"),
        )
    ]
    settings: Any = {"configurable": {"thread_id": "t"}}
    with open_memory(place) as kept:
        agent = create_motion_agent(
            AgentConfig(), model=ScriptedModel(*replies), backend=FakeBackend(), **kept._asdict()
        )
        said = [agent.invoke({"messages": [("user", f"walk {n}")]}, settings) for n in range(turns)][-1]
        state = agent.get_state(settings).values
    for thread in (state, said):
        thread["messages"] = [(m.id, m.type, m.content) for m in thread["messages"]]
    assert state["messages"] == said["messages"] and len(state["messages"]) == 4 * turns
    assert list(state["motions"]) == list(said["motions"]) and len(state["motions"]) == turns
