"""AG-UI: the protocol by which chat pages built with CopilotKit and its like talk to an agent.

The client's copy of the state, and where in the graph it would like to go on, are not taken over: state is
the server's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from threading import Event
from typing import Any

from ag_ui.core import EventType, RunAgentInput, RunErrorEvent
from ag_ui.encoder import EventEncoder
from ag_ui_langgraph import LangGraphAgent
from fastapi import APIRouter, Request
from langchain_core.messages import BaseMessage, HumanMessage
from starlette.responses import StreamingResponse

from ...motion_models.decoding.given_up import GIVEN_UP
from ...motion_models.errors import InvalidRequestError, MotionAgentError
from .conversations import THREAD_NAME
from .errors import told
from .guards import Caller
from .house import Person
from .workers import Workers

router = APIRouter(tags=["AG-UI"])

#: What a run ends with; it is told when the next one may begin.
LAST = (EventType.RUN_FINISHED, EventType.RUN_ERROR)

_log = logging.getLogger(__name__)


@router.post("/ag-ui")
async def ag_ui(request: Request, given: RunAgentInput, person: Caller) -> StreamingResponse:
    """One run of the agent, as AG-UI events."""
    if not THREAD_NAME.fullmatch(given.thread_id):
        raise InvalidRequestError(f"{given.thread_id!r:.80} is no name for a thread")
    encoder = EventEncoder(accept=request.headers.get("accept") or "")
    workers: Workers = request.app.state.workers
    workers.require_room(person.name)
    person.require_free(given.thread_id)
    return StreamingResponse(_encoded(encoder, workers, person, given), media_type=encoder.get_content_type())


async def _encoded(
    encoder: EventEncoder, workers: Workers, person: Person, given: RunAgentInput
) -> AsyncIterator[Any]:
    """The events of a run as they come; what goes wrong is the last one."""
    try:
        async for event in _events(workers, person, given):
            yield encoder.encode(event)
    except Exception as error:
        if not isinstance(error, MotionAgentError):
            _log.exception("an AG-UI run failed")
        told_error = told(error)
        yield encoder.encode(
            RunErrorEvent(type=EventType.RUN_ERROR, message=told_error["message"], code=told_error["code"])
        )


async def _events(workers: Workers, person: Person, given: RunAgentInput) -> AsyncIterator[Any]:
    thread, signal = given.thread_id, Event()
    settings = person.settings(thread)
    graph: Any = person.agent  # which has a context of its own
    agent = LangGraphAgent(name="motion_agent", graph=graph, config=settings, emit_raw_events=False)
    run, last = agent.run(_allowed(given, person.key(thread))), []
    with workers.place(person.name), person.turn_in(thread) as session, session.held():
        GIVEN_UP.set(signal)
        try:
            async with asyncio.timeout(workers.options.time_limit):
                async for event in run:
                    if event.type in LAST:
                        last.append(_renamed(event, thread))
                    else:
                        yield _renamed(event, thread)
        finally:
            signal.set()
            await run.aclose()
        await asyncio.to_thread(_listed, person, thread)
    for event in last:
        yield event


def _allowed(given: RunAgentInput, key: str) -> RunAgentInput:
    """What a client may set: its messages, and its word on a plan that waits."""
    props = given.forwarded_props if isinstance(given.forwarded_props, dict) else {}
    command = props.get("command") if isinstance(props.get("command"), dict) else None
    resume = {} if command is None or "resume" not in command else {"command": {"resume": command["resume"]}}
    nothing: dict[str, Any] = {"state": {}, "tools": [], "context": [], "forwarded_props": resume}
    return given.model_copy(update=nothing | {"thread_id": key})


def _renamed(event: Any, thread: str) -> Any:
    """An event under the name the client knows the thread by."""
    return event.model_copy(update={"thread_id": thread}) if hasattr(event, "thread_id") else event


def _listed(person: Person, thread: str) -> None:
    """Count the turn in the list of conversations."""
    state = person.agent.get_state(person.session(thread).settings).values
    requests: list[BaseMessage] = [
        message for message in state.get("messages", []) if isinstance(message, HumanMessage)
    ]
    person.threads.answered(person.key(thread), requests)
