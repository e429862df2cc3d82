"""Threads are kept well-formed."""

from __future__ import annotations

import pytest
from fakes import call, plan
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.messages import (
    as_asked,
    begins_turn,
    healed,
    last_problem,
    refusal,
    storable,
)
from motion_agent.agent_graph.prompts import UNSTORABLE

LIST = call("list_motions")


def test_a_whole_thread_is_left_alone():
    message = plan(LIST)
    thread = [HumanMessage("hi"), message, ToolMessage("[]", tool_call_id=message.tool_calls[0]["id"])]
    assert healed(thread) == thread


def test_only_unanswered_calls_are_answered():
    message = plan(LIST, LIST)
    answer = ToolMessage("[]", tool_call_id=message.tool_calls[0]["id"])
    whole = healed([message, answer, HumanMessage("hello?")])
    assert {m.tool_call_id for m in whole if isinstance(m, ToolMessage)} == {
        c["id"] for c in message.tool_calls
    }
    assert isinstance(whole[-1], HumanMessage)


def test_the_last_problem_is_the_newest():
    thread = [
        refusal("old", "a"),
        HumanMessage("hi"),
        refusal("new", "b"),
        ToolMessage("{}", tool_call_id="c"),
    ]
    assert last_problem(thread[2:]) == "new"
    assert last_problem(thread[3:]) == ""


HANDOVER = [
    HumanMessage("walk"),
    AIMessage("", tool_calls=[{"name": "transfer_to_motion_agent", "args": {}, "id": "h"}]),
    ToolMessage("Successfully transferred to motion_agent", tool_call_id="h"),
]


def test_a_handover_begins_a_turn_with_what_the_user_said():
    assert begins_turn(HANDOVER, own_calls=[])
    assert [message.text for message in as_asked(HANDOVER, len(HANDOVER) - 1)] == ["walk"]
    own = AIMessage("", tool_calls=[{"name": "generate_motion", "args": {}, "id": "g"}])
    result = ToolMessage("{}", tool_call_id="g")
    assert not begins_turn([*HANDOVER, own, result], own_calls=["g"])
    assert as_asked([*HANDOVER, own, result], 2) == [HANDOVER[0], own, result]


def test_what_another_agent_says_is_a_request():
    thread = [HumanMessage("plan a show"), AIMessage("make a person bow", name="planner")]
    assert isinstance(as_asked(thread, 1)[-1], HumanMessage)
    assert as_asked(thread, 1)[-1].text == "make a person bow"


@pytest.mark.parametrize("value", [2**70, -(2**70), {"a": [2**64]}, "\ud83d", {"\ud83d": 1}])
def test_arguments_that_no_checkpoint_holds_become_a_fault(value):
    message = AIMessage(
        "hm \ud83d", tool_calls=[{"name": "generate_motion", "args": {"x": value}, "id": "a"}]
    )
    kept = storable(message)
    assert kept.tool_calls == [] and kept.invalid_tool_calls[0]["error"] == UNSTORABLE
    assert kept.text == "hm ?"


def test_endless_nesting_is_a_fault():
    nested: dict = {}
    for _ in range(300):
        nested = {"a": nested}
    assert storable(AIMessage("", tool_calls=[{"name": "x", "args": nested, "id": "a"}])).tool_calls == []
