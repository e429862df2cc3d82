"""Where the drivers of databases end: whatever they raise leaves as one StorageError that says where.

`kept` makes a class of a checkpointer or a store whose every use is held to that, so that programs that run
the graph themselves get the same errors as a `Session`.
"""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from langgraph.errors import GraphBubbleUp

from ...motion_models.errors import MotionAgentError
from ...tools.errors import StorageError, shortened

Kept = TypeVar("Kept", bound=type)

#: What LangGraph calls on checkpointers and stores; of the async ones, the same with an "a" before.
USED = (
    *("setup", "get_tuple", "list", "put", "put_writes", "delete_thread", "get_delta_channel_history"),
    "batch",
)
#: Driver errors speak for themselves; of anything else that comes out of what was read, the kind is told.
REASON_LENGTH = 300


class Place:
    """Where conversations are kept, as errors name it; for a file, also whether it is still the same file."""

    def __init__(self, memory: str, file: Path | None = None) -> None:
        self.memory, self.file = memory, file
        self._opened = None if file is None else _identity(file)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what is raised inside into a StorageError, and tell of a file that has gone away."""
        self._check_file()
        try:
            yield
        except (MotionAgentError, GraphBubbleUp, NotImplementedError):
            raise
        except Exception as error:
            raise storage_error(self.memory, error) from error

    def _check_file(self) -> None:
        """A process goes on writing to a file that was deleted, and nobody would ever read it."""
        if self.file is not None and _identity(self.file) != self._opened:
            raise StorageError(
                f"conversations are no longer kept: {self.file} was deleted or replaced while it was in use; "
                "start anew to go on"
            )


def kept(cls: Kept, place: Place) -> Kept:
    """A checkpointer's or store's class whose use raises nothing but StorageError; see `Place.telling`."""
    asynchronous = cls.__name__.startswith("Async")
    names = [f"a{name}" if asynchronous and name != "setup" else name for name in USED]
    return type(cls.__name__, (cls,), {n: _guarded(cls, n, place) for n in names if hasattr(cls, n)})  # pyright: ignore[reportReturnType]


def storage_error(memory: str, error: Exception) -> StorageError:
    """One line on what went wrong where; never a password."""
    reason = shortened(" ".join(str(getattr(error, "strerror", None) or error).split()), REASON_LENGTH)
    if not isinstance(error, (OSError, RuntimeError, *database_errors())):
        reason = f"what is kept there cannot be read or written ({type(error).__name__}: {reason})"
    password = _password(memory)
    if password:
        reason = reason.replace(password, "***")
    return StorageError(f"conversations cannot be kept in {label(memory)}: {reason}")


def label(memory: str) -> str:
    """The setting as errors show it: without a password."""
    password = _password(memory)
    return memory.replace(f":{password}@", ":***@") if password else memory


def database_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise; those of Postgres only where it is installed."""
    try:
        import psycopg
    except ImportError:
        return (sqlite3.Error,)
    return (sqlite3.Error, psycopg.Error)


def _guarded(cls: type, name: str, place: Place) -> Callable[..., Any]:
    """The method of a class within the boundary; it is looked up when it is called."""

    def call(self: Any, *args: Any, **options: Any) -> Any:
        with place.telling():
            return getattr(cls, name)(self, *args, **options)

    async def acall(self: Any, *args: Any, **options: Any) -> Any:
        with place.telling():
            return await getattr(cls, name)(self, *args, **options)

    def each(self: Any, *args: Any, **options: Any) -> Iterator[Any]:
        with place.telling():
            yield from getattr(cls, name)(self, *args, **options)

    async def aeach(self: Any, *args: Any, **options: Any) -> AsyncIterator[Any]:
        with place.telling():
            async for item in getattr(cls, name)(self, *args, **options):
                yield item

    method = getattr(cls, name)
    if inspect.isasyncgenfunction(method):
        return wraps(method)(aeach)
    if inspect.iscoroutinefunction(method):
        return wraps(method)(acall)
    return wraps(method)(each if inspect.isgeneratorfunction(method) else call)


def _identity(file: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _password(memory: str) -> str | None:
    try:
        return urlsplit(memory).password
    except ValueError:
        return None
