"""The places conversations and motions are kept in, each empty at the start of a test.

Postgres is a private cluster on a loopback port, started once for all tests that ask for it; those tests skip
where no server is installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

LASTING = ("sqlite", "postgres")
EVERYWHERE = ("memory", *LASTING)
#: Who runs the server when the tests are run by root, which Postgres refuses to be run by.
SERVER_USER = "postgres"


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A `memory` setting, by the name it is parametrised with."""
    if request.param == "postgres":
        return new_database(request.getfixturevalue("postgres_server"))
    return f"sqlite:{tmp_path / 'memory.sqlite'}" if request.param == "sqlite" else request.param


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of our own, without the database; a skip where none can be started."""
    with postgres_running() as server:
        yield server.address


@contextmanager
def postgres_running() -> Iterator[Server]:
    """A server of our own that runs; a skip where none can be started."""
    programs = _programs()
    pytest.importorskip("psycopg", reason="needs the extra 'postgres'")
    folder = Path(tempfile.mkdtemp(prefix="motion-agent-postgres-"))
    try:
        server = Server(*programs, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


class Server:
    """A Postgres cluster in a folder, on a loopback port that stays the same when it is started again."""

    def __init__(self, initdb: str, server: str, identity: dict[str, Any], folder: Path) -> None:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        data, port = str(folder / "data"), _free_port()
        making = [initdb, "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(making, check=True, capture_output=True, cwd=folder, **identity)
        self._command = [server, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"]
        self._options: dict[str, Any] = {"cwd": folder, **identity}
        self._log = folder / "log"
        self.address = f"postgresql://tester@127.0.0.1:{port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, **self._options)
        _await_server(self._process, self.address, self._log)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End it as Postgres calls it: SIGINT breaks off what runs, SIGQUIT leaves at once."""
        self._process.send_signal(how)
        self._process.wait(timeout=30)


def _programs() -> tuple[str, str, dict[str, Any]]:
    """initdb and postgres, on the path or where Debian puts them, and how to become their user."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    initdb, server = shutil.which("initdb", path=path), shutil.which("postgres", path=path)
    if initdb is None or server is None:
        pytest.skip("no Postgres server is installed")
    return initdb, server, _identity()


def _identity() -> dict[str, Any]:
    import pwd

    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        pytest.skip(f"run by root, and there is no user {SERVER_USER!r} to run a Postgres server")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _await_server(process: subprocess.Popen[Any], address: str, log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the Postgres server did not start: {log.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def new_database(server: str) -> str:
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server}/{name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
