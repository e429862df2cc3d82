"""Where a turn begins: what of a thread is new to the agent, and what it is asked for.

A thread holds the words of users and of other agents, and what the agent itself said and called. Its own
replies carry a mark, so that they are known again in whatever thread they come back: after a retry, an input
that adds nothing, a hand-over that says nothing. The agent answers what others say, never itself. The mark
tells which words were answered, so that a request whose words are changed afterwards is known for a new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import islice, takewhile
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    ToolMessage,
)

from .messages import call_ids, calls_tools, refusal
from .prompts import INTERRUPTED

#: The mark of the agent's own replies, in their response_metadata, which no service is sent.
OWN_REPLY = "motion_agent_reply"
#: How many of the messages that one reply answers its mark tells of, the newest.
MOST_HEARD = 16


def as_own(reply: AIMessage, heard: Mapping[str, str] | None = None) -> AIMessage:
    """A reply of the agent's, marked as such, with the words it answers (see `heard_in`)."""
    mark = {OWN_REPLY: dict(heard or {})}
    return reply.model_copy(update={"response_metadata": reply.response_metadata | mark})


def heard_in(messages: Sequence[AnyMessage], turn: int) -> dict[str, str]:
    """What others said since the agent spoke last, up to that place: message id -> digest of its words."""
    since = takewhile(lambda message: not is_own(message), reversed(messages[: turn + 1]))
    return {said.id or "": _digest(said) for said in islice(filter(_says, since), MOST_HEARD)}


def said_anew(messages: Sequence[AnyMessage]) -> list[Any]:
    """What to write so that requests are asked again whose words changed since they were answered; else [].

    Such a request goes to the end of the thread; what the agent said and called upon its old words is taken
    out. Where something else is new, that is what the turn is about.
    """
    if not messages or not (is_answered(messages) or _ends_with_own_work(messages)):
        return []
    heard = {name: words for message in messages for name, words in _marked(message).items()}
    changed = {said.id for said in messages if said.id in heard and _digest(said) != heard[said.id]}
    asked, work, upon_changed = [], [], False
    for place, message in enumerate(messages if changed else []):
        if _ends_with_own_work(messages[: place + 1]):
            work += [message] if upon_changed else []
        elif _says(message):
            upon_changed = message.id in changed
            asked += [message] if upon_changed else []
    return [*(RemoveMessage(id=message.id or "") for message in (*asked, *work)), *asked]


def as_new(reply: AIMessage, thread: Sequence[BaseMessage]) -> AIMessage:
    """A reply without an id that is taken: a cache gives a message again, and it would take its place."""
    taken = any(message.id == reply.id for message in thread)
    return reply.model_copy(update={"id": None}) if taken else reply


def is_own(message: BaseMessage) -> bool:
    return isinstance(message, AIMessage) and OWN_REPLY in message.response_metadata


def asked_in(messages: Sequence[AnyMessage]) -> AnyMessage | None:
    """The newest message that somebody else wrote: what the turn is about. None where there is none."""
    ends = (n for n in reversed(range(len(messages))) if not _ends_with_own_work(messages[: n + 1]))
    return next((messages[n] for n in ends), None)


def is_answered(messages: Sequence[AnyMessage]) -> bool:
    """Whether nothing was said since the agent's last answer. A mere hand-over says nothing."""
    said = next((message for message in reversed(messages) if _says(message)), None)
    return said is not None and is_own(said)


def waits_for_its_calls(messages: Sequence[AnyMessage]) -> bool:
    """Whether the thread ends with calls of the agent's that have not been run: a turn that was cut short."""
    return bool(messages) and is_own(messages[-1]) and calls_tools(messages[-1])


def told_as_interrupted(messages: Sequence[AnyMessage], *, alone: bool) -> list[Any]:
    """What to write so that calls have an answer that can get none any more; [] where there are none.

    A call of the agent's can get none once anything follows it. One of another agent's can get none once
    somebody speaks after it, where the thread is the agent's alone: a parent looks after its own calls.
    A thread only grows at its end: what follows the first of such calls is taken out and put behind its
    answers.
    """
    refused = _lost_calls(messages, alone)
    if not refused:
        return []
    later = range(min(refused) + 1, len(messages))
    removed = [RemoveMessage(id=messages[n].id or "") for n in later]
    put_back = [said for n in later for said in (messages[n], *refused.get(n, ()))]
    return [*removed, *refused[min(refused)], *put_back]


def _lost_calls(messages: Sequence[AnyMessage], alone: bool) -> dict[int, list[ToolMessage]]:
    """Answers to the calls that can get none, by the place of the message that calls."""
    lost: dict[int, list[ToolMessage]] = {}
    answered, followed, spoken = set[str](), False, False
    for place in reversed(range(len(messages))):
        message = messages[place]
        if isinstance(message, ToolMessage):
            answered.add(message.tool_call_id)
        elif isinstance(message, AIMessage) and (calls := call_ids(message)):
            gets_none = followed if is_own(message) else spoken and alone
            if gets_none and not answered.issuperset(calls):
                lost[place] = [refusal(INTERRUPTED, name) for name in calls if name not in answered]
            answered.difference_update(calls)
        followed, spoken = True, spoken or _says(message)
    return lost


def as_asked(messages: Sequence[AnyMessage], turn: int) -> list[AnyMessage]:
    """The thread as its coordinator is to see it, with a request of the user's as the input of the turn.

    turn: the place of the newest message of the input. What hands the conversation over, calls of another
    agent and their results, is left out; what another agent says without one is the request.
    """
    before, since = list(messages[: turn + 1]), list(messages[turn + 1 :])
    while before and _hands_over(before):
        before.pop()
    if not before:
        return list(messages)
    if isinstance(before[-1], AIMessage) and not calls_tools(before[-1]):
        before[-1] = HumanMessage(before[-1].text, id=before[-1].id)
    return [*before, *since]


def turn_at(messages: Sequence[AnyMessage], turn: str | None) -> int:
    """The place of the message the turn is about, by its id; else that of the newest."""
    places = reversed(range(len(messages)))
    return next((n for n in places if messages[n].id == turn), len(messages) - 1)


def _ends_with_own_work(messages: Sequence[AnyMessage]) -> bool:
    """Whether the newest message is the agent's own, or the result of a call of its own."""
    newest = messages[-1]
    if not isinstance(newest, ToolMessage):
        return is_own(newest)
    called = next((said for said in reversed(messages) if not isinstance(said, ToolMessage)), None)
    return newest.tool_call_id in _own_calls(called)


def _hands_over(messages: Sequence[AnyMessage]) -> bool:
    """Whether the newest message is a call of somebody else's, or the result of one."""
    newest = messages[-1]
    return (isinstance(newest, ToolMessage) or calls_tools(newest)) and not _ends_with_own_work(messages)


def _own_calls(message: BaseMessage | None) -> list[str]:
    return call_ids(message) if isinstance(message, AIMessage) and is_own(message) else []


def _marked(message: BaseMessage) -> dict[str, str]:
    """The words a reply of the agent's answers; older threads hold marks that do not tell."""
    mark = message.response_metadata.get(OWN_REPLY)
    return mark if isinstance(mark, dict) else {}


def _digest(message: BaseMessage) -> str:
    words = json.dumps(message.content, sort_keys=True, default=str)
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def _says(message: BaseMessage) -> bool:
    """Whether a message is a request or an answer, and no call, no result and no instruction."""
    return message.type not in ("tool", "system") and not calls_tools(message)
