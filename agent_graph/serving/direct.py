"""The tools over HTTP, without a conversation and without a coordinator: one endpoint each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Body, Header, Request

from ...tools.batching import Result
from ...tools.toolbox import TOOLS, ToolSpec, as_artifact
from .conversations import while_connected
from .guards import Caller
from .house import carry_out

router = APIRouter(prefix="/v1", tags=["tools"])

#: Path -> tool. `history` belongs to conversations.
DIRECT = {
    "generate": "generate_motion",
    "caption": "caption_motion",
    "compose": "compose_sequence",
    "edit": "edit_motion",
    "scene": "arrange_scene",
    "export": "export_motion",
    "name": "name_motion",
}
IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=200, description="The same key again, with the same body, makes the same motion, once."
    ),
]


def as_json(spec: ToolSpec, result: Result) -> dict[str, Any]:
    """What a tool gives: what it found out, and the motion. Of files the names, not where they lie."""
    found = dict(result.content)
    if "files" in found:
        found["files"] = [Path(file).name for file in found["files"]]
    return {"result": found, "motion": as_artifact(result)}


def _endpoint(spec: ToolSpec) -> Callable[..., Any]:
    async def endpoint(
        request: Request, arguments: Any, person: Caller, idempotency_key: IdempotencyKey = None
    ) -> dict[str, Any]:
        call_id = f"{spec.name}/{idempotency_key or uuid4().hex}"
        work = request.app.state.workers.result(
            person.name, lambda: carry_out(spec, person, arguments, person.call(call_id))
        )
        return as_json(spec, await while_connected(request, work))

    # The body's type differs from tool to tool, so it is set where FastAPI looks for it.
    endpoint.__annotations__["arguments"] = Annotated[spec.arguments, Body()]
    endpoint.__name__, endpoint.__doc__ = spec.name, spec.body.__doc__
    return endpoint


for path, tool in DIRECT.items():
    router.post(f"/{path}")(_endpoint(TOOLS[tool]))
