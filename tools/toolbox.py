"""The tools as LangChain sees them, made from one table.

A tool closes over its `Services`, has an explicit schema and no injected arguments, answers with
`content_and_artifact`, and reports typed errors as tool messages of status "error".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.runnables import RunnableConfig, ensure_config
from langchain_core.tools import BaseTool, ToolException
from pydantic import PrivateAttr, ValidationError

from ..motion_models.backends.protocol import MotionBackend
from ..motion_models.errors import MotionAgentError
from .batching import Result, StepRun, Work, perform
from .caption import caption_motion
from .compose import compose_sequence
from .edit import edit_motion
from .errors import one_line
from .export import export_motion
from .generate import generate_motion
from .history import history
from .memory import MotionMemory
from .naming import list_motions, name_motion
from .scene import arrange_scene
from .schemas import (
    Arguments,
    ArrangeSceneArgs,
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
            handle_tool_error=True,
            handle_validation_error=_explain,
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

    def _run(self, *, config: RunnableConfig, **arguments: Any) -> tuple[str, MotionRef | list[MotionRef]]:
        checked = self._spec.arguments.model_validate(arguments)
        call = call_from(config)
        task = StepRun(lambda _: self._spec.body(self._services, call, checked))
        [outcome] = perform([task], self._services.generate)
        if isinstance(outcome, MotionAgentError):
            raise ToolException(str(outcome)) from outcome
        return as_content(outcome), outcome.artifact


def create_motion_tools(
    backend: MotionBackend | str | Path | None = None,
    memory: MotionMemory | None = None,
    *,
    output_folder: str | Path = "motions",
    input_folder: str | Path = ".",
    max_seconds: float = 600.0,
) -> list[BaseTool]:
    """The motion tools for any LangChain agent.

    backend: a `MotionBackend`, or what `load_backend` takes (None: the weights that ship). memory: where
    motions are kept (None: in this process). Files are written to `output_folder` and read from
    `input_folder` only.
    """
    services = make_services(
        backend,
        memory,
        output_folder=Path(output_folder),
        input_folder=Path(input_folder),
        max_seconds=max_seconds,
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


def call_from(config: RunnableConfig, call_id: str | None = None, **fields: Any) -> Call:
    """Who calls, and from where: user, thread and tool call of a run's configuration."""
    settings = config.get("configurable") or {}
    call_id = call_id or settings.get("tool_call_id") or uuid4().hex
    user = str(settings.get("user_id") or "local")
    return Call(user=user, origin=f"{settings.get('thread_id', '')}/{call_id}", **fields)


def _with_call_id(config: RunnableConfig | None, call: Any) -> RunnableConfig:
    """Note the id of a tool call in the run's configuration, where the body finds it."""
    config = ensure_config(config)
    call_id = call.get("id") if isinstance(call, dict) and call.get("type") == "tool_call" else None
    configurable = {**config.get("configurable", {}), "tool_call_id": call_id}
    return {**config, "configurable": configurable}


def _explain(error: Any) -> str:
    return one_line(error) if isinstance(error, ValidationError) else str(error)
