"""Whether anybody still waits for what is being made: a signal that travels with the context of a call.

A program whose callers may go away (a server) sets an event in the context in which it works for one; whoever
would wait long for a result looks at it. It passes through LangGraph's and LangChain's threads, which run
their work in copies of the context.
"""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event

#: Set once nobody waits any more; None where callers stay until the end.
GIVEN_UP: ContextVar[Event | None] = ContextVar("given_up", default=None)


def given_up() -> bool:
    """Whether whoever asked for the work that is being done has gone away."""
    event = GIVEN_UP.get()
    return event is not None and event.is_set()
