"""The agent as a part of other graphs: their context, store, users, messages and callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import REMOVE_ALL_MESSAGES, add_messages
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, ConfigError, create_motion_agent, serializer
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.tools import create_motion_tools
from motion_agent.tools.toolbox import user_of

WALK = call("generate_motion", "w", description="a person walks", seconds=1)
RUN = call("generate_motion", "r", description="a person runs", seconds=1)
UNDO = call("history", "u", action="undo")
REDO = call("history", "d", action="redo")
ASK: Any = {"messages": [("user", "hi")]}


def agent_of(*replies: Any, **options: Any) -> Any:
    config = options.pop("config", None) or AgentConfig()
    return create_motion_agent(config, model=ScriptedModel(*replies), backend=FakeBackend(), **options)


def tool_messages(state: Any) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


class Outer(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]


def parent_of(agent: Any, context_schema: Any = None, **compiled: Any) -> Any:
    graph = StateGraph(Outer, context_schema=context_schema)
    graph.add_node("motion", agent)
    graph.add_edge(START, "motion")
    graph.add_edge("motion", END)
    return graph.compile(**compiled)


@dataclass
class Tenant:
    tenant: str = "acme"
    mode: str = "dark"  # a word that means something else to us


@pytest.mark.parametrize("context", [{"tenant": "acme", "seed": "of another kind"}, Tenant(), None])
def test_a_parent_may_have_any_context(context: Any) -> None:
    parent = parent_of(agent_of(plan(WALK), AIMessage("Done.")), type(context) if context else None)
    assert parent.invoke(ASK, context=context)["messages"][-1].text == "Done."


def test_our_settings_stand_under_our_key_of_a_shared_context() -> None:
    def made(seed: int) -> list[str]:
        agent = agent_of(plan(call("generate_motion", description="a person walks")), AIMessage("Done."))
        backend = FakeBackend()
        agent = create_motion_agent(
            AgentConfig(),
            model=ScriptedModel(plan(WALK), AIMessage("Done.")),
            backend=backend,
            store=(store := InMemoryStore()),
        )
        parent_of(agent, dict).invoke(ASK, context={"tenant": "acme", "motion_agent": {"seed": seed}})
        [clip] = [item.value for item in store.search(("motion_agent", "local", "clips"))]
        return clip["tokens"]

    assert made(1) == made(1)
    assert made(1) != made(2)


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"base_url": "http://127.0.0.1:9"}, None),
        ({"motion_agent": {"base_url": "http://127.0.0.1:9"}}, "cannot set base_url"),
        ({"motion_agent": {"api_key": "x"}}, "cannot set api_key"),
        ({"coordinator": "local:/etc"}, "may not ask for coordinator local:/etc"),
        ({"coordinator": "openai:gpt-4.1"}, "may not ask for coordinator"),
        ({"temprature": 0.5}, "did you mean temperature"),
        ({"seed": -1}, "seed"),
        ({"motion_agent": 3}, "mapping"),
    ],
)
def test_what_a_run_may_not_set(context: dict[str, Any], reason: str | None) -> None:
    agent = agent_of(AIMessage("Hello."))
    if reason is None:  # somebody else's key: it goes nowhere
        assert agent.invoke(ASK, context=context)["messages"][-1].text == "Hello."
    else:
        with pytest.raises(ConfigError, match=reason):
            agent.invoke(ASK, context=context)


def test_the_operator_may_leave_runs_nothing() -> None:
    agent = agent_of(AIMessage("Hello."), config=AgentConfig(run_may_set=()))
    with pytest.raises(ConfigError, match="may not set seed"):
        agent.invoke(ASK, context={"seed": 3})


@pytest.mark.parametrize(
    ("settings", "user"),
    [
        ({}, "local"),
        ({"user_id": None}, "local"),
        ({"user_id": "ann"}, "ann"),
        ({"user_id": 7}, "7"),
        ({"langgraph_auth_user_id": "ann", "user_id": "mallory"}, "ann"),
        ({"langgraph_auth_user_id": "", "user_id": "ann"}, "ann"),
        ({"langgraph_auth_user_id": "", "user_id": ""}, "local"),  # a server without authentication
    ],
)
def test_who_a_run_is_for(settings: dict[str, Any], user: str) -> None:
    assert user_of(settings) == user


@pytest.mark.parametrize("nobody", [0, False, "", " ", True, [], {}, 1.5])
def test_a_user_that_is_nobody_is_refused(nobody: Any) -> None:
    with pytest.raises(InvalidRequestError, match="names nobody"):
        user_of({"user_id": nobody})


@pytest.mark.parametrize("key", ["user_id", "thread_id"])
def test_a_name_that_is_no_text_ends_in_one_line_or_not_at_all(key: str) -> None:
    agent = agent_of(plan(WALK), AIMessage("Done."), store=(store := InMemoryStore()))
    settings: Any = {"configurable": {key: "a\ud800b"}}
    if key == "thread_id":
        assert agent.invoke(ASK, settings)["motions"]
    else:
        with pytest.raises(InvalidRequestError, match="half a character") as raised:
            agent.invoke(ASK, settings)
        str(raised.value).encode()
    for item in store.search(("motion_agent",)):
        str(item.value).encode()


def test_calls_of_a_standalone_tool_may_have_any_id() -> None:
    tools = {tool.name: tool for tool in create_motion_tools(FakeBackend())}
    walk = call("generate_motion", "\ud800", description="a person walks")
    assert tools["generate_motion"].invoke(walk).status == "success"


def test_the_store_of_the_run_comes_before_our_own() -> None:
    theirs, ours = InMemoryStore(), InMemoryStore()
    agent = agent_of(plan(WALK), AIMessage("Done."), store=ours)
    parent_of(agent, store=theirs).invoke(ASK)
    assert len(theirs.search(("motion_agent", "local", "clips"))) == 1
    assert ours.list_namespaces() == []


def test_a_parent_without_a_store_leaves_ours() -> None:
    agent = agent_of(plan(WALK), AIMessage("Done."), store=(ours := InMemoryStore()))
    parent_of(agent).invoke(ASK)
    assert len(ours.search(("motion_agent", "local", "clips"))) == 1


def test_threads_that_outlive_their_motions_are_warned_of(tmp_path: Path) -> None:
    with (
        SqliteSaver.from_conn_string(str(tmp_path / "threads.sqlite")) as saver,
        pytest.warns(UserWarning, match="motions only in this process"),
    ):
        agent_of(checkpointer=saver)
    agent_of(checkpointer=InMemorySaver())  # a warning would be an error here


def test_every_schema_of_the_graph_can_be_asked_for() -> None:
    agent = agent_of()
    assert "messages" in agent.get_input_jsonschema()["properties"]
    assert set(agent.get_output_jsonschema()["properties"]) == {"messages", "motions", "current"}
    assert set(agent.get_context_jsonschema()["properties"]) == {"coordinator", "mode", "temperature", "seed"}
    assert agent.as_tool(name="motion", description="Talk to it.").args


def test_undo_works_where_only_messages_are_carried() -> None:
    agent = agent_of(
        plan(WALK), AIMessage("1"), plan(RUN), AIMessage("2"), plan(UNDO), AIMessage("3"), plan(UNDO),
        AIMessage("4"), plan(REDO), AIMessage("5"), store=InMemoryStore(),
    )  # fmt: skip
    messages: list[Any] = []
    current = []
    for text in ("walk", "run", "undo", "undo again", "redo"):
        state = agent.invoke({"messages": [*messages, HumanMessage(text)]})
        messages, current = state["messages"], [*current, state["motions"][state["current"]].description]
    assert current == ["a person walks", "a person runs", "a person walks", "a person walks", "a person runs"]
    told = [message for message in messages if isinstance(message, ToolMessage)]
    assert [message.status for message in told] == ["success", "success", "success", "error", "success"]


def test_artifacts_are_dicts_before_and_after_a_checkpoint() -> None:
    agent = agent_of(
        plan(WALK), AIMessage("a"), AIMessage("b"), checkpointer=InMemorySaver(serde=serializer())
    )
    thread: Any = {"configurable": {"thread_id": "t"}}
    states = [agent.invoke(ASK, thread) for _ in range(2)]
    artifacts = [tool_messages(state)[0].artifact for state in states]
    assert artifacts[0] == artifacts[1]
    assert all(isinstance(artifact, dict) for artifact in artifacts)
    assert artifacts[1]["id"] == states[1]["current"]


def test_a_parents_system_messages_come_first_and_together() -> None:
    model = ScriptedModel(AIMessage("Hello."))
    agent = create_motion_agent(AgentConfig(), model=model, backend=FakeBackend())
    agent.invoke({"messages": [HumanMessage("hi"), SystemMessage("Be brief."), HumanMessage("hello?")]})
    [asked] = model.asked
    assert [type(message) for message in asked] == [SystemMessage, HumanMessage, HumanMessage]
    assert asked[0].text.endswith("Be brief.")


def test_an_answer_without_its_call_is_left_out() -> None:
    model = ScriptedModel(AIMessage("Hello."))
    agent = create_motion_agent(AgentConfig(), model=model, backend=FakeBackend())
    agent.invoke({"messages": [ToolMessage("{}", tool_call_id="gone"), HumanMessage("hi")]})
    assert not any(isinstance(message, ToolMessage) for message in model.asked[0])


def test_a_thread_can_be_emptied() -> None:
    agent = agent_of(AIMessage("Hello."), checkpointer=InMemorySaver(serde=serializer()))
    thread: Any = {"configurable": {"thread_id": "t"}}
    agent.invoke(ASK, thread)
    agent.update_state(thread, {"messages": [RemoveMessage(REMOVE_ALL_MESSAGES)]})
    assert agent.get_state(thread).values["messages"] == []


class Watcher(BaseCallbackHandler):
    """Writes down which tools begin, end and fail."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_tool_start(self, serialized: dict[str, Any], input_str: str, **_: Any) -> None:
        self.seen.append(f"start {serialized['name']}")

    def on_tool_end(self, output: Any, **_: Any) -> None:
        self.seen.append(f"end {output.name}")

    def on_tool_error(self, error: BaseException, **_: Any) -> None:
        self.seen.append(f"fail {type(error).__name__}")


