"""The command line: `motion-agent`.

Every command exits 0 on success, 2 on bad usage, 130 after Ctrl-C, and 1 with one line on stderr otherwise (a
traceback only with --debug). Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from . import data, mcp, threads, train, weights
from .evaluate import evaluate
from .files import caption, compare, export
from .info import list_tools, plan_schema, version
from .interrupts import stopping
from .output import show_error, show_traceback
from .serve import serve, ui
from .talk import chat, run


class Commands(TyperGroup):
    """All commands, with the one place where errors become a line and an exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """--debug may stand anywhere."""
        rest = [arg for arg in args if arg != "--debug"]
        return super().parse_args(ctx, ["--debug", *rest] if len(rest) < len(args) else rest)

    def invoke(self, ctx: Any) -> Any:
        try:
            with stopping(), warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                show_traceback(error)
            else:
                show_error(_line(error))
            raise typer.Exit(1) from error


def _show_version(asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and end."),
    ] = False,
) -> None:
    """Talk to a machine and get human motion."""


app = typer.Typer(
    name="motion-agent",
    cls=Commands,
    callback=options,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run, chat, ui, serve, caption, export, compare):
    app.command()(command)
app.command("eval")(evaluate)
app.command("tools")(list_tools)
app.command("plan-schema")(plan_schema)
app.add_typer(train.app, name="train")
app.add_typer(threads.app, name="threads")
app.add_typer(data.app, name="data")
app.add_typer(weights.app, name="weights")
app.add_typer(mcp.app, name="mcp")
app.command()(version)


def main() -> None:
    """The `motion-agent` command, in a process of its own."""
    from ...motion_models.decoding.cpu_threads import allow_fewer_threads

    allow_fewer_threads(True)
    app()


def _show_warning(message: Warning | str, *_: object) -> None:
    """Without the place in the code, which helps no one who types commands."""
    show_error(str(message), "warning")


def _line(error: Exception) -> str:
    """What the user is told of an error; one that was not foreseen is named as such."""
    from ...motion_models.errors import MotionAgentError

    if isinstance(error, (MotionAgentError, OSError)):
        return str(error)
    return f"unexpected {type(error).__name__}: {error} (--debug shows where)"
