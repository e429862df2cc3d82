"""Threads are kept well-formed."""

from __future__ import annotations

import pytest
from fakes import call, plan
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call
from motion_agent.agent_graph.messages import (
    call_ids,
    healed,
    last_problem,
    recent,
    refusal,
    unanswered,
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


def test_an_id_that_the_thread_has_used_is_given_to_no_other_call():
    """Calls that cannot be read have used theirs as well."""
    before = AIMessage(
        "",
        tool_calls=[{"name": "list_motions", "args": {}, "id": "read"}],
        invalid_tool_calls=[invalid_tool_call(name="list_motions", args="{", id="broken", error="cut")],
    )
    for used in ("read", "broken"):
        again = AIMessage("", tool_calls=[{"name": "list_motions", "args": {}, "id": used}])
        assert call_ids(with_call_ids(again, [HumanMessage("hi"), before])) not in (["read"], ["broken"])
    new = AIMessage("", tool_calls=[{"name": "list_motions", "args": {}, "id": "new"}])
    assert with_call_ids(new, [HumanMessage("hi"), before]) is new


TURN = [HumanMessage("one"), AIMessage("1"), HumanMessage("two"), AIMessage("2"), HumanMessage("three")]


@pytest.mark.parametrize(
    ("most", "first"), [(9, "one"), (5, "one"), (4, "two"), (3, "two"), (2, "three"), (1, "three")]
)
def test_a_long_thread_is_read_from_where_a_user_speaks(most: int, first: str):
    read = recent(TURN, most)
    assert (read[0].content, read[-1].content) == (first, "three")
    assert isinstance(read[0], HumanMessage)


def test_a_turn_longer_than_what_is_read_is_read_from_its_own_request():
    working = [*TURN, plan(LIST), ToolMessage("[]", tool_call_id="a"), AIMessage("wait")]
    assert recent(working, 2)[0].content == "three"
    assert recent([AIMessage("1"), AIMessage("2")], 1)[0].content == "1", "nobody speaks: all is read"


@pytest.mark.parametrize("answered", [(), (0,), (1,), (0, 2), (0, 1, 2)])
def test_calls_a_thread_ends_with_are_answered_but_those_that_have_their_answer(answered: tuple[int, ...]):
    message = plan(LIST, LIST, LIST)
    ids = call_ids(message)
    answers = [ToolMessage("[]", tool_call_id=ids[n]) for n in answered]
    found = unanswered([plan(LIST), HumanMessage("hi"), message, *answers])
    assert [each.tool_call_id for each in found] == [ids[n] for n in range(3) if n not in answered]
    assert all(each.status == "error" for each in found)
    assert unanswered([message, *answers, HumanMessage("hello?")]) == []
