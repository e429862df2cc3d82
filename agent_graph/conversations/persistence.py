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
from urllib.parse import urlsplit

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore

from ..config import AgentConfig
from ..errors import ConfigError, StorageError
from ..state import serializer

IN_PROCESS, SQLITE, POSTGRES = "memory", "sqlite:", ("postgresql://", "postgres://")
#: Seconds to wait for a file another process is writing to, or for a server to answer.
PATIENCE = 10
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
        with _sqlite(_file_of(memory)) as opened:
            yield opened
    elif memory.startswith(POSTGRES):
        with _postgres(memory) as opened:
            yield opened
    else:
        raise _unknown(memory)


@asynccontextmanager
async def aopen_memory(memory: str | None = None) -> AsyncIterator[Persistence]:
    """The same for async programs (`agent.ainvoke`, `agent.astream`), over the async drivers."""
    if memory in (None, IN_PROCESS):
        yield _in_process()
    elif memory.startswith(SQLITE):
        async with _async_sqlite(_file_of(memory)) as opened:
            yield opened
    elif memory.startswith(POSTGRES):
        async with _async_postgres(memory) as opened:
            yield opened
    else:
        raise _unknown(memory)


@contextmanager
def kept_in(memory: str | None) -> Iterator[None]:
    """Turn what a database raises into one StorageError that says where, and never a password."""
    try:
        yield
    except _database_errors() as error:
        raise _storage_error(memory, error) from error


def default_file() -> Path:
    """The SQLite file of this user, for threads that are named but kept nowhere in particular."""
    from platformdirs import user_data_path

    return user_data_path("motion-agent", appauthor=False) / "memory.sqlite"


def memory_of(config: AgentConfig, keep: bool) -> str:
    """The `memory` setting of a configuration. keep: whether what is said is to outlive the process."""
    if config.memory is not None:
        return config.memory
    return f"{SQLITE}{default_file()}" if keep else IN_PROCESS


def _in_process() -> Persistence:
    return Persistence(InMemorySaver(serde=serializer()), InMemoryStore())


@contextmanager
def _sqlite(file: Path) -> Iterator[Persistence]:
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.store.sqlite import SqliteStore

    with kept_in(f"{SQLITE}{file}"):
        saving, storing = _connection(file), _connection(file, isolation_level=None)
    with closing(saving), closing(storing):
        saver, store = SqliteSaver(saving, serde=serializer()), SqliteStore(storing)
        with kept_in(f"{SQLITE}{file}"):
            saver.setup()
            store.setup()
        yield Persistence(saver, store)


@asynccontextmanager
async def _async_sqlite(file: Path) -> AsyncIterator[Persistence]:
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.store.sqlite.aio import AsyncSqliteStore

    with _sqlite(file):
        pass  # makes the tables and tells of a file that cannot be used, once for both ways
    options: dict[str, Any] = {"timeout": PATIENCE}
    async with (
        aiosqlite.connect(file, **options) as saving,
        aiosqlite.connect(file, isolation_level=None, **options) as storing,
    ):
        saver, store = AsyncSqliteSaver(saving, serde=serializer()), AsyncSqliteStore(storing)
        await saver.setup()
        await store.setup()
        yield Persistence(saver, store)


@contextmanager
def _postgres(url: str) -> Iterator[Persistence]:
    _reach(url)
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.store.postgres import PostgresStore
    from psycopg_pool import ConnectionPool

    pool = ConnectionPool(url, **_pool_options())
    with pool:
        saver, store = PostgresSaver(pool, serde=serializer()), PostgresStore(pool)
        with kept_in(url):
            saver.setup()
            store.setup()
        yield Persistence(saver, store)


@asynccontextmanager
async def _async_postgres(url: str) -> AsyncIterator[Persistence]:
    await asyncio.to_thread(_reach, url)
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore
    from psycopg_pool import AsyncConnectionPool

    pool = AsyncConnectionPool(url, **_pool_options())
    async with pool:
        saver, store = AsyncPostgresSaver(pool, serde=serializer()), AsyncPostgresStore(pool)
        with kept_in(url):
            await saver.setup()
            await store.setup()
        yield Persistence(saver, store)


def _pool_options() -> dict[str, Any]:
    """What LangGraph asks of the connections it is given."""
    from psycopg.rows import dict_row

    asked = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    return {"kwargs": asked, "min_size": 1, "max_size": CONNECTIONS, "open": False}


def _connection(file: Path, **options: Any) -> sqlite3.Connection:
    """A connection several threads may use; write-ahead logging lets others read meanwhile."""
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False, **options)
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def _file_of(memory: str) -> Path:
    """The file of a "sqlite:PATH" setting, in a folder that exists."""
    name = memory.removeprefix(SQLITE)
    if not name.strip():
        raise _unknown(memory)
    try:
        file = Path(name).expanduser().resolve()
        file.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a home nobody has
        raise _storage_error(memory, error) from error
    return file


def _reach(url: str) -> None:
    """Make sure of the driver and of the server: a pool would go on trying, and tell only its log why."""
    try:
        import langgraph.checkpoint.postgres  # noqa: F401
        import psycopg
        import psycopg_pool  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"{_label(url)} needs the Postgres driver: pip install 'motion-agent[postgres]' ({error})"
        ) from error
    with kept_in(url):
        psycopg.connect(url, connect_timeout=PATIENCE).close()


def _database_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise; those of Postgres only where it is installed."""
    try:
        import psycopg
    except ImportError:
        return (sqlite3.Error,)
    return (sqlite3.Error, psycopg.Error)


def _storage_error(memory: str | None, error: Exception) -> StorageError:
    reason = " ".join(str(getattr(error, "strerror", None) or error).split())
    password = _password(memory or IN_PROCESS)
    if password:
        reason = reason.replace(password, "***")
    return StorageError(f"conversations cannot be kept in {_label(memory or IN_PROCESS)}: {reason}")


def _unknown(memory: str) -> ConfigError:
    known = f'"{IN_PROCESS}", "{SQLITE}PATH" and "{POSTGRES[0]}USER@HOST/DATABASE"'
    return ConfigError(f"memory {_label(memory)!r} is none of {known}")


def _label(memory: str) -> str:
    """The setting as errors show it: without a password."""
    password = _password(memory)
    return memory.replace(f":{password}@", ":***@") if password else memory


def _password(memory: str) -> str | None:
    try:
        return urlsplit(memory).password
    except ValueError:
        return None
