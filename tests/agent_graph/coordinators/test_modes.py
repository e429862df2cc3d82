"""Modes, fallbacks and settings of single runs, over HTTP against a server on loopback."""

from __future__ import annotations

import json

import pytest
from chat_server import Reply, answers, calls, chat_server
from langchain_core.language_models import FakeListChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, ConfigError, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.coordinators.create import RunSettings
from motion_agent.agent_graph.coordinators.plan_schema import plan_schema, reply_schema
from motion_agent.agent_graph.coordinators.talk import NEAR
from motion_agent.agent_graph.prompts import EXAMPLES
from motion_agent.agent_graph.state import Turn
from motion_agent.tools.toolbox import TOOLS

ARGUMENTS = {"description": "a person walks", "seconds": 2}
PLAN = json.dumps({"steps": [{"tool": "generate_motion", "arguments": ARGUMENTS}]})
SETTINGS: RunnableConfig = {"configurable": {"thread_id": "t"}}
ASK: Turn = {"messages": [("user", "walk for two seconds")]}


def config(url: str, **settings: object) -> AgentConfig:
    values = {"coordinator": "openai:local", "base_url": url, "max_retries": 0, "timeout": 5}
    return AgentConfig.model_validate(values | settings)


@pytest.mark.parametrize("mode", ["prompted", "json_schema"])
def test_a_turn_without_tool_calls(backend, mode):
    with chat_server(answers(f"Here: {PLAN}"), answers("Done.")) as server:
        agent = create_motion_agent(
            config(server.url, mode=mode), backend=backend, checkpointer=InMemorySaver()
        )
        state = agent.invoke(ASK, SETTINGS)
        assert state["motions"][state["current"]].seconds == 2.0
        assert state["messages"][-1].text == "Done."
        agent.invoke({"messages": [("user", "thanks")]}, SETTINGS)
    assert all("tools" not in request for request in server.requests)
    assert all(("response_format" in request) == (mode == "json_schema") for request in server.requests)
    told = [request["messages"] for request in server.requests]
    shown = 1 + 2 * len(EXAMPLES)
    assert all([m["role"] for m in messages[:3]] == ["system", "user", "assistant"] for messages in told)
    near = shown + 2 * NEAR
    assert [m["role"] for m in told[1][near:]] == ["user", "assistant", "user"]
    assert [m["role"] for m in told[2][near:]] == ["user", "assistant", "user", "assistant", "user"]
    assert told[0][:shown] == told[2][:shown]  # a server's cache holds it
    assert json.loads(told[1][near + 1]["content"]) == json.loads(PLAN)
    assert told[2][shown]["content"] == told[1][near]["content"]  # earlier turns stand before the near ones
    assert state["current"] in told[1][-1]["content"] and state["current"] in told[2][-1]["content"]


def test_a_cut_off_plan_is_repaired_by_its_model(backend):
    with chat_server(answers(PLAN[:50]), answers(PLAN), answers("Done.")) as server:
        agent = create_motion_agent(config(server.url, mode="prompted"), backend=backend)
        state = agent.invoke(ASK)
    assert len(state["motions"]) == 1
    assert "ends in the middle" in server.requests[1]["messages"][-1]["content"]


def test_auto_prompts_a_model_that_calls_no_tools(backend):
    model = FakeListChatModel(responses=[PLAN, "Done."])
    state = create_motion_agent(AgentConfig(), model=model, backend=backend).invoke(ASK)
    assert len(state["motions"]) == 1
    with pytest.raises(CoordinatorError, match="cannot call tools"):
        create_motion_agent(AgentConfig(mode="tools"), model=model, backend=backend)


def test_schemas_name_every_tool_and_all_they_refer_to():
    tools = {name: spec.arguments for name, spec in TOOLS.items()}
    for schema in (plan_schema(tools), reply_schema(tools)):
        steps = schema["properties"]["steps"]["items"]["anyOf"]
        assert [step["properties"]["tool"]["const"] for step in steps] == list(TOOLS)
        text = json.dumps(schema)
        for name in {part.split('"')[0] for part in text.split("#/$defs/")[1:]}:
            assert name in schema["$defs"]


def test_a_fallback_answers_when_the_first_cannot(backend):
    step = calls(("c1", "generate_motion", json.dumps(ARGUMENTS)))
    with chat_server(Reply({}, status=500)) as broken, chat_server(step, answers("Done.")) as spare:
        settings = config(broken.url, fallbacks=[f"openai:spare@{spare.url}"], api_key="secret")
        state = create_motion_agent(settings, backend=backend).invoke(ASK)
    assert len(state["motions"]) == 1 and len(broken.requests) == 2
    assert all("secret" not in (key or "") for key in spare.keys)


def test_a_run_may_choose_an_offered_coordinator_and_a_seed(backend):
    step = calls(("c1", "generate_motion", json.dumps(ARGUMENTS)))
    with chat_server(step, answers("Done.")) as server:
        store = InMemoryStore()
        offered = AgentConfig(seed=1, run_coordinators=(f"openai:local@{server.url}",))
        agent = create_motion_agent(offered, backend=backend, store=store)
        context: RunSettings = {"coordinator": "openai:local", "seed": 7}
        there = agent.invoke(ASK, context=context)
    here = agent.invoke({"messages": [("user", "a person walks for 2 seconds")]})
    assert len(server.requests) == 2 and len(there["motions"]) == len(here["motions"]) == 1
    kept = {item.key: item.value for item in store.search(("motion_agent",), limit=100)}
    assert [kept[state["current"]]["seed"] for state in (there, here)] == [7, 1]


def test_a_key_does_not_follow_to_another_service(backend):
    with chat_server(answers("one")) as first, chat_server(answers("two")) as second:
        offered = config(first.url, api_key="secret", run_coordinators=(f"openai:other@{second.url}",))
        agent = create_motion_agent(offered, backend=backend)
        agent.invoke(ASK, context={"coordinator": "openai:other"})
        agent.invoke(ASK)
    assert "secret" in (first.keys[0] or "") and "secret" not in (second.keys[0] or "")


@pytest.mark.parametrize(
    "context", [{"motion_agent": {"colour": "red"}}, {"temperature": 9}, {"coordinator": ""}]
)
def test_wrong_settings_of_a_run_are_refused(backend, context):
    with pytest.raises(ConfigError):
        create_motion_agent(AgentConfig(), backend=backend).invoke(ASK, context=context)


def test_a_turn_tells_what_it_cost(backend):
    step = calls(("c1", "generate_motion", json.dumps(ARGUMENTS)))
    with chat_server(step, answers("Done.")) as server:
        session = Session.start(config(server.url, input_price=2.0, output_price=10.0), backend)
        usage = session.say("walk").usage
    assert (usage.input_tokens, usage.output_tokens) == (2, 2)
    assert usage.cost == pytest.approx((2 * 2.0 + 2 * 10.0) / 1e6)


def test_azure_is_a_coordinator(backend):
    from motion_agent.agent_graph.coordinators.create import make_coordinator

    settings = AgentConfig(
        coordinator="azure_openai:motions",
        base_url="https://example.invalid",
        api_version="2024-10-21",
        api_key="secret",  # pyright: ignore[reportArgumentType]
    )
    model = make_coordinator(settings, [])
    assert type(model).__name__ == "AzureChatOpenAI"
    assert model.deployment_name == "motions"  # pyright: ignore[reportAttributeAccessIssue]
    assert "secret" not in repr(model) + repr(settings)
