"""Run the MCP server: for the program that started it (stdio), or over HTTP for several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from ..config import AgentConfig
from ..conversations.persistence import aopen_memory
from ..conversations.places import memory_of
from ..serve_options import ServeOptions
from ..serving.guards import KeyGuard, check_binding
from ..serving.house import House, sharing
from ..serving.run import run_app
from ..serving.workers import Workers
from .input import input_that_ends
from .server import MotionServer, Opened, Opening

#: Names by which this machine is called from itself, with any port.
LOOPBACK = ["localhost:*", "127.0.0.1:*", "[::1]:*"]


def over_stdio(config: AgentConfig) -> None:
    """Answer the program that started this one until it closes our input; stdout is the protocol's.

    Raises what keeps the motion model or the coordinator from being loaded.
    """
    asyncio.run(_over_stdio(sharing(config)))


def over_http(config: AgentConfig, ready: Callable[[str], object]) -> None:
    """Serve /mcp until stopped. Raises ConfigError for an address that must not, or cannot, be bound to."""
    run_app(create_app(config), config.serve, lambda address: ready(f"{address}/mcp"))


def create_app(config: AgentConfig) -> Starlette:
    """The MCP server as an ASGI app, at /mcp."""
    config = sharing(config)
    check_binding(config.serve)

    async def opening() -> Opened:
        return await app.state.opening()

    app = http_app(MotionServer(opening), config.serve)
    within = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[Any]:
        async with _opening(config) as app.state.opening:
            await app.state.opening()
            async with within(app) as state:
                yield state

    app.router.lifespan_context = lifespan
    return app


def add_mcp(app: FastAPI, options: ServeOptions) -> None:
    """Offer /mcp on the server's app too, over the same motion model and memory."""

    async def opening() -> Opened:
        return Opened(app.state.house, app.state.workers)

    ours = http_app(MotionServer(opening), options)
    around = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with around(app) as state, ours.router.lifespan_context(ours):
            yield state

    app.router.lifespan_context = lifespan
    app.router.routes.append(Route("/mcp", endpoint=ours, include_in_schema=False))


def http_app(server: MotionServer, options: ServeOptions) -> Starlette:
    """The server's own app with our guards around it; it stays on this machine where there are no keys.

    Where several processes serve, no request may need the one that answered the last: there are no sessions.
    """
    local = TransportSecuritySettings(
        allowed_hosts=LOOPBACK, allowed_origins=[f"http://{name}" for name in LOOPBACK]
    )
    anyone = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(
        max_request_body_size=options.max_body,
        max_sessions=options.at_once + options.queue,
        stateless_http=options.workers > 1,
        transport_security=anyone if options.keys else local,
        host=options.host,
    )
    app.user_middleware.append(Middleware(KeyGuard, keys=options.keys))
    return app


async def _over_stdio(config: AgentConfig) -> None:
    async with _opening(config) as opening:
        answering = asyncio.ensure_future(MotionServer(opening).run_stdio_async())
        loading = asyncio.ensure_future(opening())
        try:
            with input_that_ends():  # when it is cancelled, what reads is still to hear of the end
                await asyncio.wait([answering, loading], return_when=asyncio.FIRST_EXCEPTION)
        finally:
            loading.cancel()
            answering.cancel()
            ended = await asyncio.gather(loading, answering, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, BaseException):
                raise problem


@asynccontextmanager
async def _opening(config: AgentConfig) -> AsyncIterator[Opening]:
    """Begin to load what the server works with; whoever asks first waits for it."""
    memory = memory_of(config, keep=True)
    async with aopen_memory(memory) as kept:
        workers = Workers(config.serve)
        loading = asyncio.ensure_future(asyncio.to_thread(House, config, kept, memory))

        async def opening() -> Opened:
            return Opened(await asyncio.shield(loading), workers)

        try:
            yield opening
        finally:
            await asyncio.to_thread(workers.close)
            await asyncio.gather(loading, return_exceptions=True)
