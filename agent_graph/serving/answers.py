"""What goes out: JSON in ASCII, and server-sent events."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse

from ...tools.schemas import MotionRef
from ..conversations.session import Turn

#: The media type of a stream of events.
EVENT_STREAM = "text/event-stream"
#: A line that every client of a stream passes over.
KEEP_ALIVE = ": still at it\n\n"


class Answer(JSONResponse):
    """JSON that can always be encoded: a lone surrogate in a text leaves as its escape."""

    def render(self, content: Any) -> bytes:
        return as_json(content).encode("ascii")


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def sse(kind: str, data: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {kind}\ndata: {as_json(data)}\n\n"


def motion(ref: MotionRef) -> dict[str, Any]:
    """A motion as JSON."""
    return ref.model_dump(mode="json")


def turn(thread: str, done: Turn, files: list[str]) -> dict[str, Any]:
    """A turn as JSON. files: the names of those that were written."""
    return {
        "thread": thread,
        "answer": done.answer,
        "motions": [motion(ref) for ref in done.new],
        "current": None if done.current is None else done.current.id,
        "files": files,
        "gave_up": done.gave_up,
        "waiting": done.waiting,
        "seconds_taken": round(done.taken, 3),
        "tokens": {"read": done.usage.input_tokens, "written": done.usage.output_tokens},
    }
