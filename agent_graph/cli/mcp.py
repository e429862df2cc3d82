"""motion-agent mcp: the tools for MCP clients such as Claude, VS Code and Cursor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from .interrupts import leaving_at_once
from .options import MotionSettings, spelt_out
from .output import output, show_line, show_state
from .serve import Host, Memory, Port, at

app = typer.Typer(
    invoke_without_command=True, help="Serve the tools to MCP clients; set clients up (mcp install)."
)
#: Where the files of desktop clients go, which have no working folder of their own.
DESKTOP_FOLDER = "motion-agent"


@app.callback()
@spelt_out
def mcp(
    context: typer.Context,
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Listen on http://HOST:PORT/mcp instead of stdin.")
    ] = False,
    host: Host = None,
    port: Port = None,
    memory: Memory = None,
    **settings: Unpack[MotionSettings],
) -> None:
    """Serve the tools to the program that started this one, or over HTTP."""
    if context.invoked_subcommand is not None:
        return
    from ...motion_models.extras import needing
    from ..config import AgentConfig

    with needing("mcp", "the MCP server"):
        from ..mcp.run import over_http, over_stdio

    config = AgentConfig.load(memory=memory, **settings)
    if not http:
        with leaving_at_once(ended=""):  # stdout is the protocol's
            over_stdio(config)
        return
    config = at(config, host, port)
    over_http(config, lambda address: show_state(f"motion-agent listens on {address}"))
    show_state("stopped")


@app.command()
def install(
    client: Annotated[str, typer.Argument(help="claude, claude-code, vscode or cursor.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help='Folder for files; "motion-agent" at home by default.')
    ] = None,
) -> None:
    """Write the server into a client's settings."""
    from ..mcp.install import CLIENTS
    from ..mcp.install import install as write

    known = CLIENTS.get(client)
    if known is None:
        raise typer.BadParameter(f"unknown client {client!r}; known are {', '.join(CLIENTS)}")
    folder = (Path.home() / DESKTOP_FOLDER if out is None else out).resolve()
    file = write(known, folder, Path.home(), Path.cwd())
    show_line(f"{known.title} will start motion-agent: {file}. Start it anew.")


@app.command()
def skill() -> None:
    """Print SKILL.md, which tells an agent how to use this program."""
    from ..mcp.skill import skill_text

    output.print(skill_text(), markup=False, soft_wrap=True)
