"""What the nodes read off a thread of messages, and how a thread is kept well-formed.

Invariant towards chat models: every tool call is answered by exactly one tool message right after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)

from .prompts import INTERRUPTED


def calls_tools(message: BaseMessage) -> bool:
    """Whether a message asks for tools, readably or not."""
    return isinstance(message, AIMessage) and bool(message.tool_calls or message.invalid_tool_calls)


def call_ids(message: AIMessage) -> list[str]:
    """The ids of all calls of a message, in the order of the plan's steps."""
    return [call["id"] or "" for call in (*message.tool_calls, *message.invalid_tool_calls)]


def with_call_ids(message: AIMessage, thread: Sequence[BaseMessage] = ()) -> AIMessage:
    """Give calls an id of their own where they have none, or one used before: some servers count anew.

    thread: the messages before. What a motion is called follows from the id of its call.
    """
    ids = call_ids(message)
    if all(ids) and len(set(ids)) == len(ids) and not _used(set(ids), thread):
        return message
    mark = f"{len(thread)}_" if thread else ""
    new = [f"{call_id or 'call'}_{mark}{number}" for number, call_id in enumerate(ids, 1)]
    readable = len(message.tool_calls)
    valid = [{**call, "id": i} for call, i in zip(message.tool_calls, new[:readable], strict=True)]
    invalid = [{**call, "id": i} for call, i in zip(message.invalid_tool_calls, new[readable:], strict=True)]
    return message.model_copy(update={"tool_calls": valid, "invalid_tool_calls": invalid})


def _used(ids: set[str], thread: Sequence[BaseMessage]) -> bool:
    """Whether a call of the thread has one of these ids."""
    if not ids:
        return False
    calling = [said for said in thread if isinstance(said, AIMessage) and calls_tools(said)]
    return any(call["id"] in ids for said in calling for call in said.tool_calls + said.invalid_tool_calls)


def recent(messages: Sequence[AnyMessage], most: int) -> list[AnyMessage]:
    """The newest messages, about `most` of them, from where a user speaks: a long thread's beginning goes.

    Chat models read so much and no more, and a turn is to cost the same however long the thread is.
    """
    if len(messages) <= most:
        return list(messages)
    spoken = [place for place, message in enumerate(messages) if isinstance(message, HumanMessage)]
    start = next((place for place in spoken if place >= len(messages) - most), spoken[-1] if spoken else 0)
    return list(messages[start:])


def healed(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The thread as chat models accept it: every call answered, and no answer without its call.

    A turn that was cut short leaves calls without an answer; a history that was trimmed, or handed over by
    another agent, may hold answers whose call is gone, or that do not follow their call at once.
    """
    answers: dict[str, list[tuple[int, ToolMessage]]] = {}
    for place, message in enumerate(messages):
        if isinstance(message, ToolMessage):
            answers.setdefault(message.tool_call_id, []).append((place, message))
    whole: list[AnyMessage] = []
    for place, message in enumerate(messages):
        if not isinstance(message, ToolMessage):
            whole.append(message)
            called = call_ids(message) if isinstance(message, AIMessage) else []
            whole += [_answer(answers.get(call_id, []), place, call_id) for call_id in called]
    return whole


def _answer(answers: list[tuple[int, ToolMessage]], place: int, call_id: str) -> ToolMessage:
    """The first answer that comes after a call, taken from those with its id; else that there is none."""
    while answers:
        at, answer = answers.pop(0)
        if at > place:
            return answer
    return refusal(INTERRUPTED, call_id)


def unanswered(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    """Answers to the calls a thread ends with: nothing may be said after a call without one."""
    answered: set[str] = set()
    for message in reversed(messages):
        if not isinstance(message, ToolMessage):
            calls = call_ids(message) if isinstance(message, AIMessage) else []
            return [refusal(INTERRUPTED, call_id) for call_id in calls if call_id not in answered]
        answered.add(message.tool_call_id)
    return []


def refusal(reason: str, call_id: str) -> ToolMessage:
    """A tool message that says why a call gave nothing."""
    return ToolMessage(content=reason, tool_call_id=call_id, status="error")


def last_problem(messages: Sequence[BaseMessage]) -> str:
    """The newest error a tool reported in the messages of a turn, "" when there is none."""
    for message in reversed(messages):
        if isinstance(message, ToolMessage) and message.status == "error":
            return str(message.content)
    return ""


def failures_of(plan: AIMessage, messages: Sequence[BaseMessage]) -> list[str]:
    """Why the same calls failed before, once for each time, the oldest first.

    messages: those of the turn. What another plan did since may be what was missing: then nothing counts that
    came before it.
    """
    failures: list[str] = []
    for place, message in enumerate(messages):
        if message is plan or not isinstance(message, AIMessage):
            continue
        answers = list(takewhile(lambda said: isinstance(said, ToolMessage), messages[place + 1 :]))
        same, problem = _asked(message) == _asked(plan), last_problem(answers)
        if same and problem:
            failures.append(problem)
        elif any(answer.status == "success" for answer in answers if isinstance(answer, ToolMessage)):
            failures.clear()
    return failures


def _asked(message: AIMessage) -> list[Any]:
    """What a message calls, whatever the calls are named; one that cannot be read is like no other."""
    unread = [call["id"] for call in message.invalid_tool_calls]
    return [*((call["name"], call["args"]) for call in message.tool_calls), *unread]
