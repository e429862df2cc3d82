"""A local coordinator of random weights: whatever it wants to say, its plans are valid."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from fakes import FakeBackend
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests
from motion_agent.agent_graph import AgentConfig, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.coordinators.offline import OfflineCoordinator
from motion_agent.agent_graph.coordinators.transformers_chat import LocalCoordinator, motions_told
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.tools import create_motion_tools
from tiny_llm import save_backbone, tiny_backbone, tiny_tokenizer
from transformers import LlamaConfig, LlamaForCausalLM


class Obliging(FakeBackend):
    def interpret(self, description: str) -> Interpretation:
        return Interpretation(text=description, action="walk")


def wild(seed: int = 0, **fields: Any) -> LocalCoordinator:
    """Random weights, drawn from at random, with room for long replies."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tiny_tokenizer()),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=12_000,
        )
    )
    return LocalCoordinator(model, tiny_tokenizer(), temperature=1.0, seed=seed, **fields)


@pytest.mark.parametrize("known", [(), ("mbcdf", "m2345")], ids=["no motions", "motions"])
def test_every_plan_of_random_weights_is_valid(known):
    tools = create_motion_tools(Obliging())
    thread: list[Any] = [HumanMessage("move")]
    for number, motion in enumerate(known):
        call = {"name": "generate_motion", "args": {}, "id": str(number)}
        told = ToolMessage(f'{{"motion_id": "{motion}"}}', tool_call_id=str(number))
        thread += [AIMessage("", tool_calls=[call]), told]
    plans = answers = 0
    for seed in range(12):
        reply = wild(seed).bind_tools(tools).invoke(thread)
        assert reply.invalid_tool_calls == []
        if reply.tool_calls:
            read_plan(reply, set(known).__contains__, known, Limits())  # raises where it is not valid
            plans += 1
        else:
            assert reply.text.strip()
            answers += 1
    assert plans >= 3


def test_a_turn_with_a_local_coordinator_ends_with_motion_or_an_answer():
    agent = create_motion_agent(AgentConfig(), model=wild(3), backend=Obliging())
    state = agent.invoke({"messages": [("user", "walk")]})
    assert state["messages"][-1].text
    assert all("plan has a fault" not in message.text for message in state["messages"])


def test_a_folder_is_a_coordinator(tmp_path):
    from motion_agent.agent_graph.coordinators.create import make_coordinator

    save_backbone(tmp_path / "model", "llama")
    assert isinstance(
        make_coordinator(AgentConfig(coordinator=f"local:{tmp_path / 'model'}"), []), LocalCoordinator
    )
    with pytest.raises(CoordinatorError, match="no local coordinator at"):
        make_coordinator(AgentConfig(coordinator=f"local:{tmp_path / 'none'}"), [])


def test_motions_are_those_results_tell_of():
    told = [ToolMessage('{"motion_id": "m1"}', tool_call_id="1"), ToolMessage("no JSON", tool_call_id="2")]
    assert motions_told([HumanMessage("m9"), *told]) == ["m1"]


class _NoTools:
    """Neither model is for tools of all kinds: they know those of motion, which the graph binds."""

    has_tool_calling = False
    has_tool_choice = False
    has_structured_output = False
    supports_json_mode = False


class TestOfflineUnit(_NoTools, ChatModelUnitTests):
    chat_model_class = OfflineCoordinator  # type: ignore[assignment]
    chat_model_params = {"repertoire": ["walk", "jump"]}  # type: ignore[assignment]  # noqa: RUF012


class TestOfflineIntegration(_NoTools, ChatModelIntegrationTests):
    chat_model_class = OfflineCoordinator  # type: ignore[assignment]
    chat_model_params = {"repertoire": ["walk", "jump"]}  # type: ignore[assignment]  # noqa: RUF012


class TestLocalUnit(_NoTools, ChatModelUnitTests):
    chat_model_class = LocalCoordinator  # type: ignore[assignment]

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": tiny_backbone("llama"), "tokenizer": tiny_tokenizer()}
