"""Threads are kept well-formed."""

from __future__ import annotations

from fakes import call, plan
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.messages import (
    call_ids,
    healed,
    last_problem,
    refusal,
    with_call_ids,
)

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


def test_an_answer_follows_its_call_wherever_it_stood():
    first, second = plan(LIST), plan(LIST)  # some servers count their calls anew in every message
    [call_id] = [c["id"] for c in first.tool_calls]
    orphan, one, two = (ToolMessage(text, tool_call_id=call_id) for text in ("orphan", "one", "two"))
    between, hello = HumanMessage("and?"), HumanMessage("hello?")
    whole = healed([orphan, first, between, one, second, hello, two])
    assert whole == [first, one, between, second, two, hello]


def test_the_last_problem_is_the_newest():
    thread = [
        refusal("old", "a"),
        HumanMessage("hi"),
        refusal("new", "b"),
        ToolMessage("{}", tool_call_id="c"),
    ]
    assert last_problem(thread) == "new"
    assert last_problem(thread[:2]) == "old"
    assert last_problem(thread[3:]) == ""


def test_calls_of_one_message_get_ids_of_their_own():
    twice = AIMessage("", tool_calls=[{"name": "list_motions", "args": {}, "id": "same"}] * 2)
    assert len(set(call_ids(with_call_ids(twice)))) == 2
