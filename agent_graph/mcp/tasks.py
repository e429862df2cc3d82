"""The tools as MCP clients see them: named for what people want, each one of the agent's own tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args
from uuid import uuid4

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ContentBlock, ResourceLink, TextContent, ToolAnnotations
from pydantic import ValidationError

from ...motion_models.errors import MotionAgentError
from ...tools.batching import Result
from ...tools.errors import one_line
from ...tools.history import followed
from ...tools.schemas import Arguments, MotionRef
from ...tools.toolbox import TOOLS, ToolSpec, as_content
from ..serving.errors import told
from ..serving.house import Person, carry_out
from ..values import fault_of

#: Calls that come over MCP belong together for undo, as those of one thread do.
THREAD = "mcp"


@dataclass(frozen=True)
class Task:
    """One tool of the server. about: what is said to the client beside the tool's own description."""

    name: str
    title: str
    tool: str
    about: str = ""
    looks: bool = False

    @property
    def spec(self) -> ToolSpec:
        return TOOLS[self.tool]

    @property
    def description(self) -> str:
        """The tool's own, with the names that other tools have here."""
        text = self.spec.description
        for task in TASKS:
            text = text.replace(task.tool, task.name)
        return f"{text} {self.about}".strip()

    @property
    def annotations(self) -> ToolAnnotations:
        """Nothing that is made is ever changed or removed."""
        return ToolAnnotations(
            title=self.title, read_only_hint=self.looks, destructive_hint=False, open_world_hint=False
        )


TASKS = (
    Task("create_motion", "Create a motion", "generate_motion", "Look at it with preview_motion."),
    Task("stitch_motions", "Stitch motions together", "compose_sequence"),
    Task("edit_motion", "Edit a motion", "edit_motion"),
    Task("arrange_people", "Arrange several people", "arrange_scene"),
    Task("describe_motion", "Describe a motion", "caption_motion"),
    Task("export_motion", "Export a motion to files", "export_motion"),
    Task("list_motions", "List motions", "list_motions", looks=True),
    Task("name_motion", "Name a motion", "name_motion"),
    Task("undo_or_redo", "Undo or redo", "history"),
)


def perform_task(task: Task, person: Person, given: dict[str, Any]) -> CallToolResult:
    """One call. Raises ToolError with one line that the calling model can mend its call by."""
    memory, spec = person.services.memory, task.spec
    try:
        arguments = read(spec.arguments, given)
        call = person.call(f"{THREAD}/{uuid4().hex}", trail=memory.trail(person.name, THREAD))
        result = carry_out(spec, person, arguments, call)
        if result.made or result.trail:
            memory.follow(person.name, THREAD, lambda trail: followed(trail, [result]))
    except (MotionAgentError, ValidationError) as error:
        raise ToolError(told(error)["message"]) from error
    return as_answer(result)


def read(model: type[Arguments], given: dict[str, Any]) -> Any:
    """Arguments as a client wrote them; some write a list as a text that holds it. Raises ToolError."""
    fault = fault_of(given)
    if fault is not None:
        raise ToolError(f"the arguments {fault}")
    try:
        return model.model_validate({name: _list_of(model, name, value) for name, value in given.items()})
    except ValidationError as error:
        raise ToolError(one_line(error)) from error


def as_answer(result: Result) -> CallToolResult:
    """What a tool found out, for the model to read, with links to the motions it made."""
    links: list[ContentBlock] = [link_to(ref) for ref in result.made]
    text = TextContent(type="text", text=as_content(result))
    return CallToolResult(content=[text, *links], structured_content=result.content)


def link_to(ref: MotionRef) -> ResourceLink:
    """A motion as a resource that the client can read."""
    return ResourceLink(
        type="resource_link",
        uri=f"motion://{ref.id}/glb",
        name=ref.name,
        description=f"{ref.description} ({ref.seconds:g} s)",
        mime_type="model/gltf-binary",
    )


def _list_of(model: type[Arguments], name: str, value: Any) -> Any:
    field = model.model_fields.get(name)
    if not isinstance(value, str) or field is None or not _is_list(field.annotation):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _is_list(annotation: Any) -> bool:
    return str(annotation).startswith("list") or any(map(_is_list, get_args(annotation)))


Performing = Callable[[Person, dict[str, Any]], CallToolResult]
