"""The state of one conversation. It carries small references only; tokens stay in the memory.

Messages and motions only ever grow, so their checkpoints hold what each step added, not the whole thread
again (LangGraph's DeltaChannel), with everything together now and then to keep reading short. That asks of
what folds the additions that it gives the same however they are grouped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import attrgetter
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid5

from langchain_core.messages import (
    AnyMessage,
    BaseMessage,
    BaseMessageChunk,
    MessageLikeRepresentation,
    RemoveMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.channels.delta import DeltaChannel
from langgraph.graph.message import add_messages
from pydantic import ValidationError
from typing_extensions import TypedDict

from ..motion_models.errors import InvalidRequestError
from ..tools.errors import one_line
from ..tools.schemas import MotionRef, Trail
from .plan import MotionPlan
from .serialization import KeptSerializer, StateSerializer
from .values import storable

_ID = attrgetter("id")
#: Updates between two checkpoints that hold all messages, or all motions.
WHOLE_EVERY = 64
#: The types of this state that a checkpoint may bring back.
REVIVED = (MotionRef, MotionPlan, Trail)


def with_added(messages: list[AnyMessage], writes: Sequence[Any]) -> list[AnyMessage]:
    """The thread with what was written since, as `add_messages` adds it.

    Messages without an id get one that follows from the thread up to them, so that a replay gives it again.
    """
    thread: list[Any] = list(messages)
    known = set(map(_ID, thread))  # of thousands, at every step: their places are looked for only when met
    for write in writes:
        for message in convert_to_messages(write if isinstance(write, list) else [write]):
            if isinstance(message, RemoveMessage):
                thread = list(add_messages(thread, [message]))
                known = set(map(_ID, thread))
                continue
            added = _with_id(message, thread)
            if added.id in known:
                thread[list(map(_ID, thread)).index(added.id)] = added
            else:
                known.add(added.id)
                thread.append(added)
    return thread


def with_newer(motions: dict[str, MotionRef], writes: Sequence[Any]) -> dict[str, MotionRef]:
    """Add new references; an id met before takes its newer reference (a new name).

    References may come as the JSON of a state that went over the wire. Raises InvalidRequestError for others.
    """
    return reduce(lambda known, new: known | _references(new or {}), writes, motions)


def _references(written: Any) -> dict[str, MotionRef]:
    try:
        given = dict(written)
        return {
            name: ref if isinstance(ref, MotionRef) else MotionRef.model_validate(ref)
            for name, ref in given.items()
        }
    except ValidationError as error:
        reason = one_line(error)
    except (TypeError, ValueError):
        reason = f"not {type(written).__name__}"
    raise InvalidRequestError(
        f"the motions of a conversation are references by their id: {reason}. A graph that keeps something "
        "else under this name calls the agent in a node of its own"
    )


def _with_id(message: BaseMessage, thread: Sequence[BaseMessage]) -> BaseMessage:
    whole = message_chunk_to_message(message) if isinstance(message, BaseMessageChunk) else message
    mended = storable(whole)  # what a user sends may hold what no checkpoint does, in any field
    if mended != whole:
        whole = mended
    if whole.id is not None:
        return whole
    before = thread[-1].id if thread else ""
    told = getattr(whole, "tool_call_id", "")
    name = f"{before}/{len(thread)}/{whole.type}/{told}/{whole.content}"
    return whole.model_copy(update={"id": str(uuid5(NAMESPACE_OID, name))})


class _Motions(TypedDict, total=False):
    """motions: by id. current: the one the talk is about."""

    motions: Annotated[dict[str, MotionRef], DeltaChannel(with_newer, snapshot_frequency=WHOLE_EVERY)]
    current: str | None


class Turn(_Motions, total=False):
    """What goes in: new messages, in any form LangChain reads."""

    messages: Annotated[
        list[AnyMessage | MessageLikeRepresentation],
        DeltaChannel(with_added, snapshot_frequency=WHOLE_EVERY),
    ]


class Conversation(_Motions, total=False):
    """What comes out: the whole thread, and its motions."""

    messages: Annotated[list[AnyMessage], DeltaChannel(with_added, snapshot_frequency=WHOLE_EVERY)]


class AgentState(Conversation, total=False):
    """plan: checked and ready to run. rejections: plans of this turn refused in a row.

    turn: the id of the newest message of this turn's input.
    plans: plans of this turn that were executed. gave_up: whether the last turn ended without its answer.
    trail: the motions the talk was about, for undo and redo.
    """

    turn: str | None
    plan: MotionPlan | None
    rejections: int
    plans: int
    gave_up: bool
    trail: Trail


def serializer() -> StateSerializer:
    """For checkpointers: besides LangGraph's own types, only those of this state are revived.

    `InMemorySaver(serde=serializer())`, and likewise with any other; without it LangGraph warns of each type,
    and text or numbers that no checkpoint holds end a turn in an error of the encoder.
    """
    return StateSerializer(allowed_msgpack_modules=REVIVED)


def kept_serializer() -> KeptSerializer:
    """The same for databases of our own, which may grow large."""
    return KeptSerializer(allowed_msgpack_modules=REVIVED)
