"""Settings of a run reach the agent wherever it is called, and those of others do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, AnyMessage
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, ConfigError, create_motion_agent
from motion_agent.agent_graph.run_settings import RunSettings
from pydantic import BaseModel

ASK: Any = {"messages": [("user", "hi")]}
SETTINGS = [{"seed": 7}, {"motion_agent": {"seed": 7}}, {"tenant": "acme", "motion_agent": {"seed": 7}}]


class Outer(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]


def graph_of(node: Any, context: Any = None) -> Any:
    """A graph of one node, whose runs have a context of this type."""
    graph = StateGraph(Outer, context_schema=context)
    graph.add_node("work", node)
    graph.add_edge(START, "work")
    return graph.compile()


class Animator:
    """An agent that walks, and what its motions were made of."""

    def __init__(self) -> None:
        walk = plan(call("generate_motion", "w", description="a person walks"))
        model = ScriptedModel(walk, AIMessage("Done."))
        self.store = InMemoryStore()
        self.agent = create_motion_agent(AgentConfig(), model=model, backend=FakeBackend(), store=self.store)

    @property
    def seed(self) -> int:
        [clip] = self.store.search(("motion_agent", "local", "clips"))
        return clip.value["seed"]


@pytest.fixture
def animator() -> Animator:
    return Animator()


@pytest.mark.parametrize("context", SETTINGS)
@pytest.mark.parametrize("outer", [None, {"tenant": "acme", "seed": "of another kind"}])
def test_an_agent_called_in_a_node_takes_the_settings_of_the_call(
    animator: Animator, context: Any, outer: Any
) -> None:
    def work(state: Outer) -> dict[str, Any]:
        return {"messages": animator.agent.invoke(ASK, context=context)["messages"]}

    graph_of(work, dict).invoke({"messages": []}, context=outer)
    assert animator.seed == 7


def test_an_agent_called_in_a_tool_takes_the_settings_of_the_call(animator: Animator) -> None:
    @tool
    def animate(request: str) -> str:
        """Make a motion."""
        return animator.agent.invoke(ASK, context={"seed": 7})["messages"][-1].text

    asks = AIMessage("", tool_calls=[{"name": "animate", "args": {"request": "walk"}, "id": "a"}])
    create_agent(ScriptedModel(asks, AIMessage("Ready.")), [animate]).invoke(ASK)
    assert animator.seed == 7


def test_a_wrong_setting_of_a_call_in_a_node_is_told(animator: Animator) -> None:
    def work(state: Outer) -> dict[str, Any]:
        context: Any = {"temprature": 0.5}
        return {"messages": animator.agent.invoke(ASK, context=context)["messages"]}

    with pytest.raises(ConfigError, match="did you mean temperature"):
        graph_of(work).invoke({"messages": []})


def test_an_agent_called_in_a_node_leaves_the_context_of_that_graph_alone(animator: Animator) -> None:
    def work(state: Outer) -> dict[str, Any]:
        return {"messages": animator.agent.invoke(ASK)["messages"]}

    graph_of(work, dict).invoke({"messages": []}, context={"seed": 7})
    assert animator.seed != 7


class OwnModel(BaseModel):
    seed: int | None = None
    mode: str | None = None


class SharedModel(BaseModel):
    tenant: str = "acme"
    seed: str = "of another kind"
    motion_agent: OwnModel = OwnModel(seed=7)


class SharedModelOfDict(BaseModel):
    motion_agent: RunSettings = RunSettings(seed=7)


@dataclass
class OwnData:
    seed: int = 7


@dataclass
class SharedData:
    tenant: str = "acme"
    motion_agent: OwnData = field(default_factory=OwnData)


@pytest.mark.parametrize("context", [SharedModel(), SharedModelOfDict(), SharedData()])
@pytest.mark.parametrize("direct", [True, False])
def test_our_key_may_hold_settings_of_any_type(animator: Animator, context: Any, direct: bool) -> None:
    if direct:
        animator.agent.invoke(ASK, context=context)
    else:
        graph_of(animator.agent, type(context)).invoke(ASK, context=context)
    assert animator.seed == 7
