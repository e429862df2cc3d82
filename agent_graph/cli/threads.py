"""motion-agent threads: the conversations `chat --thread` and `run --thread` keep."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, config_of
from .output import show_json, show_line

if TYPE_CHECKING:
    from ..conversations.directory import Threads

app = typer.Typer(no_args_is_help=True, help="Conversations saved by `run --thread` and `chat --thread`.")


@app.command("list")
def list_threads(as_json: AsJson = False) -> None:
    """Show the kept conversations, the one used last at the end."""
    with _threads() as (threads, _):
        records = threads.all()
    if as_json:
        show_json([record.model_dump() for record in records])
        return
    if not records:
        show_line("No conversation is kept yet; motion-agent chat --thread NAME keeps one.")
    for record in records:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.last))
        show_line(
            f"{record.name}  {when}  {record.turns} turn{'s' if record.turns > 1 else ''}  {record.title}"
        )


@app.command()
def delete(name: Annotated[str, typer.Argument(help="The thread's name.")]) -> None:
    """Forget what was said in a conversation; the motions it made stay."""
    from ..conversations.locks import one_turn

    with _threads() as (threads, memory), one_turn(memory, name):
        threads.delete(name)
    show_line(f"deleted {name}")


@contextmanager
def _threads() -> Iterator[tuple[Threads, str]]:
    """The list of conversations, and the setting that names where they are kept."""
    from ..conversations.directory import Threads
    from ..conversations.persistence import open_memory
    from ..conversations.places import memory_of

    memory = memory_of(config_of(), keep=True)
    with open_memory(memory) as kept:
        yield Threads(kept.store, kept.checkpointer), memory
