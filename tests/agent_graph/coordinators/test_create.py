"""Coordinators from configuration, and a real one over HTTP: ChatOpenAI against a server on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chat_server import Reply, answers, calls, chat_server, streamed
from fakes import ScriptedModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import (
    AgentConfig,
    ConfigError,
    CoordinatorError,
    PlanError,
    create_motion_agent,
)
from motion_agent.agent_graph.coordinators.create import NO_KEY, REMEMBERED, Coordinators, make_coordinator
from motion_agent.agent_graph.coordinators.offline import OfflineCoordinator
from motion_agent.agent_graph.run_settings import RunSettings
from motion_agent.motion_models.errors import BackendError
from motion_agent.tools import create_motion_tools
from motion_agent.tools.errors import StorageError
from motion_agent.tools.toolbox import TOOLS

WALK = json.dumps({"description": "a person walks", "seconds": 2})
SETTINGS: RunnableConfig = {"configurable": {"thread_id": "t"}}


def local(url: str, **settings: object) -> AgentConfig:
    values = {"coordinator": "openai:local", "base_url": url, "max_retries": 0, "timeout": 5}
    return AgentConfig.model_validate(values | settings)


def talk(server, backend, **settings):
    agent = create_motion_agent(local(server.url, **settings), backend=backend, checkpointer=InMemorySaver())
    return lambda text: agent.invoke({"messages": [("user", text)]}, SETTINGS)


def test_a_turn_over_http(backend):
    with chat_server(calls(("c1", "generate_motion", WALK)), answers("Here you are.")) as server:
        state = talk(server, backend)("walk for two seconds")
    assert state["motions"][state["current"]].seconds == 2.0
    assert state["messages"][-1].text == "Here you are."
    first, second = server.requests
    assert [tool["function"]["name"] for tool in first["tools"]] == list(TOOLS)
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "tool"]
    assert json.loads(second["messages"][-1]["content"])["motion_id"] == state["current"]


def test_parallel_calls_and_references(backend):
    steps = calls(
        ("c1", "generate_motion", WALK),
        ("c2", "compose_sequence", json.dumps({"segments": [{"motion_id": "$1", "repeat": 2}]})),
    )
    with chat_server(steps, answers("Done.")) as server:
        state = talk(server, backend)("walk twice")
    assert state["motions"][state["current"]].seconds == 4.0


def test_broken_json_is_repaired(backend):
    broken = calls(("c1", "generate_motion", '{"description": "a per'))
    with chat_server(broken, calls(("c2", "generate_motion", WALK)), answers("Done.")) as server:
        state = talk(server, backend)("walk")
    assert len(state["motions"]) == 1
    told = server.requests[1]["messages"][-1]
    assert (told["role"], told["tool_call_id"]) == ("tool", "c1")
    assert "not valid JSON" in told["content"]


def test_a_server_error_is_retried(backend):
    busy = Reply({"error": {"message": "busy"}}, status=429)
    with chat_server(busy, answers("Hello.")) as server:
        state = talk(server, backend, max_retries=1)("hi")
    assert state["messages"][-1].text == "Hello."


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply({"error": {"message": "kaputt"}}, status=500), "500.*kaputt"),
        (Reply({"error": {"message": "no such model"}}, status=404), "404.*no such model"),
        (Reply("junk"), "failed"),
        (Reply({"choices": []}), "failed"),
        (Reply(drop=True), "Connection"),
        (answers("too late"), "Timeout"),
    ],
)
def test_a_failing_server_is_one_typed_error(backend, reply, reason):
    timeout = 0.3 if reason == "Timeout" else 5
    reply.delay = 1.0 if reason == "Timeout" else 0.0
    with chat_server(reply, answers("Back again.")) as server:
        say = talk(server, backend, timeout=timeout)
        with pytest.raises(CoordinatorError, match=reason) as caught:
            say("walk")
        assert "\n" not in str(caught.value)
        assert say("hello?")["messages"][-1].text == "Back again."


def test_nobody_listening_is_one_typed_error(backend):
    with chat_server(answers("hi")) as server:
        pass
    with pytest.raises(CoordinatorError, match=r"127\.0\.0\.1.*Connection"):
        talk(server, backend)("walk")


def test_a_failed_tool_reaches_the_model_as_an_error(backend):
    unknown = calls(("c1", "generate_motion", json.dumps({"description": "a person flibbers"})))
    with chat_server(unknown, answers("I do not know flibbering.")) as server:
        state = talk(server, backend)("flibber")
    [message] = [message for message in state["messages"] if isinstance(message, ToolMessage)]
    assert message.status == "error"
    assert "no known action" in server.requests[1]["messages"][-1]["content"]


def test_a_key_of_the_environment_stays_at_home(backend, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private")
    with chat_server(answers("hi")) as server:
        talk(server, backend)("hi")
        talk(server, backend, api_key="given")("hi")
    assert server.keys == [f"Bearer {NO_KEY}", "Bearer given"]


def test_a_key_a_server_quotes_is_not_repeated(backend):
    refusal = Reply({"error": {"message": "wrong key: sk-private-key"}}, status=401)
    with chat_server(refusal) as server, pytest.raises(CoordinatorError, match=r"wrong key: \*\*\*"):
        talk(server, backend, api_key="sk-private-key")("hi")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"coordinator": "gpt-please"}, "gpt-please"),
        ({"coordinator": "nowhere:model"}, "nowhere"),
        ({"coordinator": "openai:gpt-4.1"}, "OPENAI_API_KEY|api_key"),
        ({"coordinator": "mistralai:x"}, "langchain-mistralai|langchain_mistralai"),
    ],
)
def test_coordinators_that_are_not_set_up_say_so(settings, reason):
    with pytest.raises(CoordinatorError, match=reason) as caught:
        make_coordinator(AgentConfig(**settings), [])
    assert "\n" not in str(caught.value)


def test_offline_is_built_in():
    assert isinstance(make_coordinator(AgentConfig(), ["walk"]), OfflineCoordinator)


def test_nothing_is_written_where_nothing_was_asked(backend, tmp_path: Path):
    with chat_server(answers("hi")) as server:
        talk(server, backend)("hi")
    assert not (tmp_path / "motions").exists()


class Warm(ScriptedModel):
    """A model with a temperature, which its answer tells."""

    temperature: float = 1.0

    def __init__(self) -> None:
        super().__init__()

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(f"at {self.temperature:g}"))])


def test_a_run_sets_the_temperature_of_a_model_that_was_given(backend):
    agent = create_motion_agent(AgentConfig(), model=Warm(), backend=backend)
    asked: Any = {"messages": [("user", "hello")]}
    assert agent.invoke(asked, context=RunSettings(temperature=0.5))["messages"][-1].text == "at 0.5"
    assert agent.invoke(asked)["messages"][-1].text == "at 1"


def test_what_a_model_that_was_given_cannot_do_is_refused_for_the_right_reason(backend):
    agent = create_motion_agent(AgentConfig(), model=ScriptedModel(), backend=backend)
    asked: Any = {"messages": [("user", "hello")]}
    with pytest.raises(ConfigError, match="ScriptedModel has no temperature to set"):
        agent.invoke(asked, context={"temperature": 0.5})
    with pytest.raises(CoordinatorError, match="give the chat model itself"):
        create_motion_agent(AgentConfig(), model=ScriptedModel().with_retry(), backend=backend)  # pyright: ignore


def test_coordinators_of_runs_are_kept_within_a_bound(backend):
    config = AgentConfig(coordinator="openai:x", base_url="http://127.0.0.1:9", max_retries=0)
    coordinators = Coordinators(config, [], create_motion_tools(backend))
    first = coordinators.of(None)
    for number in range(200):
        coordinators.of({"temperature": number / 200})
        assert coordinators.of(None) is first  # what is used stays
    assert len(coordinators._made) == REMEMBERED


def test_usage_is_counted_when_a_reply_is_streamed(backend):
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    last = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "local", "choices": []}
    reply = streamed({"role": "assistant", "content": "Hello."})
    events = (*reply.events, last | {"usage": usage})
    with chat_server(Reply(events=events)) as server:
        agent = create_motion_agent(local(server.url), backend=backend)
        state: Any = {}
        for kind, part in agent.stream(
            {"messages": [("user", "hi")]}, SETTINGS, stream_mode=["messages", "values"]
        ):
            state = part if kind == "values" else state
    assert server.requests[0]["stream_options"] == {"include_usage": True}
    counted = state["messages"][-1].usage_metadata
    assert (counted["input_tokens"], counted["output_tokens"]) == (11, 7)


@pytest.mark.parametrize("kind", [CoordinatorError, ConfigError, PlanError, StorageError, BackendError])
def test_errors_that_end_a_run_are_of_kinds_a_server_shows_to_its_clients(kind):
    """A LangGraph server masks the message of every exception that is none of these."""
    assert issubclass(kind, ValueError | RuntimeError)