def test_the_tools_of_a_plan_are_runs_in_callbacks() -> None:
    lost = call("generate_motion", "x", description="explode a walk")
    steps = plan(WALK, lost, call("compose_sequence", segments=[{"motion_id": "$1"}, {"motion_id": "$2"}]))
    watcher = Watcher()
    agent_of(steps, AIMessage("Done.")).invoke(ASK, {"callbacks": [watcher]})
    assert watcher.seen.count("start generate_motion") == 2
    assert "end generate_motion" in watcher.seen
    assert "fail InvalidRequestError" in watcher.seen
    assert not any("compose" in seen for seen in watcher.seen)  # it never began


async def test_the_tools_of_a_plan_are_events_of_a_stream() -> None:
    agent = agent_of(plan(WALK), AIMessage("Done."))
    events = [(event["event"], event["name"]) async for event in agent.astream_events(ASK, version="v2")]
    assert ("on_tool_start", "generate_motion") in events
    assert ("on_tool_end", "generate_motion") in events


def test_tools_raise_when_asked_to() -> None:
    tools = {tool.name: tool for tool in create_motion_tools(FakeBackend(), raise_errors=True)}
    with pytest.raises(Exception, match="does not exist"):
        tools["caption_motion"].invoke(call("caption_motion", motion_id="m2222"))
    with pytest.raises(ValueError, match="description"):
        tools["generate_motion"].invoke(call("generate_motion"))
