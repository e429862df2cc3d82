"""A Postgres server that is restarted, goes away, or has no connection left."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations import persistence
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.tools.errors import StorageError
from places import Server, new_database, postgres_running


class Interrupted(FakeBackend):
    """A backend in the middle of whose work something happens, once."""

    def __init__(self, event: Callable[[], object]) -> None:
        super().__init__()
        self.event: Callable[[], object] | None = event

    def generate(self, *args: Any, **options: Any) -> Any:
        event, self.event = self.event, None
        if event is not None:
            event()
        return super().generate(*args, **options)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(persistence, "PATIENCE", 3)
    with postgres_running() as running:
        yield running


def test_a_server_restarted_during_a_turn_is_told_and_the_turn_finished_later(server):
    def restart() -> None:
        server.stop()
        server.start()

    config = AgentConfig(memory=new_database(server.address))
    with Session.start(config, Interrupted(restart), thread="t") as session:
        try:
            assert len(session.say("a person walks forward").new) == 1
        except StorageError:
            turn = session.resume()
            assert turn is not None and len(turn.new) == 1
        restart()  # and between two turns nobody notices
        assert len(session.say("make it longer").new) == 1
        assert len(session.motions()) == 2


def test_a_server_that_goes_away_is_told_and_the_turn_finished_when_it_is_back(server):
    config = AgentConfig(memory=new_database(server.address))
    gone = Interrupted(lambda: server.stop(signal.SIGQUIT))
    with Session.start(config, gone, thread="t") as session:
        with pytest.raises(StorageError, match="cannot be kept in postgresql://tester@127"):
            session.say("a person walks forward")
        with pytest.raises(StorageError):
            session.say("a person jumps")
    server.start()
    with Session.start(config, FakeBackend(), thread="t") as session:
        turn = session.resume()
        assert turn is not None and len(turn.new) == 1
        assert [m.text for m in turn_messages(session) if m.type == "human"] == ["a person walks forward"]


def turn_messages(session: Session) -> list[Any]:
    return session.agent.get_state(session.settings).values["messages"]
