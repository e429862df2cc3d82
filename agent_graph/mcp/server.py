"""The MCP server: tools, motions as resources, and the viewer as an app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from mcp.server.apps import Apps
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_REQUEST, CallToolResult, ToolAnnotations
from mcp_types import Resource as ListedResource
from pydantic import ConfigDict

from ...motion_models.errors import MotionAgentError
from ...tools.errors import UnknownMotionError
from ...tools.schemas import Arguments
from ...tools.toolbox import LOCAL_USER
from ..serving.errors import told
from ..serving.guards import name_of
from ..serving.house import House, Person
from ..serving.workers import Workers
from .preview import VIEWER, PreviewArgs, motion_file, preview, viewer_page
from .skill import skill_text
from .tasks import TASKS, Performing, Task, link_to, perform_task, read

INSTRUCTIONS = """\
Makes, edits and describes human motion. Ask for everyday actions in plain English, one action for each motion
or segment: "a person walks forward". Motions have ids and names; an edit makes a new motion and leaves the
old one. Results carry notes on what could not be done as asked: pass them on to the user. Use preview_motion
to see a motion, and export_motion to write files that Blender, Unity or a browser opens."""

#: How many motions are listed as resources, the newest.
LISTED = 100
#: Whose request is being answered.
_asking: ContextVar[str] = ContextVar("asking", default=LOCAL_USER)


@dataclass(frozen=True)
class Opened:
    """What the server works with, once it is loaded."""

    house: House
    workers: Workers

    @property
    def person(self) -> Person:
        return self.house.person(_asking.get())

    async def result(self, work: Callable[[Person], Any]) -> Any:
        """What work for whoever asks gives."""
        person = self.person
        return await self.workers.result(person.name, lambda: work(person))


#: Gives what the server works with; it may have to be waited for.
Opening = Callable[[], Awaitable[Opened]]


class MotionServer(MCPServer[Any]):
    """An `MCPServer` whose resources are the motions of whoever asks."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        super().__init__(
            "motion-agent",
            title="Motion Agent",
            instructions=INSTRUCTIONS,
            version=version("motion-agent"),
            tools=[*(_tool(opening, task) for task in TASKS), _preview_tool(opening)],
            extensions=[_apps()],
            middleware=[_noted(opening)],
            log_level="WARNING",
        )
        self._add_resources()

    async def list_resources(self) -> list[ListedResource]:
        """What is always there, and the newest motions of whoever asks."""
        fixed = await super().list_resources()
        opened = await self._opening()
        clips = await opened.result(lambda person: person.services.memory.recent(person.name, LISTED))
        links = [link_to(clip.ref()) for clip in clips]
        return fixed + [
            ListedResource(
                uri=link.uri, name=link.name, description=link.description, mime_type=link.mime_type
            )
            for link in links
        ]

    def _add_resources(self) -> None:
        opening = self._opening

        @self.resource(
            "motion://{motion_id}/{format}",
            name="motion file",
            description="A motion as a file: bvh, glb, npz, npy, mp4, gif, html, png or vrma.",
            mime_type="application/octet-stream",
        )
        async def motion(motion_id: str, format: str) -> bytes:
            opened = await opening()
            try:
                return await opened.result(lambda person: motion_file(person, motion_id, format))
            except UnknownMotionError as error:
                raise ResourceNotFoundError(str(error)) from error
            except MotionAgentError as error:
                raise ResourceError(told(error)["message"]) from error

        @self.resource("skill://motion-agent/SKILL.md", name="SKILL.md", mime_type="text/markdown")
        def skill() -> str:
            """How to work with these tools and with the command line."""
            return skill_text()


class _Given(ArgModelBase):
    """Arguments as the client wrote them: they are read by the tool's own model, with its own words."""

    model_config = ConfigDict(extra="allow")

    def model_dump_one_level(self) -> dict[str, Any]:
        return {"given": dict(self.model_extra or {})}


def _tool(opening: Opening, task: Task) -> Tool:
    return _made(opening, task.spec.arguments, lambda person, given: perform_task(task, person, given))(
        task.name, task.description, task.annotations, None
    )


def _preview_tool(opening: Opening) -> Tool:
    description = " ".join((preview.__doc__ or "").split())
    looks = ToolAnnotations(title="Preview a motion", read_only_hint=True, open_world_hint=False)
    shown_by = {"ui": {"resourceUri": VIEWER}}
    return _made(opening, PreviewArgs, lambda person, given: preview(person, read(PreviewArgs, given)))(
        "preview_motion", description, looks, shown_by
    )


def _made(
    opening: Opening, arguments: type[Arguments], work: Performing
) -> Callable[[str, str, ToolAnnotations, dict[str, Any] | None], Tool]:
    """A tool from its work, once it is told its name, its description, its hints and its meta data."""

    async def fn(given: dict[str, Any]) -> CallToolResult:
        try:
            return await (await opening()).result(lambda person: work(person, given))
        except MotionAgentError as error:
            raise ToolError(told(error)["message"]) from error

    def made(name: str, description: str, hints: ToolAnnotations, meta: dict[str, Any] | None) -> Tool:
        return Tool(
            fn=fn,
            name=name,
            title=hints.title,
            description=description,
            parameters=arguments.model_json_schema(),
            fn_metadata=FuncMetadata(arg_model=_Given),
            is_async=True,
            context_kwarg=None,
            annotations=hints,
            meta=meta,
        )

    return made


def _apps() -> Apps:
    apps = Apps()
    apps.add_html_resource(
        VIEWER,
        viewer_page(),
        name="viewer",
        title="Motion viewer",
        description="A motion in 3-D.",
        prefers_border=True,
    )
    return apps


class _Handling(Protocol):
    async def __call__(self, ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any: ...


def _noted(opening: Opening) -> _Handling:
    """Note whose request is being answered: over HTTP whoever the key belongs to."""

    async def noted(ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        if ctx.request is not None:
            house = (await opening()).house
            name = name_of(ctx.request.headers.get("authorization"), house.config.serve.keys)
            if name is None:
                raise MCPError(code=INVALID_REQUEST, message="unauthorized")
            _asking.set(name)
        return await call_next(ctx)

    return noted
