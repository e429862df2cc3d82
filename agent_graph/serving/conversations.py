"""Threads over HTTP: say something, follow what happens, decide about a plan, look back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Body, Header, Request
from fastapi import Path as InPath
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response, StreamingResponse

from ...motion_models.errors import MotionAgentError
from ...tools.caption import allowed_input
from ..conversations.session import Session, Turn
from ..run_settings import RunSettings
from .answers import EVENT_STREAM, KEEP_ALIVE, Answer, motion, sse
from .answers import turn as as_answer
from .errors import NotFoundError, told
from .guards import Caller
from .house import Person
from .workers import GivenUpError, Tell, Workers, require_somebody

router = APIRouter(prefix="/v1/threads", tags=["conversations"])

#: What a thread may be called.
THREAD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
ThreadId = Annotated[
    str,
    InPath(pattern=f"^{THREAD_NAME.pattern}$", description="Any name; the first message makes the thread."),
]
Accept = Annotated[str, Header(description="text/event-stream: progress as it happens, then the answer.")]
#: What a turn is carried out by: `say` or `decide` of a session.
Turning = Callable[[Session, Callable[[str], object], Callable[[dict[str, Any]], object]], Turn]
STREAMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The turn, as JSON or as events: step, planned, generating, done, failed, "
        "then answer or error.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


class Said(BaseModel):
    """What a person says."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    file: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="An uploaded motion file to talk about."
    )


class Decision(BaseModel):
    """A word on a plan that waits: run it, run it changed, or leave it."""

    model_config = ConfigDict(extra="forbid")

    approved: bool = True
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""
    steps: list[dict[str, Any]] | None = Field(default=None, max_length=64, description="The plan, changed.")

    def word(self) -> Any:
        """As the graph's `approve` takes it."""
        if self.steps:
            return {"plan": {"steps": self.steps}}
        return {"approved": self.approved, "reason": self.reason}


@router.post("", status_code=201)
async def new_thread(person: Caller) -> dict[str, str]:
    """A name for a new conversation; it is kept from its first message on."""
    return {"thread": uuid4().hex}


@router.get("")
def list_threads(person: Caller) -> dict[str, Any]:
    """The conversations that are kept, the one used last at the end."""
    prefix = person.key("")
    records = [record.model_dump() for record in person.threads.all()]
    return {"threads": [record | {"name": record["name"].removeprefix(prefix)} for record in records]}


@router.get("/{thread}")
def show_thread(thread: ThreadId, person: Caller) -> dict[str, Any]:
    """What was said in a conversation, and its motions."""
    snapshot = person.agent.get_state(person.session(thread).settings)
    if not snapshot.values:
        raise NotFoundError(f"there is no thread {thread!r}")
    state = snapshot.values
    waiting = [interrupt.value for task in snapshot.tasks for interrupt in task.interrupts]
    return {
        "thread": thread,
        "messages": [shown for message in state.get("messages", []) if (shown := _shown(message))],
        "motions": [motion(ref) for ref in state.get("motions", {}).values()],
        "current": state.get("current"),
        "waiting": waiting[0] if waiting else None,
    }


@router.delete("/{thread}", status_code=204)
def delete_thread(thread: ThreadId, person: Caller) -> None:
    """Forget what was said in a conversation; its motions stay."""
    with person.turn_in(thread) as session, session.held():
        if not person.agent.get_state(session.settings).values:
            raise NotFoundError(f"there is no thread {thread!r}")
        person.threads.delete(person.key(thread))


@router.post("/{thread}/messages", responses=STREAMS)
async def say(
    request: Request, thread: ThreadId, said: Annotated[Said, Body()], person: Caller, accept: Accept = "*/*"
) -> Response:
    """Say something and have it carried out."""

    def turning(session: Session, on_step: Any, on_event: Any) -> Turn:
        if said.file is not None:
            session.open(allowed_input(person.services, said.file))
        return session.say(said.text, on_step, on_event)

    return await _carried_out(request, person, thread, turning, EVENT_STREAM in accept)


@router.post("/{thread}/decision", responses=STREAMS)
async def decide(
    request: Request,
    thread: ThreadId,
    word: Annotated[Decision, Body()],
    person: Caller,
    accept: Accept = "*/*",
) -> Response:
    """Decide about the plan that a conversation waits with."""

    def turning(session: Session, on_step: Any, on_event: Any) -> Turn:
        if not any(task.interrupts for task in person.agent.get_state(session.settings).tasks):
            raise NotFoundError(f"no plan waits in thread {thread!r}")
        return session.decide(word.word(), on_step, on_event)

    return await _carried_out(request, person, thread, turning, EVENT_STREAM in accept)


async def _carried_out(
    request: Request, person: Person, thread: str, turning: Turning, streams: bool
) -> Response:
    workers: Workers = request.app.state.workers
    work = partial(carried_out, person, thread, turning)
    if streams:
        workers.require_room(person.name)
        person.require_free(thread)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(workers, person, work), media_type=EVENT_STREAM, headers=headers)
    _, answer = await while_connected(request, workers.result(person.name, lambda: work(_unheard)))
    return Answer(answer)


def carried_out(
    person: Person, thread: str, turning: Turning, tell: Tell, run: RunSettings | None = None
) -> tuple[str, dict[str, Any]]:
    """A turn with everything that is told meanwhile; run: what it sets for itself."""
    with person.turn_in(thread, run) as session:
        done = turning(
            session,
            lambda node: tell("step", {"node": node}),
            lambda event: tell(event["event"], {k: v for k, v in event.items() if k != "event"}),
        )
    return "answer", as_answer(thread, done, [Path(file).name for file in done.files])


def _unheard(kind: str, data: dict[str, Any]) -> None:
    """Where nobody follows the progress, a look at whether anybody waits is left."""
    require_somebody()


async def _stream(
    workers: Workers, person: Person, work: Callable[[Tell], tuple[str, dict[str, Any]]]
) -> AsyncIterator[str]:
    """Events as they come; what goes wrong is the last one."""
    try:
        async for event in workers.events(person.name, work):
            yield KEEP_ALIVE if event is None else sse(*event)
    except MotionAgentError as error:
        yield sse("error", told(error))


async def while_connected(request: Request, answer: Any) -> Any:
    """An awaited answer; it is given up when the client hangs up, though its request was read to the end.

    Raises GivenUpError then.
    """
    work = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise GivenUpError("nobody waits for this any more")
        return await work
    finally:
        work.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


Role = Literal["user", "assistant"]


def _shown(message: AnyMessage) -> dict[str, str] | None:
    """A message that people read; what the coordinator and the tools told each other is left out."""
    if not isinstance(message, HumanMessage | AIMessage) or not message.text.strip():
        return None
    role: Role = "user" if isinstance(message, HumanMessage) else "assistant"
    return {"role": role, "text": message.text}
