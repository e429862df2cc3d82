"""What a conversation is about: which motions, and which of them is current.

The state of a thread tells. Where none came along, as in a subgraph without a memory of its own or where a
program carries the thread by hand, the messages do: they say what was made, edited and undone, in order, so
"make it slower" and "undo that" go on working. A caller may also set the current motion, and a parent graph
may keep something of its own under that name, which is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from ..tools.errors import EditError
from ..tools.history import redone, undone
from ..tools.memory import MotionMemory
from ..tools.schemas import Trail
from .state import AgentState

#: Tools whose result is a motion that the talk is about from then on.
_MAKERS = frozenset({"generate_motion", "compose_sequence", "edit_motion", "arrange_scene"})


def recalled(state: AgentState, memory: MotionMemory, user: str, in_parent: bool) -> AgentState:
    """What the state of a turn that begins lacks: motions its messages tell of, and the one set from outside.

    in_parent: whether this is a node of another graph, whose own `current` stays as it is.
    """
    motions, given, trail = state.get("motions", {}), state.get("current"), state.get("trail")
    told = trail_of(state.get("messages", [])) if not motions and trail is None else Trail()
    asked = [given] if isinstance(given, str) and given not in motions else []
    clips = {name: memory.find(user, name) for name in (*told.past, *told.undone, *asked)}
    added = {name: clip.ref() for name, clip in clips.items() if clip is not None and clip.id == name}
    known = motions | added
    change: AgentState = {"motions": added, "trail": told} if told.past else {"motions": added}
    if not is_foreign(given, known) and not told.past:
        return change | {"current": given}
    if is_foreign(given, known) and in_parent:
        return change | {"current": given}
    newest = given if _is_ours(given, known) else (trail or told).current
    return change | {"current": newest if _is_ours(newest, known) else None}


def current_of(state: AgentState) -> str | None:
    """The motion the talk is about."""
    current, motions = state.get("current"), state.get("motions", {})
    if not is_foreign(current, motions):
        return current
    trail = state.get("trail")
    return trail.current if trail else None


def trail_in(state: AgentState) -> Trail:
    """The trail of the thread; a current motion that was set from outside is its newest."""
    trail, current = state.get("trail") or trail_of(state.get("messages", [])), current_of(state)
    return trail if current is None else trail.visited(current)


def is_foreign(current: Any, motions: Mapping[str, Any]) -> bool:
    """Whether what stands under "current" is something of a parent graph's own."""
    return current is not None and not _is_ours(current, motions)


def _is_ours(current: Any, motions: Mapping[str, Any]) -> bool:
    return isinstance(current, str) and current in motions


def trail_of(messages: Sequence[BaseMessage]) -> Trail:
    """The motions the thread was about, oldest first, with what was undone and may be redone."""
    calls: dict[str, Mapping[str, Any]] = {}
    trail = Trail()
    for message in messages:
        if isinstance(message, AIMessage):
            calls |= {call["id"] or "": call for call in message.tool_calls}
        elif isinstance(message, ToolMessage) and message.status == "success":
            trail = _after(trail, message, calls.get(message.tool_call_id, {}))
    return trail


def _after(trail: Trail, message: ToolMessage, call: Mapping[str, Any]) -> Trail:
    tool = message.name or call.get("name")
    motion_id = _motion_id(message)
    if motion_id is None:
        return trail
    if tool in _MAKERS or (tool == "caption_motion" and (call.get("args") or {}).get("path")):
        return trail.visited(motion_id)
    if tool == "history":
        return _moved(trail, motion_id, (call.get("args") or {}).get("action"))
    return trail


def _moved(trail: Trail, motion_id: str, action: Any) -> Trail:
    """The trail after `history`, whose result is the motion that is current since."""
    try:
        moved = {"undo": undone, "redo": redone}[action](trail)
    except (KeyError, TypeError, EditError):  # restored by its id, or from before what the thread still holds
        return trail.visited(motion_id)
    return moved if moved.current == motion_id else trail.visited(motion_id)


def _motion_id(message: ToolMessage) -> str | None:
    try:
        content = json.loads(message.text)
    except ValueError:
        return None
    found = content.get("motion_id") if isinstance(content, dict) else None
    return found if isinstance(found, str) else None
