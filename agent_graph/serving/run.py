"""Run the server until it is stopped."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import ConfigError
from ..serve_options import ServeOptions


def run_app(
    app: ASGIApp,
    options: ServeOptions,
    ready: Callable[[str], object],
    leaving: Callable[[], object] = lambda: None,
    listening: socket.socket | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; then requests in work are given `grace` to end, and no new ones taken.

    ready: called with the address once the server can be reached. leaving: called when it is to stop, before
    the grace begins. listening: a socket that is bound already (None: as `options` say). Raises ConfigError
    for an address that cannot be bound to, and what the app raises when it is started.
    """
    starting = _Starting(app)
    settings = uvicorn.Config(
        starting,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=round(options.grace),
        h11_max_incomplete_event_size=64 * 1024,
        server_header=False,
    )
    listening = listening or listening_on(options.host, options.port)
    server = uvicorn.Server(settings)
    address = address_of(listening, options)
    # uvicorn raises the signal again that stopped it; SIGTERM is then an end like any other.
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    filters = (("uvicorn.error", _tells_more), ("concurrent.futures", _is_awaited))
    for name, tells in filters:
        logging.getLogger(name).addFilter(tells)
    try:
        asyncio.run(_served(server, listening, starting, lambda: ready(address), leaving))
    finally:
        for name, tells in filters:
            logging.getLogger(name).removeFilter(tells)
        signal.signal(signal.SIGTERM, before)
        listening.close()


async def _served(
    server: uvicorn.Server,
    listening: socket.socket,
    starting: _Starting,
    ready: Callable[[], Any],
    leaving: Callable[[], Any],
) -> None:
    task = asyncio.ensure_future(_serving(server, listening, starting))
    while not (server.started or task.done()):
        await asyncio.sleep(0.01)
    if server.started:
        _keep_what_is_loaded()
        ready()
    while not (server.should_exit or task.done()):
        await asyncio.sleep(0.05)
    leaving()
    await task


def _keep_what_is_loaded() -> None:
    """Have the garbage collector pass over the model and the modules from now on.

    They stay until the process ends, and a look at all of them holds every thread up for a third of a second.
    """
    gc.collect()
    gc.freeze()


async def _serving(server: uvicorn.Server, listening: socket.socket, starting: _Starting) -> None:
    """Serve until told to stop. Raises what kept the app from being started; uvicorn only ends."""
    try:
        await server.serve(sockets=[listening])
    except SystemExit:
        if starting.error is None:
            raise
        raise starting.error from None


class _Starting:
    """An app that keeps to itself why it could not be started, instead of having it written to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.error: Exception | SystemExit | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "lifespan.startup.complete"
            if begun:
                await send(message)

        try:
            await self._app(scope, receive, told)
        except (Exception, SystemExit) as error:
            if begun:
                raise
            self.error = error
            await send({"type": "lifespan.startup.failed", "message": ""})


def _tells_more(record: logging.LogRecord) -> bool:
    """Whether a line of the log tells more than that a request was cut short when its grace was over, or that
    the app was not started: whoever runs it hears why."""
    error = record.exc_info[1] if record.exc_info else None
    known = record.msg.startswith(("Cancel %s running", "Application startup failed"))
    return not (known or isinstance(error, asyncio.CancelledError))


def _is_awaited(record: logging.LogRecord) -> bool:
    """Whether a line of the log tells more than that a node ended whose turn had been given up meanwhile."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, RuntimeError) and "after shutdown" in str(error))


def address_of(listening: socket.socket, options: ServeOptions) -> str:
    """Where a socket that is bound is reached."""
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{listening.getsockname()[1]}"


def listening_on(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket on the address, bound before anything heavy is loaded. shared: others may bind to it too.

    Raises ConfigError for an address that cannot be bound to.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
