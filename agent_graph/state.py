"""The state of one conversation. It carries small references only; tokens stay in the memory."""

from __future__ import annotations

from typing import Annotated, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph.message import add_messages

from ..tools.schemas import MotionRef, Trail
from .plan import MotionPlan


def merge(old: dict[str, MotionRef] | None, new: dict[str, MotionRef] | None) -> dict[str, MotionRef]:
    """Add new references; an id met before takes its newer reference (a new name)."""
    return (old or {}) | (new or {})


class Conversation(TypedDict, total=False):
    """What goes in and comes out: motions by id, and the one the talk is about."""

    messages: Annotated[list[AnyMessage], add_messages]
    motions: Annotated[dict[str, MotionRef], merge]
    current: str | None


class AgentState(Conversation, total=False):
    """plan: checked and ready to run. rejections: plans of this turn refused in a row.

    plans: plans of this turn that were executed. gave_up: whether the last turn ended without its answer.
    trail: the motions the talk was about, for undo and redo.
    """

    plan: MotionPlan | None
    rejections: int
    plans: int
    gave_up: bool
    trail: Trail


def serializer() -> JsonPlusSerializer:
    """For checkpointers: besides LangGraph's own types, only those of this state are revived."""
    return JsonPlusSerializer(allowed_msgpack_modules=[MotionRef, MotionPlan, Trail])
