"""A process that dies at one database operation of a turn, for real or as if; and what is left of its thread.

As a program, `python killing.py FOLDER`, it dies for real, by SIGKILL, at every point, and prints what was
left each time, one JSON line a point.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fakes import FakeBackend
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.session import Session
from sessions import threads_of

#: What is asked in turn, and how many motions each makes.
REQUESTS = (
    ("a person walks forward", 1),
    ("make it longer", 1),
    ("a person jumps and then sits down", 1),
    ("call it hop", 0),
    ("what is the person doing?", 0),
    ("two people face each other and wave", 3),
)
#: All that may be wrong after a process that died before it wrote anything down: nothing was said.
UNSAID = ("the request is lost",)
#: What a turn does to the database. A store does all it does by batches.
OPERATIONS = ((SqliteSaver, "put"), (SqliteSaver, "put_writes"), (SqliteStore, "batch"))


class Killed(BaseException):
    """Where the process would be dead."""


@dataclass(frozen=True)
class Left:
    """What is left of a thread after its turn was cut short and it was taken up again.

    resumed: whether a turn was finished. faults: what is wrong with the thread then.
    """

    resumed: bool
    requests: int
    motions: int
    faults: tuple[str, ...]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def dying(number: int, moment: str, kill: Callable[[], None] | None = None) -> Iterator[list[str]]:
    """The operation of that number, from 1, is the last: the process dies before or after it (0: none).

    kill: how; None raises `Killed`, then and at whatever is tried afterwards. Yields the names of operations.
    """
    done: list[str] = []
    dead = False

    def last_breath() -> None:
        nonlocal dead
        dead = True
        if kill is not None:
            kill()
        raise Killed

    def wrapped(cls: type, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any, **options: Any) -> Any:
            if dead:
                raise Killed
            done.append(f"{cls.__name__}.{name}")
            now = len(done) == number
            if now and moment == "before":
                last_breath()
            result = method(*args, **options)
            if now:
                last_breath()
            return result

        return operation

    originals = [(cls, name, getattr(cls, name)) for cls, name in OPERATIONS]
    for cls, name, method in originals:
        setattr(cls, name, wrapped(cls, name, method))
    try:
        yield done
    finally:
        for cls, name, method in originals:
            setattr(cls, name, method)


def opened(file: Path, thread: str = "t") -> Session:
    return Session.start(AgentConfig(memory=f"sqlite:{file}"), FakeBackend(), thread=thread)


def turn_of(file: Path, request: str, number: int, moment: str, kill: Any = None) -> list[str]:
    """One turn in a process that dies; the names of the operations it came to."""
    with opened(file) as session, dying(number, moment, kill) as done:
        try:
            session.say(request)
        except Killed:
            if kill is not None:
                raise
    return done


def resume_of(file: Path, number: int) -> list[str]:
    """A turn that was cut short is finished by a process that dies after that operation; those it came to."""
    with opened(file) as session, dying(number, "after") as done, suppress(Killed):
        session.resume()
    return done


def taken_up(file: Path, request: str) -> Left:
    """What the next process finds: it takes the thread up and goes on."""
    with opened(file) as session:
        resumed = session.resume() is not None
        state = session.agent.get_state(session.settings).values
        messages = state.get("messages", [])
        asked = [message.text for message in messages if isinstance(message, HumanMessage)]
        kept = session.services.memory.recent("local", limit=1000)
        faults = [*unanswered_calls(messages)]
        if request not in asked:
            faults.append("the request is lost")
        if messages and not isinstance(messages[-1], AIMessage):
            faults.append("no answer at the end")
        known, held = set(state.get("motions", {})), {clip.id for clip in kept}
        shown = {member.motion_id for clip in kept if clip.id in known for member in clip.members}
        if not known <= held:
            faults.append("the thread knows motions that the memory does not hold")
        if not held <= known | shown:
            faults.append("the memory holds motions that the thread does not know")
        if [record.turns for record in threads_of(session).all()] != [len(asked)][: len(messages)]:
            faults.append("the list counts other turns than the thread holds")
        if not session.say("a person jumps").new:
            faults.append("the next turn makes nothing")
        return Left(resumed, len(asked), len(kept), tuple(faults))


def unanswered_calls(messages: list[BaseMessage]) -> Iterator[str]:
    """Every call nobody answered before somebody else spoke."""
    waiting: set[str] = set()
    for message in messages:
        if isinstance(message, ToolMessage):
            waiting.discard(message.tool_call_id)
            continue
        yield from (f"call {call} is not answered" for call in waiting)
        waiting = {call["id"] or "" for call in getattr(message, "tool_calls", [])}
    yield from (f"call {call} is not answered" for call in waiting)


def before_request(folder: Path, index: int) -> Path:
    """A database in which the requests before this one have been answered."""
    file = folder / f"before_{index}.sqlite"
    with opened(file) as session:
        for request, _ in REQUESTS[:index]:
            session.say(request)
    return file


def copy_of(file: Path, copy: Path) -> Path:
    """A copy of a closed database, with nothing left of an earlier copy of that name."""
    for end in ("-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    shutil.copyfile(file, copy)
    return copy


def points(folder: Path, index: int) -> Iterator[tuple[Path, int, str, str]]:
    """Where to die in a request: a fresh database, the operation's number and name, the moment."""
    start = before_request(folder, index)
    work = folder / f"work_{index}.sqlite"
    done = turn_of(copy_of(start, work), REQUESTS[index][0], 0, "")
    for number, name in enumerate(done, 1):
        for moment in ("before", "after"):
            yield copy_of(start, work), number, name, moment


def in_child(work: Callable[[], Any]) -> Any:
    """What a forked process comes to, None when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def main(folder: Path) -> None:
    for index, (request, _) in enumerate(REQUESTS):
        start, work = folder / f"before_{index}.sqlite", folder / "work.sqlite"
        in_child(lambda index=index: str(before_request(folder, index)))
        done = in_child(partial(turn_of, copy_of(start, work), request, 0, ""))
        for number, name in enumerate(done, 1):
            for moment in ("before", "after"):
                lived = in_child(partial(turn_of, copy_of(start, work), request, number, moment, die))
                left = in_child(partial(left_in, work, request))
                point = {"request": index, "number": number, "name": name, "moment": moment}
                print(json.dumps(point | {"lived": lived is not None} | left), flush=True)


def left_in(file: Path, request: str) -> dict[str, Any]:
    return asdict(taken_up(file, request))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
