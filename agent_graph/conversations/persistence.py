"""Where conversations and motions are kept, by ONE setting: in this process, in SQLite, in Postgres.

The checkpointer holds the states of threads, the store the motions of users; both live in the same place. A
motion is written to the store before the state that refers to it is checkpointed, under an id that follows
from its thread and tool call; so a process may die at any moment, and the thread that is resumed finds the
motion it made instead of making it twice.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore

from ...motion_models.extras import needing
from ...tools.errors import StorageError
from ..errors import ConfigError
from ..state import kept_serializer, serializer
from .boundary import Place, kept, label
from .clock import in_order
from .in_threads import in_threads
from .places import IN_PROCESS, PATIENCE, POSTGRES, SQLITE, file_of, unknown_place
from .transactions import reads_apart

#: Write-ahead logging lets others read meanwhile; with it, what a killed process has written stays written
#: without waiting for the disk, and a power cut may cost the last turns but does not damage the file.
SQLITE_SETTINGS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")
#: The tables of a SQLite file, and columns they have since LangGraph made the first that can be read.
TABLES = {
    "checkpoints": {"thread_id", "checkpoint_ns", "checkpoint_id", "type", "checkpoint", "metadata"},
    "writes": {"thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "channel", "type", "value"},
    "store": {"prefix", "key", "value"},
}
#: Connections to a Postgres server at most.
CONNECTIONS = 8


class Persistence(NamedTuple):
    """What `create_motion_agent` takes under the same names."""

    checkpointer: BaseCheckpointSaver
    store: BaseStore


@contextmanager
def open_memory(memory: str | None = None) -> Iterator[Persistence]:
    """The checkpointer and the store that a `memory` setting names, for sync programs; closed at the end.

    memory: "memory" or None (gone with this process), "sqlite:PATH" or "postgresql://USER@HOST/DATABASE"
    (tables are made when they are missing). Raises ConfigError for any other, StorageError where nothing can
    be kept.
    """
    if memory in (None, IN_PROCESS):
        yield _in_process()
    elif memory.startswith(SQLITE):
        with _sqlite(file_of(memory)) as opened:
            yield opened
    elif memory.startswith(POSTGRES):
        with _postgres(memory) as opened:
            yield opened
    else:
        raise unknown_place(memory)


@asynccontextmanager
async def aopen_memory(memory: str | None = None) -> AsyncIterator[Persistence]:
    """The same for async programs (`agent.ainvoke`, `agent.astream`)."""
    if memory in (None, IN_PROCESS):
        yield _in_process()
    elif memory.startswith(SQLITE):
        with _sqlite(file_of(memory)) as opened:
            yield opened
    elif memory.startswith(POSTGRES):
        async with _async_postgres(memory) as opened:
            yield opened
    else:
        raise unknown_place(memory)


def _in_process() -> Persistence:
    return Persistence(InMemorySaver(serde=serializer()), InMemoryStore())


@contextmanager
def _sqlite(file: Path) -> Iterator[Persistence]:
    with needing("sqlite", f"{SQLITE}{file}"):
        from langgraph.checkpoint.sqlite import SqliteSaver
        from langgraph.store.sqlite import SqliteStore

    with Place(f"{SQLITE}{file}").telling():
        saving, storing = _connection(file), _connection(file, isolation_level=None)
        _check_tables(saving, file)
    with closing(saving), closing(storing):
        place = Place(f"{SQLITE}{file}", file)
        saver = kept(in_threads(in_order(SqliteSaver)), place)(saving, serde=kept_serializer())
        store = kept(in_threads(reads_apart(SqliteStore)), place)(storing)
        saver.setup()
        store.setup()
        yield Persistence(saver, store)


@contextmanager
def _postgres(url: str) -> Iterator[Persistence]:
    _reach(url)
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.store.postgres import PostgresStore
    from psycopg_pool import ConnectionPool

    place = Place(url)
    with ConnectionPool(url, check=ConnectionPool.check_connection, **_pool_options()) as pool:
        saver = kept(in_order(PostgresSaver), place)(pool, serde=kept_serializer())
        store = kept(PostgresStore, place)(pool)
        saver.setup()
        store.setup()
        yield Persistence(saver, store)


@asynccontextmanager
async def _async_postgres(url: str) -> AsyncIterator[Persistence]:
    await asyncio.to_thread(_reach, url)
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore
    from psycopg_pool import AsyncConnectionPool

    place = Place(url)
    check = AsyncConnectionPool.check_connection
    async with AsyncConnectionPool(url, check=check, **_pool_options()) as pool:
        saver = kept(in_order(AsyncPostgresSaver), place)(pool, serde=kept_serializer())
        store = kept(AsyncPostgresStore, place)(pool)
        await saver.setup()
        await store.setup()
        yield Persistence(saver, store)


def _pool_options() -> dict[str, Any]:
    """What LangGraph asks of the connections it is given; a server that is gone is told of in good time."""
    from psycopg.rows import dict_row

    asked = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    return {"kwargs": asked, "min_size": 1, "max_size": CONNECTIONS, "open": False, "timeout": PATIENCE}


def _connection(file: Path, **options: Any) -> sqlite3.Connection:
    """A connection several threads may use."""
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False, **options)
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)
    return connection


def _check_tables(connection: sqlite3.Connection, file: Path) -> None:
    """Leave tables of the same names alone that are not LangGraph's, or are of a version that is too old."""
    for table, needed in TABLES.items():
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if columns and not needed <= columns:
            raise StorageError(
                f"conversations cannot be kept in {SQLITE}{file}: its table {table!r} is another "
                "program's, or an old version's; name another file"
            )


def _reach(url: str) -> None:
    """Make sure of the driver and of the server: a pool would go on trying, and tell only its log why."""
    try:
        import langgraph.checkpoint.postgres  # noqa: F401
        import psycopg
        import psycopg_pool  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"{label(url)} needs the Postgres driver: pip install 'motion-agent[postgres]' ({error})"
        ) from error
    with Place(url).telling():
        psycopg.connect(url, connect_timeout=PATIENCE).close()
