"""One conversation from a program's side."""

from __future__ import annotations

import pytest
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.tools.services import Services


def test_a_session_and_its_agent_stand_on_the_same_services(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Services] = []
    build = Services.__init__

    def noted(services: Services, *args: object, **options: object) -> None:
        made.append(services)
        build(services, *args, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Services, "__init__", noted)
    session = Session.start(AgentConfig(), FakeBackend())
    assert made == [session.services]
