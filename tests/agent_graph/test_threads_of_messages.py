"""Threads of any messages in any order: what is kept of them, and what a chat model is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from motion_agent.agent_graph.messages import (
    call_ids,
    healed,
    last_problem,
    recent,
    unanswered,
    with_call_ids,
)
from motion_agent.agent_graph.state import with_added, with_newer
from motion_agent.tools.schemas import MotionRef

IDS = ("a", "b", "c")


def calling(ids: Sequence[str]) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": "list_motions", "args": {}, "id": call_id} for call_id in ids])


MESSAGES = st.one_of(
    st.sampled_from(["hi", "walk"]).map(HumanMessage),
    st.sampled_from(["Done.", "Hello."]).map(AIMessage),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True).map(calling),
    st.builds(
        ToolMessage,
        content=st.sampled_from(["fine", "bad"]),
        tool_call_id=st.sampled_from(IDS),
        status=st.sampled_from(["success", "error"]),
    ),
)
THREADS: st.SearchStrategy[list[Any]] = st.lists(MESSAGES, max_size=12)


@given(THREADS)
def test_a_healed_thread_has_one_answer_right_after_each_call_and_no_other(thread):
    whole = healed(thread)
    assert [m for m in whole if not isinstance(m, ToolMessage)] == [
        m for m in thread if not isinstance(m, ToolMessage)
    ]
    place = 0
    while place < len(whole):
        message = whole[place]
        called = call_ids(message) if isinstance(message, AIMessage) else []
        answers = whole[place + 1 : place + 1 + len(called)]
        assert [getattr(answer, "tool_call_id", None) for answer in answers] == called
        place += 1 + len(called)
    assert healed(whole) == whole


@given(THREADS)
def test_after_what_is_answered_at_the_end_nothing_is_open(thread):
    added = unanswered(thread)
    assert all(answer.status == "error" for answer in added)
    assert unanswered([*thread, *added]) == []


@given(THREADS, st.integers(1, 12))
def test_what_is_recent_is_the_end_of_the_thread_from_where_a_user_speaks(thread, most):
    kept = recent(thread, most)
    assert kept == thread[len(thread) - len(kept) :]
    spoken = [place for place, message in enumerate(thread) if isinstance(message, HumanMessage)]
    if len(thread) <= most or not spoken:
        assert kept == thread
        return
    assert isinstance(kept[0], HumanMessage)
    assert len(kept) <= most or len(thread) - len(kept) == spoken[-1]
    earlier = [place for place in spoken if len(thread) - most <= place < len(thread) - len(kept)]
    assert earlier == [], "no more is left out than has to be"


@given(THREADS)
def test_the_problem_told_is_the_newest(thread):
    problems = [m.content for m in thread if isinstance(m, ToolMessage) and m.status == "error"]
    assert last_problem(thread) == (problems[-1] if problems else "")


@given(THREADS, st.lists(st.sampled_from([*IDS, ""]), min_size=1, max_size=4))
def test_calls_have_ids_that_are_nobody_elses(thread, ids):
    message = calling(ids)
    told = with_call_ids(message, thread)
    new = call_ids(told)
    taken = {call_id for m in thread if isinstance(m, AIMessage) for call_id in call_ids(m)}
    assert len(set(new)) == len(ids) and all(new) and not taken & set(new)
    unchanged = len(set(ids)) == len(ids) and all(ids) and not taken & set(ids)
    assert (told == message) == unchanged
    assert [call["name"] for call in told.tool_calls] == ["list_motions"] * len(ids)


def written(thread: list[AnyMessage], writes: list[Any]) -> list[tuple[str | None, str, str]]:
    return [(message.id, message.type, message.text) for message in with_added(thread, writes)]


@given(THREADS, THREADS, THREADS)
@settings(max_examples=60)
def test_a_thread_is_the_same_however_its_additions_are_grouped(first, second, third):
    at_once = written([], [first, second, third])
    assert written(with_added([], [first]), [second, third]) == at_once
    assert written(with_added([], [first, second]), [third]) == at_once
    assert written([], [[*first, *second], third]) == at_once
    ids = [name for name, _, _ in at_once]
    assert all(ids) and len(set(ids)) == len(ids)


@given(st.lists(MESSAGES, min_size=1, max_size=8), st.data())
@settings(max_examples=60)
def test_what_is_taken_out_is_gone_and_what_is_written_again_takes_its_place(thread, data):
    kept = with_added([], [thread])
    one = data.draw(st.sampled_from(kept))
    without = with_added(kept, [[RemoveMessage(id=one.id or "")]])
    assert [m.id for m in without] == [m.id for m in kept if m.id != one.id]
    again = with_added(kept, [[HumanMessage("other", id=one.id)]])
    assert [m.id for m in again] == [m.id for m in kept]
    assert [m.text for m in again if m.id == one.id] == ["other"]


def ref(name: str, title: str) -> dict[str, MotionRef]:
    return {name: MotionRef(id=name, name=title, description="a walk", seconds=1.0, frames=20, segments=[])}


@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(["x", "y", "z"])), max_size=6))
def test_motions_are_known_by_their_newest_names_in_the_order_they_were_made(writes):
    motions = with_newer({}, [ref(*each) for each in writes])
    assert {name: kept.name for name, kept in motions.items()} == dict(writes)
    assert list(motions) == list(dict.fromkeys(name for name, _ in writes))
    half = len(writes) // 2
    grouped = with_newer(with_newer({}, [ref(*e) for e in writes[:half]]), [ref(*e) for e in writes[half:]])
    assert (grouped, list(grouped)) == (motions, list(motions))
