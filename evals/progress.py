"""One way to show progress: a Rich bar on stderr, so that stdout stays a clean report; in a log, a line."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def track(
    items: Iterable[Item], description: str, total: int | None = None, *, show: bool = True
) -> Iterator[Item]:
    """Iterate with a progress bar; where stderr is no terminal, to one line at the end. show: or silently."""
    if not show:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track as bar

    console = Console(stderr=True)
    if console.is_terminal:
        yield from bar(items, description, total=total, console=console, transient=True)
        return
    start = time.perf_counter()
    yield from items
    console.print(f"{description}: {time.perf_counter() - start:.0f} s", highlight=False, markup=False)
