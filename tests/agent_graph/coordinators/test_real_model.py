"""A real language model of 135 million parameters drives the agent, without a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from langgraph.checkpoint.memory import InMemorySaver
from language_models import smallest
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.state import serializer
from real_requests import KNOWN, Outcome, try_all


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[tuple[Outcome, float]]]:
    """What became of every request, with the seconds of the processor it took."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    config = AgentConfig(coordinator=f"local:{smallest()}", seed=1)
    agent: Any = create_motion_agent(config, checkpointer=InMemorySaver(serde=serializer()))
    found, began = [], time.process_time()
    for outcome in try_all(agent, KNOWN):
        found.append((outcome, time.process_time() - began))
        began = time.process_time()
    yield found
    torch.set_num_threads(threads)


@pytest.mark.timeout(900)
def test_first_plans_of_a_real_model_are_valid_and_fit(outcomes):
    """Measured: 14 of 14 valid, 10 of 15 fit."""
    made = [outcome for outcome, _ in outcomes]
    assert [o.request.text for o in made if not o.valid and not o.request.talk] == []
    assert all(not o.calls and o.said for o in made if o.request.talk)
    assert sum(o.fits for o in made) >= 10, [(o.request.text, o.calls) for o in made if not o.fits]


def test_a_first_request_is_answered_soon(outcomes):
    """Processor seconds of one thread, motion included; measured: 7."""
    assert outcomes[0][1] < 15


def test_the_prompt_is_small_and_read_once(outcomes):
    """Example turns included."""
    assert max(outcome.input_tokens for outcome, _ in outcomes) < 1300
    assert sum(seconds for _, seconds in outcomes[1:]) / len(outcomes[1:]) < outcomes[0][1]
