"""One turn at a time: two processes that take up the same conversation do not write over each other.

A turn reads a thread, adds to it and writes it back. The lock around it is the operating system's, or the
server's, so that it ends with the process that holds it, however that ends: a file beside a SQLite file
(`fcntl` or `msvcrt`, so not across machines that share a folder), an advisory lock of a connection of its own
in Postgres. Conversations that are kept nowhere need none: no other process knows them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from ..errors import ThreadBusyError
from .boundary import Place, storage_error
from .places import IN_PROCESS, PATIENCE, SQLITE, file_of

#: How often a server is asked again for a lock somebody else holds, in seconds.
ASKING = 0.1


@contextmanager
def one_turn(memory: str | None, thread: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a thread for one turn. memory: as `open_memory` takes it.

    Raises ThreadBusyError when another process holds the thread for longer than `patience` seconds.
    """
    if memory in (None, IN_PROCESS):
        yield
    elif memory.startswith(SQLITE):
        with _file_lock(memory, thread, patience):
            yield
    else:
        with _server_lock(memory, thread, patience):
            yield


@contextmanager
def _file_lock(memory: str, thread: str, patience: float) -> Iterator[None]:
    file = file_of(memory)
    folder = file.with_name(f"{file.name}-turns")
    lock = FileLock(folder / f"{_key(thread):016x}.lock", timeout=patience)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise _busy(thread, patience) from error
    except OSError as error:
        raise storage_error(memory, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _server_lock(memory: str, thread: str, patience: float) -> Iterator[None]:
    import psycopg

    with Place(memory).telling():
        connection = psycopg.connect(memory, connect_timeout=PATIENCE, autocommit=True)
    try:
        deadline = time.monotonic() + patience
        while not _granted(memory, connection, thread):
            if time.monotonic() > deadline:
                raise _busy(thread, patience)
            time.sleep(ASKING)
        yield
    finally:
        connection.close()  # which gives the lock back


def _granted(memory: str, connection: object, thread: str) -> bool:
    import psycopg

    assert isinstance(connection, psycopg.Connection)
    with Place(memory).telling():
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_key(thread) - 2**63,)).fetchone()
    return bool(row and row[0])


def _key(thread: str) -> int:
    """64 bits that stand for a thread, whatever characters its name has."""
    return int.from_bytes(hashlib.sha256(f"motion-agent/{thread}".encode()).digest()[:8])


def _busy(thread: str, patience: float) -> ThreadBusyError:
    waited = f", which took longer than {patience:g} s" if patience else ""
    return ThreadBusyError(
        f"conversation {thread!r} is in the middle of a turn in another process{waited}; try again when that "
        "turn is over"
    )
