"""The real command line in processes that can be killed, forked from one that has imported it already.

Starting Python and importing what the command needs takes seconds, which sixty starts need not pay. What runs
in a fork is `motion-agent` itself, over a backend that needs no weights and takes its time.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO


class Nursery:
    """The process that the commands are forked from; a context manager."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        command = [sys.executable, __file__, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=os.environ | {"PYTHONPATH": paths}
            )

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *raised: object) -> None:
        self._socket.close()
        self._process.wait(60)

    def start(self, *arguments: str, environment: dict[str, str]) -> Chat:
        """Run `motion-agent` with these arguments."""
        (typed, to), (back, told) = os.pipe(), os.pipe()
        asked = json.dumps([arguments, environment]).encode()
        socket.send_fds(self._socket, [asked], [typed, told])
        os.close(typed)
        os.close(told)
        pid = int(self._socket.recv(32))
        return Chat(pid, os.fdopen(to, "w"), os.fdopen(back))


class Chat:
    """One command that runs: what is typed, and what it tells."""

    def __init__(self, pid: int, typed: TextIO, told: TextIO) -> None:
        self.pid, self.typed, self.told = pid, typed, told

    def kill(self) -> str:
        """kill -9; what it had still to say."""
        os.kill(self.pid, signal.SIGKILL)
        with self.told, self.typed:
            return self.told.read()


def main(place: int) -> None:
    """Fork a command whenever one is asked for, until nobody asks any more."""
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=place) as asking:
        while True:
            asked, files, *_rest = socket.recv_fds(asking, 65536, 2)
            if not asked:
                return
            pid = os.fork()
            if pid == 0:
                asking.close()
                _run(*json.loads(asked), *files)
            asking.send(str(pid).encode())
            for file in files:
                os.close(file)


def _import_everything() -> None:
    """What a chat needs: one turn of a conversation shows it."""
    for name in (
        "langgraph.checkpoint.sqlite",
        "langgraph.store.sqlite",
        "motion_agent.agent_graph.cli.commands",
    ):
        import_module(name)
    from fakes import FakeBackend
    from motion_agent.agent_graph import AgentConfig
    from motion_agent.agent_graph.conversations.session import Session

    with Session.start(AgentConfig(memory="memory"), FakeBackend()) as session:
        session.say("a person walks")


def _run(arguments: list[str], environment: dict[str, str], typed: int, told: int) -> None:
    import motion_agent.motion_models as models
    from fakes import FakeBackend
    from motion_agent.agent_graph.cli import main as command

    class Slow(FakeBackend):
        def generate(self, *args: Any, **options: Any) -> Any:
            time.sleep(0.02)
            return super().generate(*args, **options)

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate((typed, told, told)):
        os.dup2(file, number)
    os.closerange(3, 64)
    os.environ.update(environment)
    models.load_backend = lambda *_, **__: Slow()  # pyright: ignore[reportAttributeAccessIssue]
    sys.argv = ["motion-agent", *arguments]
    try:
        command()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
