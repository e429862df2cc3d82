"""Several processes behind one port: each has a motion model of its own, all have one memory.

Python code of one process runs on one core at a time, however many threads it has. So a machine with more
cores serves more requests with more processes. The system hands each connection to one of them (SO_REUSEPORT,
which Linux has). A conversation may be taken up by any: it is held for a turn by a lock that all of them see,
and what was said and made lies in the memory they share.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, NamedTuple

from starlette.types import ASGIApp

from ...motion_models.errors import MotionAgentError
from ..config import AgentConfig
from ..conversations.persistence import open_memory
from ..conversations.places import IN_PROCESS, SQLITE, memory_of
from ..errors import ConfigError, WorkerError
from .run import address_of, listening_on, run_app

#: Makes the app that a process serves.
MakingApp = Callable[[AgentConfig], ASGIApp]


class _Worker(NamedTuple):
    """A process, and what it tells: None once it serves, else one line on why it does not."""

    process: SpawnProcess
    told: Connection


def run_processes(making: MakingApp, config: AgentConfig, ready: Callable[[str], object]) -> None:
    """Serve with `config.serve.workers` processes until SIGTERM or Ctrl-C; requests then have their grace.

    making: a function of a module, which every process calls for an app of its own. ready: called with the
    address once all of them serve. Conversations that are to be kept nowhere are kept in a file that goes
    with the server. Raises ConfigError for an address that cannot be shared, StorageError where nothing can
    be kept, and WorkerError where a process cannot start or ends by itself: the others are then stopped too.
    """
    with _shared_memory(config) as memory, _ports(config) as ports:
        address = address_of(ports[0], config.serve)  # before they are handed on
        workers = _started(making, config.changed(memory=memory), ports)
        try:
            with _passing_on_sigterm(workers) as stopping:
                _watch(workers, stopping, lambda: ready(address))
        finally:
            _stop(workers)


@contextmanager
def _shared_memory(config: AgentConfig) -> Iterator[str]:
    """The memory of all, with its tables made, so that no two processes make them at once."""
    memory, folder = memory_of(config, keep=False), nullcontext("")
    if memory == IN_PROCESS:
        folder = tempfile.TemporaryDirectory(prefix="motion-agent-")
    with folder as place:
        memory = f"{SQLITE}{Path(place) / 'memory.sqlite'}" if place else memory
        with open_memory(memory):
            pass
        yield memory


@contextmanager
def _ports(config: AgentConfig) -> Iterator[list[socket.socket]]:
    """One socket a process, all on one address, which nobody else listens on yet."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise ConfigError("this system cannot share a port among processes: serve with workers = 1")
    options = config.serve
    with listening_on(options.host, options.port) as alone:
        port = alone.getsockname()[1]
    ports = [listening_on(options.host, port, shared=True) for _ in range(options.workers)]
    try:
        yield ports
    finally:
        for each in ports:
            each.close()


def _started(making: MakingApp, config: AgentConfig, ports: Sequence[socket.socket]) -> list[_Worker]:
    """The processes, which leave Ctrl-C to this one. Each takes over its socket, which is closed here."""
    context, workers = multiprocessing.get_context("spawn"), list[_Worker]()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for port in ports:
            told, telling = context.Pipe(duplex=False)
            given = (making, config, port, telling)
            process = context.Process(target=_serve, args=given, name="motion-agent-worker")
            process.start()
            telling.close()
            port.close()  # the process has it: kept open here, it would take connections that nobody serves
            workers.append(_Worker(process, told))
    except BaseException:
        _stop(workers)
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return workers


def _serve(making: MakingApp, config: AgentConfig, port: socket.socket, telling: Connection) -> None:
    """What each process does."""
    from ...motion_models.decoding.cpu_threads import allow_fewer_threads, share_cores

    threading.Thread(target=_end_with_parent, daemon=True).start()
    allow_fewer_threads(True)
    share_cores(config.serve.workers)
    try:
        run_app(making(config), config.serve, lambda _: telling.send(None), listening=port)
    except MotionAgentError as error:
        telling.send(str(error))
        raise SystemExit(1) from None


def _end_with_parent() -> None:
    """A process that started this one and was killed cannot stop it any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _passing_on_sigterm(workers: Sequence[_Worker]) -> Iterator[threading.Event]:
    """SIGTERM goes on to all of them; the event tells that it came."""
    came = threading.Event()

    def passed_on(*_: Any) -> None:
        came.set()
        for worker in workers:
            worker.process.terminate()

    before = signal.signal(signal.SIGTERM, passed_on)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, before)


def _watch(workers: Sequence[_Worker], stopping: threading.Event, ready: Callable[[], object]) -> None:
    """Until all have ended because they were told to. Raises WorkerError for one that ends otherwise."""
    loading = {worker.told for worker in workers}
    sentinels = {worker.process.sentinel: worker.process for worker in workers}
    while sentinels:
        for event in wait([*loading, *sentinels]):
            if isinstance(event, Connection):
                loading.discard(event)
                _require_served(event, stopping)
                if not (loading or stopping.is_set()):
                    ready()
            else:
                ended = sentinels.pop(event)  # pyright: ignore[reportArgumentType]
                ended.join()
                if not stopping.is_set():
                    raise WorkerError(
                        f"a process of the server ended with {ended.exitcode}, so the server was stopped"
                    )


def _require_served(told: Connection, stopping: threading.Event) -> None:
    """Raises WorkerError with what kept a process from serving."""
    try:
        problem = told.recv()
    except EOFError:  # it ended without a word: its sentinel tells with what
        problem = None
    if problem is not None and not stopping.is_set():
        raise WorkerError(problem)


def _stop(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        worker.process.join()
        worker.told.close()
