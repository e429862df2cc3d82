"""Sessions as tests look at them."""

from __future__ import annotations

from motion_agent.agent_graph.conversations.directory import Threads
from motion_agent.agent_graph.conversations.session import Session


def threads_of(session: Session) -> Threads:
    """The list a named thread stands in."""
    assert session.threads is not None
    return session.threads
