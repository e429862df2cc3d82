"""Threads are kept well-formed."""

from __future__ import annotations

from fakes import call, plan
from langchain_core.messages import HumanMessage, ToolMessage
from motion_agent.agent_graph.messages import healed, last_problem, refusal

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


def test_the_last_problem_is_one_of_this_turn():
    thread = [
        refusal("old", "a"),
        HumanMessage("hi"),
        refusal("new", "b"),
        ToolMessage("{}", tool_call_id="c"),
    ]
    assert last_problem(thread) == "new"
    assert last_problem([*thread, HumanMessage("again")]) == ""
