"""What a conversation was about, read from its messages where no state of ours came along.

As a subgraph without a memory of its own, or where a program carries the thread by hand, the agent is given
messages only. They tell what was made, edited and undone, in order, so "make it slower" and "undo that" go
on working.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from ..tools.errors import EditError
from ..tools.history import redone, undone
from ..tools.schemas import Trail

#: Tools whose result is a motion that the talk is about from then on.
_MAKERS = frozenset({"generate_motion", "compose_sequence", "edit_motion", "arrange_scene"})


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
