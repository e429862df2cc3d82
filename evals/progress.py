"""One way to show progress: a Rich bar on stderr, so that stdout stays a clean report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def track(
    items: Iterable[Item], description: str, total: int | None = None, *, show: bool = True
) -> Iterator[Item]:
    """Iterate with a progress bar; `show=False` iterates silently."""
    if not show:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track as bar

    yield from bar(items, description, total=total, console=Console(stderr=True), transient=True)
