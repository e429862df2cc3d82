"""How the command line shows things: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from ...tools.schemas import MotionRef


def _console(**options: Any) -> Console:
    """A console of a width, where COLUMNS says there is none (as some programs that start others do)."""
    console = Console(highlight=False, **options)
    if console.width < 1:
        console.width = 80
    return console


output = _console()
errors = _console(stderr=True)


@contextmanager
def busy(text: str) -> Iterator[Callable[[str], object]]:
    """A spinner on stderr while something runs; what it yields changes the text."""
    with errors.status(text) as status:
        yield status.update


def show_json(value: Any) -> None:
    """One JSON document on stdout and nothing else."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _printable(text: str) -> str:
    """Without what no terminal can be sent: the halves of characters that some file names come with."""
    return text.encode("utf-8", "replace").decode()


def _without_secrets(text: str) -> str:
    # Imported late: `--help` loads no motion.
    from ...motion_models.secrets import redacted

    return redacted(text)


def show_line(text: str) -> None:
    output.print(_printable(text), markup=False, soft_wrap=True)


def show_state(text: str) -> None:
    """One line on stdout of a server, which goes on where nobody reads it any more."""
    with suppress(SystemExit):  # how rich ends a program whose output is closed
        show_line(text)


def show_error(text: str, lead: str = "error") -> None:
    """One line on stderr."""
    errors.print(
        f"{lead}: {_without_secrets(' '.join(_printable(text).split()))}",
        style="bold red",
        markup=False,
        soft_wrap=True,
    )


def show_traceback(error: BaseException) -> None:
    """Where an error came from, on stderr, with no secret in it."""
    errors.print(_without_secrets("".join(format_exception(error))), markup=False, soft_wrap=True)


def show_motion(ref: MotionRef) -> None:
    """A motion's timeline as a table, and the notes to it."""
    name = f' "{ref.name}"' if ref.name != ref.description else ""
    show_line(f"{ref.id}{name}: {ref.seconds:g} s, {ref.frames} frames")
    table = Table("#", "from", "to", "what")
    for number, part in enumerate(ref.segments, 1):
        table.add_row(str(number), f"{part.start:.1f} s", f"{part.end:.1f} s", part.description)
    output.print(table)
    for note in ref.notes:
        show_line(f"note: {note}")


def show_files(paths: Sequence[Path | str]) -> None:
    """Where each file is, one a line."""
    for path in paths:
        show_line(f"  {path}")


def show_times(**seconds: float) -> None:
    """How long each stage took."""
    stages = ", ".join(f"{name} {taken:.1f} s" for name, taken in seconds.items())
    output.print(f"({stages})", style="dim")
