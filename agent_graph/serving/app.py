"""The server: one app over one house, for people, for programs, and for Blender (MMCP)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI, Request

from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.formats import FORMATS, READABLE
from ..config import AgentConfig
from ..conversations.persistence import aopen_memory
from ..conversations.places import memory_of
from . import ag_ui, conversations, direct, files
from .answers import Answer
from .errors import answer_with_errors
from .guards import Caller, caller, check_binding, guard
from .house import House, sharing
from .mmcp import add_mmcp
from .workers import Workers


def create_app(config: AgentConfig | None = None, backend: MotionBackend | None = None) -> FastAPI:
    """The agent as an ASGI app. backend: a motion model that is loaded already (None: as configured).

    Raises ConfigError for a server that everybody could use.
    """
    config = sharing(AgentConfig.load() if config is None else config)
    check_binding(config.serve)
    app = FastAPI(
        title="motion-agent",
        version=version("motion-agent"),
        summary="Talk to a machine and get human motion.",
        default_response_class=Answer,
        lifespan=_lifespan(config, backend),
    )
    answer_with_errors(app)
    guard(app, config.serve)
    app.get("/health", tags=["server"])(health)
    app.get("/v1/about", tags=["server"])(about)
    protected = [Depends(caller)]
    for room in (conversations, direct, files, ag_ui):
        app.include_router(room.router, dependencies=protected)
    add_mmcp(app)
    return app


def _lifespan(config: AgentConfig, backend: MotionBackend | None) -> Any:
    """Open what is shared before the first request, and close it after the last."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        memory = memory_of(config, keep=False)
        # Nodes of the graph that runs async, and endpoints that are not, take threads of the loop.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(config.serve.at_once))
        async with aopen_memory(memory) as kept:
            app.state.house = await asyncio.to_thread(House, config, kept, memory, backend)
            app.state.workers = Workers(config.serve)
            try:
                yield
            finally:
                await asyncio.to_thread(app.state.workers.close)

    return lifespan


async def health(request: Request) -> dict[str, Any]:
    """Whether the server works, and how much it has to do; needs no key."""
    return {"status": "ok", "requests": request.app.state.workers.open}


async def about(request: Request, person: Caller) -> dict[str, Any]:
    """Which model answers, what it knows, and what may be asked of it."""
    house: House = request.app.state.house
    config, options = house.config, house.config.serve
    return {
        "version": request.app.version,
        "backend": house.services.backend.name,
        "coordinator": config.coordinator,
        "repertoire": house.services.backend.repertoire,
        "writes": list(FORMATS),
        "reads": list(READABLE),
        "limits": {
            "seconds": config.max_seconds,
            "people": config.max_people,
            "body_bytes": options.max_body,
            "files": options.max_files,
            "seconds_per_request": options.time_limit,
        },
    }
