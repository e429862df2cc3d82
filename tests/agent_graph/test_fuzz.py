"""Whole conversations of hostile values leave a thread and a memory that are sound; see fuzzing.py."""

from __future__ import annotations

from typing import Any

import pytest
from fuzzing import Arena, Hostile, main
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.turns import as_own


def test_forty_conversations() -> None:
    arena = Arena()
    assert [fault for seed in range(40) for fault in arena.converse(seed)] == []
    kept = arena.store.search(("motion_agent",), limit=1000)
    assert len(kept) > 20, "most of what was asked for failed, so little was tried"


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_ten_thousand_conversations() -> None:
    assert main(10_000) == 0


def test_a_conversation_is_the_same_whenever_it_is_drawn() -> None:
    assert [repr(Hostile(3).reply([])) for _ in range(2)] == [repr(Hostile(3).reply([]))] * 2


class Forgetful(Arena):
    """An arena whose agent breaks one promise."""

    def __init__(self, spoil: str) -> None:
        super().__init__()
        self.spoil, self.sound, self.agent = spoil, self.agent, self

    def invoke(self, asked: object, settings: object) -> dict[str, list[Any]]:
        state = self.sound.invoke(asked, settings)
        messages = state["messages"]
        match self.spoil:
            case "raises":
                raise RecursionError("too deep")
            case "orphan":
                lost = {"name": "list_motions", "args": {}, "id": "lost"}
                messages = [*messages, as_own(AIMessage("", tool_calls=[lost]))]
            case "shown":
                self.model.shown.append([HumanMessage("hi"), ToolMessage("{}", tool_call_id="lost")])
            case "untold":
                messages = [message for message in messages if message.type != "tool"]
        return state | {"messages": messages}


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ("raises", "left the graph"),
        ("orphan", "no answer of its own"),
        ("shown", "without its call"),
        ("untold", "that no result tells of"),
    ],
)
def test_a_promise_that_is_broken_is_noticed(spoil: str, fault: str) -> None:
    arena = Forgetful(spoil)
    found = [told for seed in range(12) for told in arena.converse(seed)]
    assert any(fault in told for told in found)
