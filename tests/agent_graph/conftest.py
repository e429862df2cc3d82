"""The agent over a fake backend and a scripted coordinator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend, Reply, ScriptedModel
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.state import serializer
from servers import server

__all__ = ["server"]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see neither a settings file nor variables of the machine they run on."""
    monkeypatch.chdir(tmp_path)
    for name in ("MOTION_AGENT_CONFIG", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    for name in AgentConfig.model_fields:
        monkeypatch.delenv(f"MOTION_AGENT_{name.upper()}", raising=False)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


class Talk:
    """One thread with a scripted coordinator."""

    def __init__(self, backend: FakeBackend, tmp_path: Path, *replies: Reply, **settings: Any) -> None:
        self.model = ScriptedModel(*replies)
        config = AgentConfig(output_folder=tmp_path / "out", input_folder=tmp_path, **settings)
        self.agent = create_motion_agent(
            config, model=self.model, backend=backend, checkpointer=InMemorySaver(serde=serializer())
        )
        self.settings: Any = {"configurable": {"thread_id": "t1"}}

    def say(self, text: str) -> dict[str, Any]:
        return self.agent.invoke({"messages": [("user", text)]}, self.settings)


@pytest.fixture
def talk(backend: FakeBackend, tmp_path: Path) -> Callable[..., Talk]:
    return lambda *replies, **settings: Talk(backend, tmp_path, *replies, **settings)
