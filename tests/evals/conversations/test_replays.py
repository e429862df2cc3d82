"""The path that failed in the paper: a fault of format ends in a valid plan, after two repairs at most."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.evals.conversations.dialogues.drive import Dialogue
from motion_agent.evals.conversations.scorers import SCORERS
from replays import FAULTS, TABLE_5, Replay


class Obliging(FakeBackend):
    """Makes something of whatever it is asked."""

    def interpret(self, description: str) -> Any:
        return super().interpret(f"walk {description}")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("model", TABLE_5)
def test_a_fault_of_the_paper_ends_in_a_valid_plan(model: str, fault: str, tmp_path: Path) -> None:
    config = AgentConfig(mode="prompted", output_folder=tmp_path)
    replay = Replay(parts=TABLE_5[model], fault=fault)
    agent = create_motion_agent(config, model=replay, backend=Obliging(), store=InMemoryStore())
    record = Dialogue(agent).say("Generate a motion that a person is doing exercise.") | {"stood": []}
    score = SCORERS["plan"](outputs=record, reference_outputs={"plan": True})
    assert score["score"], (score, record["error"], record["answer"])
    assert record["current"] in record["made"]
