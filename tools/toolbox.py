"""The tools as LangChain sees them, made from one table.

A tool closes over its `Services`, has an explicit schema and no injected arguments, answers with
`content_and_artifact`, and reports typed errors as tool messages of status "error".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.runnables import RunnableConfig, ensure_config
from langchain_core.tools import BaseTool, ToolException
from pydantic import PrivateAttr, ValidationError

from ..motion_models.backends.protocol import MotionBackend
from ..motion_models.errors import InvalidRequestError, MotionAgentError
from .batching import Result, StepRun, Work, perform
from .caption import caption_motion
from .compose import compose_sequence
from .edit import edit_motion
from .errors import one_line
from .export import export_motion
from .generate import generate_motion
from .history import followed, history
from .memory import MotionMemory
from .naming import list_motions, name_motion
from .scene import arrange_scene
from .schemas import (
    Arguments,
    ArrangeSceneArgs,
    BodyName,
    BoneNames,
    CaptionMotionArgs,
    ComposeSequenceArgs,
    EditMotionArgs,
    ExportMotionArgs,
    GenerateMotionArgs,
    HistoryArgs,
    ListMotionsArgs,
    MotionRef,
    NameMotionArgs,
)
from .services import Call, Services

#: Where a LangGraph server says whom it authenticated.
AUTHENTICATED = "langgraph_auth_user_id"
#: The user of a program that names none.
LOCAL_USER = "local"


@dataclass(frozen=True)
class ToolSpec:
    """One tool: its body, whose docstring the model reads, and the schema of its arguments."""

    body: Callable[[Services, Call, Any], Work | Result]
    arguments: type[Arguments]

    @property
    def name(self) -> str:
        return self.body.__name__

    @property
    def description(self) -> str:
        return " ".join((self.body.__doc__ or "").split())

    @property
    def summary(self) -> str:
        """The first sentence of the description."""
        return (self.body.__doc__ or "").strip().splitlines()[0]


TOOLS: dict[str, ToolSpec] = {
    spec.name: spec
    for spec in (
        ToolSpec(generate_motion, GenerateMotionArgs),
        ToolSpec(caption_motion, CaptionMotionArgs),
        ToolSpec(compose_sequence, ComposeSequenceArgs),
        ToolSpec(edit_motion, EditMotionArgs),
        ToolSpec(arrange_scene, ArrangeSceneArgs),
        ToolSpec(export_motion, ExportMotionArgs),
        ToolSpec(list_motions, ListMotionsArgs),
        ToolSpec(name_motion, NameMotionArgs),
        ToolSpec(history, HistoryArgs),
    )
}


class MotionTool(BaseTool):
    """A `ToolSpec` bound to services."""

    _spec: ToolSpec = PrivateAttr()
    _services: Services = PrivateAttr()

    def __init__(self, spec: ToolSpec, services: Services) -> None:
        super().__init__(
            name=spec.name,
            description=spec.description,
            args_schema=spec.arguments,
            response_format="content_and_artifact",
            handle_tool_error=not services.raise_errors,
            handle_validation_error=False if services.raise_errors else _explain,
        )
        self._spec, self._services = spec, services

    @property
    def tool_call_schema(self) -> type[Arguments]:
        """The arguments as they are: none is injected, and a copy would lose how they are told."""
        return self._spec.arguments

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return super().invoke(input, _with_call_id(config, input), **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return await super().ainvoke(input, _with_call_id(config, input), **kwargs)

    def _run(self, *, config: RunnableConfig, **arguments: Any) -> tuple[str, Artifact]:
        checked = self._spec.arguments.model_validate(arguments)
        memory, thread = self._services.memory, self._thread(config)
        try:
            call = call_from(config)
            call = replace(call, trail=memory.trail(call.user, thread))
        except MotionAgentError as error:
            raise ToolException(str(error)) from error
        task = StepRun(lambda _: self._spec.body(self._services, call, checked))
        [outcome] = perform([task], self._services.generate)
        if isinstance(outcome, MotionAgentError):
            raise ToolException(str(outcome)) from outcome
        if outcome.made or outcome.trail:
            memory.follow(call.user, thread, lambda trail: followed(trail, [outcome]))
        return as_content(outcome), as_artifact(outcome)

    def _thread(self, config: RunnableConfig) -> str:
        """What calls belong together for undo: those of a thread, else those of these tools."""
        return _text(str((config.get("configurable") or {}).get("thread_id") or self._services.session))


def create_motion_tools(
    backend: MotionBackend | str | Path | None = None,
    memory: MotionMemory | None = None,
    *,
    output_folder: str | Path = "motions",
    input_folder: str | Path = ".",
    max_seconds: float = 600.0,
    max_people: int = 8,
    max_file_megabytes: int = 512,
    body: BodyName = "human",
    bone_names: BoneNames = "ours",
    raise_errors: bool = False,
) -> list[BaseTool]:
    """The motion tools for any LangChain agent.

    backend: a `MotionBackend`, or what `load_backend` takes (None: the weights that ship). memory: where
    motions are kept (None: in this process). Files are written to `output_folder` and read from
    `input_folder` only. max_seconds, max_people: what one motion may be at most;
    max_file_megabytes: what one file that is read. body: what files show, "human" or "mannequin".
    bone_names: whose names bones bear in GLB and BVH files: "ours", "mixamo", "unity" or "vrm".

    raise_errors: a call that fails raises (ToolException, or pydantic's ValidationError for arguments), so
    that retry middleware and MCP servers see an error; else the calling model reads it in a tool message of
    status "error" and can mend its call.
    """
    services = make_services(
        backend,
        memory,
        output_folder=Path(output_folder),
        input_folder=Path(input_folder),
        max_seconds=max_seconds,
        max_people=max_people,
        max_file_megabytes=max_file_megabytes,
        body=body,
        bone_names=bone_names,
        raise_errors=raise_errors,
    )
    return bind_services(services)


def bind_services(services: Services) -> list[BaseTool]:
    """All tools over the same services."""
    return [MotionTool(spec, services) for spec in TOOLS.values()]


def make_services(
    backend: MotionBackend | str | Path | None, memory: MotionMemory | None, **options: Any
) -> Services:
    """Services over a backend given or loaded."""
    if backend is None or isinstance(backend, (str, Path)):
        from ..motion_models import load_backend

        backend = load_backend(backend)
    return Services(backend, MotionMemory() if memory is None else memory, **options)


def as_content(result: Result) -> str:
    """What the model reads: one compact JSON object."""
    return json.dumps(result.content, ensure_ascii=False, separators=(",", ":"))


class Artifact(dict[str, Any]):
    """A MotionRef as it travels in messages: a dict, before a checkpoint and after it.

    Until then its fields can be read as attributes too. `motions` are the entries of a list of motions.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def as_artifact(result: Result) -> Artifact:
    """What the program around the model gets of a motion, or of a list of them: plain JSON values."""
    if isinstance(result.artifact, MotionRef):
        return Artifact(result.artifact.model_dump(mode="json"))
    return Artifact(motions=[ref.model_dump(mode="json") for ref in result.artifact])


def call_from(config: RunnableConfig, call_id: str | None = None, **fields: Any) -> Call:
    """Who calls, and from where: user, thread and tool call of a run's configuration."""
    settings = config.get("configurable") or {}
    call_id = call_id or settings.get("tool_call_id") or uuid4().hex
    origin = _text(f"{settings.get('thread_id', '')}/{call_id}")
    return Call(user=user_of(settings), origin=origin, **fields)


def user_of(settings: Mapping[str, Any]) -> str:
    """Whose motions a run may see: whom the server authenticated, else `user_id`, else "local".

    A server that names a user is believed before what the caller wrote. Raises InvalidRequestError for a
    `user_id` that names nobody (0, False, ""), which would else share the motions of all who gave none.
    """
    authenticated = settings.get(AUTHENTICATED)
    if authenticated:
        return _text(str(authenticated))
    user = settings.get("user_id")
    if user is None or (user == "" and AUTHENTICATED in settings):  # a server that asks nobody who they are
        return LOCAL_USER
    if isinstance(user, str) and user.strip():
        if _text(user) != user:
            raise InvalidRequestError(f"user_id {_text(user)!r:.80} is no text: it holds half a character")
        return user
    if isinstance(user, int) and not isinstance(user, bool) and user:
        return str(user)
    raise InvalidRequestError(f"user_id {user!r:.80} names nobody: give a name, or leave it out")


def _text(text: str) -> str:
    """The text as it can be kept: without lone surrogates, which no encoding knows."""
    return text.encode("utf-8", "replace").decode()


def _with_call_id(config: RunnableConfig | None, call: Any) -> RunnableConfig:
    """Note the id of a tool call in the run's configuration, where the body finds it."""
    config = ensure_config(config)
    call_id = call.get("id") if isinstance(call, dict) and call.get("type") == "tool_call" else None
    configurable = {**config.get("configurable", {}), "tool_call_id": call_id}
    return {**config, "configurable": configurable}


def _explain(error: Any) -> str:
    return one_line(error) if isinstance(error, ValidationError) else str(error)
