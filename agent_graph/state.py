"""The state of one conversation. It carries small references only; tokens stay in the memory.

Messages and motions only ever grow, so their checkpoints hold what each step added, not the whole thread
again (LangGraph's DeltaChannel), with everything together now and then to keep reading short. That asks of
what folds the additions that it gives the same however they are grouped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Annotated, Any, TypedDict
from uuid import NAMESPACE_OID, uuid5

from langchain_core.messages import (
    AnyMessage,
    BaseMessage,
    BaseMessageChunk,
    RemoveMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph.message import add_messages

from ..tools.schemas import MotionRef, Trail
from .plan import MotionPlan

#: Updates between two checkpoints that hold all messages, or all motions.
WHOLE_EVERY = 64


def with_added(messages: list[AnyMessage], writes: Sequence[Any]) -> list[AnyMessage]:
    """The thread with what was written since, as `add_messages` adds it.

    Messages without an id get one that follows from the thread up to them, so that a replay gives it again.
    """
    thread: list[Any] = list(messages)
    places = {message.id: place for place, message in enumerate(thread)}
    for write in writes:
        for message in convert_to_messages(write if isinstance(write, list) else [write]):
            if isinstance(message, RemoveMessage):
                thread = list(add_messages(thread, [message]))
                places = {kept.id: place for place, kept in enumerate(thread)}
                continue
            added = _with_id(message, thread)
            if added.id in places:
                thread[places[added.id]] = added
            else:
                places[added.id] = len(thread)
                thread.append(added)
    return thread


def with_newer(
    motions: dict[str, MotionRef], writes: Sequence[dict[str, MotionRef] | None]
) -> dict[str, MotionRef]:
    """Add new references; an id met before takes its newer reference (a new name)."""
    return reduce(lambda known, new: known | (new or {}), writes, motions)


def _with_id(message: BaseMessage, thread: Sequence[BaseMessage]) -> BaseMessage:
    whole = message_chunk_to_message(message) if isinstance(message, BaseMessageChunk) else message
    if whole.id is not None:
        return whole
    before = thread[-1].id if thread else ""
    told = getattr(whole, "tool_call_id", "")
    name = f"{before}/{len(thread)}/{whole.type}/{told}/{whole.content}"
    return whole.model_copy(update={"id": str(uuid5(NAMESPACE_OID, name))})


class Conversation(TypedDict, total=False):
    """What goes in and comes out: motions by id, and the one the talk is about."""

    messages: Annotated[list[AnyMessage], DeltaChannel(with_added, snapshot_frequency=WHOLE_EVERY)]
    motions: Annotated[dict[str, MotionRef], DeltaChannel(with_newer, snapshot_frequency=WHOLE_EVERY)]
    current: str | None


class AgentState(Conversation, total=False):
    """plan: checked and ready to run. rejections: plans of this turn refused in a row.

    turn: the id of the newest message of this turn's input. calls: the ids of the newest reply's calls.
    plans: plans of this turn that were executed. gave_up: whether the last turn ended without its answer.
    trail: the motions the talk was about, for undo and redo.
    """

    turn: str | None
    calls: list[str]
    plan: MotionPlan | None
    rejections: int
    plans: int
    gave_up: bool
    trail: Trail


def serializer() -> JsonPlusSerializer:
    """For checkpointers: besides LangGraph's own types, only those of this state are revived.

    `InMemorySaver(serde=serializer())`, and likewise with any other; without it LangGraph warns of each type.
    """
    return JsonPlusSerializer(allowed_msgpack_modules=[MotionRef, MotionPlan, Trail])
