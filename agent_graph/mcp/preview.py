"""Looking at a motion: a strip of poses for every client, and the 3-D viewer for those that show MCP Apps."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from mcp_types import CallToolResult, ImageContent, TextContent
from pydantic import Field

from ...motion_models.errors import FormatError
from ...motion_models.formats import FORMATS, WriteOptions, save_motion
from ...motion_models.formats.html import live_page, viewer_data
from ...motion_models.motion.motion import Motion
from ...tools.arguments.fields import Arguments, MotionId
from ...tools.rendering import render_people
from ..serving.house import Person

#: Where the viewer lies, and where its data stands in a result: beside what the model reads.
VIEWER, DATA = "ui://motion-agent/viewer.html", "motion-agent/viewer"


class PreviewArgs(Arguments):
    motion_id: MotionId = Field(description="Id or name.")


def preview(person: Person, arguments: PreviewArgs) -> CallToolResult:
    """Show a motion: nine poses as a picture, and where the program can, the motion in 3-D.

    Look at it before you tell the user what it shows.
    """
    clip = person.services.memory.get(person.name, arguments.motion_id)
    people, look = render_people(person.services, clip), person.services.look
    picture = ImageContent(type="image", data=_base64(as_file(people, "png", look)), mime_type="image/png")
    text = f"{clip.id}: {clip.description}, {clip.seconds:g} s, {len(people)} shown"
    meta: dict[str, Any] = {DATA: viewer_data(people, look)}
    return CallToolResult(content=[TextContent(type="text", text=text), picture], _meta=meta)


def viewer_page() -> str:
    """The viewer as an MCP App."""
    return live_page((files(__name__.rpartition(".")[0]) / "app.js").read_text("utf-8"))


def motion_file(person: Person, motion_id: str, format: str) -> bytes:
    """A motion of a person as a file. Raises UnknownMotionError and FormatError."""
    clip = person.services.memory.get(person.name, motion_id)
    return as_file(render_people(person.services, clip), format, person.services.look)


def as_file(people: Sequence[Motion], format: str, look: WriteOptions) -> bytes:
    """What a file of these people holds. Raises FormatError."""
    if format not in FORMATS:
        raise FormatError(f"{format!r} is no format that can be written; known are {', '.join(FORMATS)}")
    with tempfile.TemporaryDirectory() as folder:
        return save_motion(people, Path(folder) / f"motion.{format}", options=look).read_bytes()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
