"""motion-agent serve and motion-agent ui: the agent over HTTP, and as a page in a browser."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import typer

from .interrupts import leaving_at_once
from .options import AgentSettings, spelt_out
from .output import show_error, show_state

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ..config import AgentConfig

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on; 127.0.0.1 by default.")]
Port = Annotated[int | None, typer.Option("--port", "-p", min=0, max=65535, help="8765 by default; 0: any.")]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        help='Where conversations and motions are kept: "sqlite:FILE", "postgresql://...", or "memory" '
        "(until the server stops; the default).",
    ),
]
Kept = Annotated[
    str | None,
    typer.Option(
        "--memory",
        help='Where conversations and motions are kept: "sqlite:FILE", "postgresql://...", or "memory" '
        "(until the page stops); by default where the command line keeps its threads.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        max=64,
        help="Processes that serve, each with a motion model of its own; 1 by default.",
    ),
]
Approve = Annotated[
    float | None,
    typer.Option("--approve-above", min=0, help="Plans of so many seconds wait for your word; 0: all plans."),
]


@spelt_out
def serve(
    *,
    host: Host = None,
    port: Port = None,
    memory: Memory = None,
    workers: Workers = None,
    **settings: Unpack[AgentSettings],
) -> None:
    """Serve conversations, tools and files over HTTP, and MMCP to animation programs."""
    from ...motion_models.extras import needing
    from ..config import AgentConfig

    with needing("serve", "the server"):
        from ..serving.guards import check_binding
        from ..serving.processes import run_processes
        from ..serving.run import run_app

    config = at(AgentConfig.load(memory=memory, **settings), host, port, workers)
    listens = lambda address: show_state(f"motion-agent listens on {address} ({address}/docs)")  # noqa: E731
    check_binding(config.serve)
    if (missing := _mcp_is_missing()) is not None:
        show_error(f"/mcp is not served, for want of the extra 'mcp' ({missing})", "note")
    if config.serve.workers > 1:
        run_processes(served_app, config, listens)
    else:
        run_app(served_app(config), config.serve, listens)
    show_state("stopped")


@spelt_out
def ui(
    *,
    host: Host = None,
    port: Port = None,
    memory: Kept = None,
    approve_above: Approve = None,
    **settings: Unpack[AgentSettings],
) -> None:
    """Serve a chat page with the viewer beside it, for browsers."""
    from ...motion_models.extras import needing
    from ..config import AgentConfig
    from ..conversations.places import memory_of

    config = AgentConfig.load(memory=memory, approve_above=approve_above, **settings)
    config = at(config, host, port).changed(memory=memory_of(config, keep=True))
    # Pages stay connected as long as they are open: there is little to wait for at the end.
    config = config.changed(serve=config.serve.model_copy(update={"grace": 1.0}))
    with leaving_at_once(), tempfile.TemporaryDirectory(prefix="motion-agent-ui-") as uploads:
        os.environ |= {"GRADIO_TEMP_DIR": uploads, "GRADIO_ANALYTICS_ENABLED": "False"}
        with needing("ui", "the page"):
            from ..serving.run import run_app
            from ..ui.app import create_ui

        app = create_ui(config)
        listens = lambda address: show_state(f"motion-agent listens on {address}")  # noqa: E731
        run_app(app, config.serve, listens, app.state.leaving)


def served_app(config: AgentConfig) -> FastAPI:
    """The server's app, with /mcp where its package is installed; every process that serves makes one."""
    from ..serving.app import create_app

    app = create_app(config)
    try:
        from ..mcp.run import add_mcp
    except ImportError:  # told once, before anything is served
        return app
    add_mcp(app, config.serve)
    return app


def _mcp_is_missing() -> ImportError | None:
    """Why the package that is installed for /mcp cannot be used; None where it can, or where none is."""
    if find_spec("mcp") is None:
        return None
    try:
        from ..mcp import run  # noqa: F401
    except ImportError as error:
        return error
    return None


def at(config: AgentConfig, host: str | None, port: int | None, workers: int | None = None) -> AgentConfig:
    """The configuration with the address, and the number of processes, that were asked for."""
    asked: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    given = {name: value for name, value in asked.items() if value is not None}
    return config.changed(serve=config.serve.model_copy(update=given))
