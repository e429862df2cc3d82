"""Undo, redo and restore from inside a conversation with the offline coordinator."""

from __future__ import annotations

from typing import Any

from fakes import FakeBackend
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.state import serializer


def test_back_forth_and_a_branch(backend: FakeBackend):
    agent = create_motion_agent(
        AgentConfig(), backend=backend, checkpointer=InMemorySaver(serde=serializer())
    )
    settings: Any = {"configurable": {"thread_id": "t"}}

    def say(text: str) -> dict[str, Any]:
        return agent.invoke({"messages": [("user", text)]}, settings)

    first = say("a person walks forward")["current"]
    second = say("make it slower")["current"]
    assert first != second
    assert say("undo")["current"] == first
    assert say("redo")["current"] == second
    assert say("undo that")["current"] == first
    branch = say("make it faster")
    assert branch["motions"][branch["current"]].parent == first
    assert {first, second} <= branch["motions"].keys()
    assert say("redo")["current"] == branch["current"]
