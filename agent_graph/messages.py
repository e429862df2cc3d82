"""What the nodes read off a thread of messages, and how a thread is kept well-formed.

Invariant towards chat models: every tool call is answered by exactly one tool message right after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    InvalidToolCall,
    ToolCall,
    ToolMessage,
)
from langchain_core.messages.tool import invalid_tool_call

from .prompts import INTERRUPTED, UNSTORABLE

#: How deep the arguments of a call may be nested; those of a plan are 5 deep.
DEPTH = 32


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
    used = {call_id for said in thread if isinstance(said, AIMessage) for call_id in call_ids(said)}
    ids = call_ids(message)
    if all(ids) and len(set(ids)) == len(ids) and used.isdisjoint(ids):
        return message
    mark = f"{len(thread)}_" if thread else ""
    new = [f"{call_id or 'call'}_{mark}{number}" for number, call_id in enumerate(ids, 1)]
    readable = len(message.tool_calls)
    valid = [{**call, "id": i} for call, i in zip(message.tool_calls, new[:readable], strict=True)]
    invalid = [{**call, "id": i} for call, i in zip(message.invalid_tool_calls, new[readable:], strict=True)]
    return message.model_copy(update={"tool_calls": valid, "invalid_tool_calls": invalid})


def storable(message: AIMessage) -> AIMessage:
    """The message with nothing in it that a checkpoint cannot hold.

    A call whose arguments hold such a thing (an endless number, nesting without end) becomes one that cannot
    be read, and is told so; half a letter of a text becomes a mark.
    """
    readable: list[ToolCall] = []
    refused: list[InvalidToolCall] = []
    for call in message.tool_calls:
        if is_storable(call["args"]) and call["name"].isprintable():
            readable.append({**call, "id": whole_letters(call["id"] or "")})
        else:
            refused.append(invalid_tool_call(name="call", args=None, id="", error=UNSTORABLE))
    broken = [
        {key: whole_letters(value) if isinstance(value, str) else value for key, value in call.items()}
        for call in message.invalid_tool_calls
    ]
    content = whole_letters(message.content) if isinstance(message.content, str) else message.content
    changed = {"content": content, "tool_calls": readable, "invalid_tool_calls": [*broken, *refused]}
    return message.model_copy(update=changed)


def is_storable(value: Any, depth: int = 0) -> bool:
    """Whether a checkpoint holds a value as it is: JSON's own, of bounded depth, with numbers of 64 bits."""
    if depth > DEPTH:
        return False
    if isinstance(value, dict):
        return all(
            isinstance(k, str) and is_storable(k) and is_storable(v, depth + 1) for k, v in value.items()
        )
    if isinstance(value, list):
        return all(is_storable(item, depth + 1) for item in value)
    if isinstance(value, int):
        return abs(value) < 2**63
    return (
        value is None
        or isinstance(value, float)
        or (isinstance(value, str) and value == whole_letters(value))
    )


def whole_letters(text: str) -> str:
    """A text without lone halves of surrogate pairs, which no encoding holds."""
    return text.encode("utf-8", "replace").decode("utf-8")


def healed(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The thread with every unanswered call answered: a turn that was cut short leaves such calls."""
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    whole: list[AnyMessage] = []
    for message in messages:
        whole.append(message)
        if isinstance(message, AIMessage):
            whole += [refusal(INTERRUPTED, i) for i in call_ids(message) if i not in answered]
    return whole


def refusal(reason: str, call_id: str) -> ToolMessage:
    """A tool message that says why a call gave nothing."""
    return ToolMessage(content=reason, tool_call_id=call_id, status="error")


def begins_turn(messages: Sequence[BaseMessage], own_calls: Sequence[str]) -> bool:
    """Whether the newest message is new input, whoever wrote it, and no result of the agent's own calls.

    own_calls: the ids of the calls of its newest reply. A supervisor that hands over ends with a result too.
    """
    newest = messages[-1]
    return not (isinstance(newest, ToolMessage) and newest.tool_call_id in own_calls)


def as_asked(messages: Sequence[AnyMessage], turn: int) -> list[AnyMessage]:
    """The thread as its coordinator is to see it, with a request of the user's as the input of the turn.

    turn: the place of the newest message of the input. What hands the conversation over, calls of another
    agent and their results, is left out; what another agent says without one is the request.
    """
    before = list(messages[: turn + 1])
    while before and (isinstance(before[-1], ToolMessage) or calls_tools(before[-1])):
        before.pop()
    if not before:
        return list(messages)
    if isinstance(before[-1], AIMessage):
        before[-1] = HumanMessage(before[-1].text, id=before[-1].id)
    return [*before, *messages[turn + 1 :]]


def last_problem(messages: Sequence[BaseMessage]) -> str:
    """The newest error a tool reported in the messages of a turn, "" when there is none."""
    for message in reversed(messages):
        if isinstance(message, ToolMessage) and message.status == "error":
            return str(message.content)
    return ""
