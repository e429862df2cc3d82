"""Threads are kept well-formed."""

from __future__ import annotations

from fakes import call, plan
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph.messages import (
    as_asked,
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


def test_after_a_handover_the_request_is_what_the_user_said():
    assert [message.text for message in as_asked(HANDOVER, len(HANDOVER) - 1)] == ["walk"]
    own = AIMessage("", tool_calls=[{"name": "generate_motion", "args": {}, "id": "g"}])
    result = ToolMessage("{}", tool_call_id="g")
    assert as_asked([*HANDOVER, own, result], 2) == [HANDOVER[0], own, result]


def test_what_another_agent_says_is_a_request():
    thread = [HumanMessage("plan a show"), AIMessage("make a person bow", name="planner")]
    assert isinstance(as_asked(thread, 1)[-1], HumanMessage)
    assert as_asked(thread, 1)[-1].text == "make a person bow"


def test_calls_of_one_message_get_ids_of_their_own():
    twice = AIMessage("", tool_calls=[{"name": "list_motions", "args": {}, "id": "same"}] * 2)
    assert len(set(call_ids(with_call_ids(twice)))) == 2
