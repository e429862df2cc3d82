"""Motion backends that other packages offer, found by name through entry points.

A package offers one in its pyproject::

    [project.entry-points."motion_agent.backends"]
    mine = "my_package.backend:load"

`load(argument, *, device)` returns a MotionBackend; `load_backend("mine")` calls it with None and
`load_backend("mine:anything")` with "anything".
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ..errors import BackendError
from .protocol import MotionBackend

GROUP = "motion_agent.backends"


def find_plugin(source: str | Path | None) -> tuple[EntryPoint, str | None] | None:
    """The backend that "name" or "name:argument" names, and its argument; None when no package offers it.

    A `Path` and an existing folder never name a plug-in: give ./name for a folder of such a name.
    """
    if not isinstance(source, str) or Path(source).exists():
        return None
    name, _, argument = source.partition(":")
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    return (found[0], argument or None) if found else None


def plugin_names() -> list[str]:
    """The plug-ins of all installed packages."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load_plugin(entry: EntryPoint, argument: str | None, device: str | None) -> MotionBackend:
    """Make the backend. Raises BackendError where the package cannot be imported or makes something else."""
    try:
        make = entry.load()
    except (ImportError, AttributeError) as error:
        raise BackendError(f"the motion backend {entry.name!r} cannot be imported: {error}") from error
    backend = make(argument, device=device)
    if not isinstance(backend, MotionBackend):
        raise BackendError(
            f"{entry.value} made a {type(backend).__name__}, which is no MotionBackend: see its protocol"
        )
    return backend
