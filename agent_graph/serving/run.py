"""Run the server until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from ..errors import ConfigError
from ..serve_options import ServeOptions


def run_app(
    app: ASGIApp,
    options: ServeOptions,
    ready: Callable[[str], object],
    leaving: Callable[[], object] = lambda: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; then requests in work are given `grace` to end, and no new ones taken.

    ready: called with the address once the server can be reached. leaving: called when it is to stop, before
    the grace begins. Raises ConfigError for an address that cannot be bound to.
    """
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=round(options.grace),
        h11_max_incomplete_event_size=64 * 1024,
        server_header=False,
    )
    listening = _listening(options.host, options.port)
    server = uvicorn.Server(settings)
    host = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{host}:{listening.getsockname()[1]}"
    # uvicorn raises the signal again that stopped it; SIGTERM is then an end like any other.
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    log = logging.getLogger("uvicorn.error")
    log.addFilter(_is_no_cut)
    try:
        asyncio.run(_served(server, listening, lambda: ready(address), leaving))
    finally:
        log.removeFilter(_is_no_cut)
        signal.signal(signal.SIGTERM, before)
        listening.close()


async def _served(
    server: uvicorn.Server,
    listening: socket.socket,
    ready: Callable[[], Any],
    leaving: Callable[[], Any],
) -> None:
    task = asyncio.ensure_future(server.serve(sockets=[listening]))
    while not (server.started or task.done()):
        await asyncio.sleep(0.01)
    if server.started:
        ready()
    while not (server.should_exit or task.done()):
        await asyncio.sleep(0.05)
    leaving()
    await task


def _is_no_cut(record: logging.LogRecord) -> bool:
    """Whether a line of the log tells more than that a request was cut short when its grace was over."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError) and not record.msg.startswith("Cancel %s running")


def _listening(host: str, port: int) -> socket.socket:
    """A socket on the address, bound before anything heavy is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
