"""What a conversation is about where motions come from outside, or a parent has words of its own."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypedDict

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent, serializer
from motion_agent.agent_graph.trail import trail_of
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.tools.schemas import MotionRef

WALK = call("generate_motion", "w", description="a person walks", seconds=1)


def said(text: str, **state: Any) -> Any:
    return {"messages": [("user", text)], **state}


def offline(store: InMemoryStore, **options: Any) -> Any:
    return create_motion_agent(AgentConfig(), backend=FakeBackend(), store=store, **options)


@pytest.fixture
def made() -> tuple[InMemoryStore, dict[str, MotionRef], str, str]:
    """A memory with two motions, a walk and then a jump, and a state that knows them."""
    store = InMemoryStore()
    thread: Any = {"configurable": {"thread_id": "t"}}
    agent = offline(store, checkpointer=InMemorySaver(serde=serializer()))
    walk = agent.invoke(said("a person walks"), thread)["current"]
    state = agent.invoke(said("a person jumps"), thread)
    return store, state["motions"], walk, state["current"]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("which", [2, 3])
def test_the_built_in_coordinator_knows_motions_that_come_from_outside(
    made: Any, which: int, as_json: bool
) -> None:
    store, motions, current = made[0], made[1], made[which]
    carried = {name: ref.model_dump(mode="json") for name, ref in motions.items()} if as_json else motions
    state = offline(store).invoke(said("make it slower", motions=carried, current=current))
    assert state["motions"][state["current"]].parent == current


def test_a_current_motion_alone_is_enough(made: Any) -> None:
    store, _, walk, _ = made
    state = offline(store).invoke(said("make it slower", current=walk))
    assert state["motions"][state["current"]].parent == walk


def test_the_motions_carried_are_found_by_what_they_are(made: Any) -> None:
    store, motions, walk, jump = made
    state = offline(store).invoke(said("go back to the walk", motions=motions, current=jump))
    assert state["current"] == walk


def test_a_current_motion_that_nobody_knows_is_none(made: Any) -> None:
    state = offline(made[0]).invoke(said("make it slower", current="m2222"))
    assert state["current"] is None


def test_a_current_motion_that_was_set_between_turns_is_the_one_talked_of(made: Any) -> None:
    store, thread = made[0], {"configurable": {"thread_id": "new"}}
    agent = offline(store, checkpointer=InMemorySaver(serde=serializer()))
    first = agent.invoke(said("a person walks"), thread)["current"]
    agent.invoke(said("a person waves"), thread)
    agent.update_state(thread, {"current": first})
    state = agent.invoke(said("make it slower"), thread)
    assert state["motions"][state["current"]].parent == first


@pytest.mark.parametrize("watched", ["walk", "jump"])
def test_a_motion_that_is_only_asked_about_does_not_become_current(made: Any, watched: str) -> None:
    """Where the messages alone are carried by hand, a caption of an older motion changes nothing."""
    _, _, walk, jump = made
    steps = [
        call("generate_motion", "j", description="a person jumps", seconds=1),
        call("caption_motion", "c", motion_id={"walk": walk, "jump": jump}[watched]),
    ]
    contents = [{"motion_id": jump}, {"motion_id": {"walk": walk, "jump": jump}[watched]}]
    told = [
        message
        for step, content in zip(steps, contents, strict=True)
        for message in (
            plan(step),
            ToolMessage(json.dumps(content), tool_call_id=step["id"], name=step["name"]),
        )
    ]
    assert trail_of(told).current == jump


@pytest.mark.parametrize(
    ("tool", "makes"),
    [
        ("generate_motion", True),
        ("compose_sequence", True),
        ("edit_motion", True),
        ("arrange_scene", True),
        ("caption_motion", False),
        ("export_motion", False),
        ("name_motion", False),
    ],
)
def test_messages_alone_tell_of_whatever_makes_a_motion(tool: str, makes: bool) -> None:
    step = call(tool, "x", name="other")
    told = [
        plan(WALK),
        ToolMessage(json.dumps({"motion_id": "m1"}), tool_call_id="w", name="generate_motion"),
        plan(step),
        ToolMessage(json.dumps({"motion_id": "m2"}), tool_call_id="x", name=tool),
    ]
    assert trail_of(told).past == (("m1", "m2") if makes else ("m1",))


@pytest.mark.parametrize(
    "further", ["a person jumps", "make it slower", "then he jumps", "add another person next to him"]
)
def test_a_thread_carried_by_hand_is_about_what_was_made_last_and_goes_back_from_it(further: str) -> None:
    agent = offline(InMemoryStore())
    messages: Any = [("user", "a person walks")]
    current = []
    for following in (further, "undo that", "redo"):
        state = agent.invoke({"messages": messages})
        current.append(state["current"])
        messages = [*state["messages"], ("user", following)]
    walk, made, undone = current
    assert made != walk and undone == walk
    assert agent.invoke({"messages": messages})["current"] == made


def test_a_thread_carried_by_hand_is_about_its_motion_while_nothing_is_made() -> None:
    agent = offline(InMemoryStore())
    made = agent.invoke(said("a person walks"))
    talked = agent.invoke({"messages": [*made["messages"], ("user", "thank you")]})
    assert talked["current"] == made["current"] is not None
    model = ScriptedModel(AIMessage("You are welcome."))
    other = create_motion_agent(AgentConfig(), model=model, backend=FakeBackend(), store=InMemoryStore())
    assert other.invoke({"messages": [*made["messages"], ("user", "thanks")]})["current"] is None


class Story(TypedDict, total=False):
    """A parent that keeps something of its own under the name `current`."""

    messages: Annotated[list[AnyMessage], add_messages]
    current: Any


def story_of(agent: Any, **compiled: Any) -> Any:
    graph = StateGraph(Story)
    graph.add_node("motion", agent)
    graph.add_edge(START, "motion")
    return graph.compile(**compiled)


@pytest.mark.parametrize("current", ["scene 3", 3, ["a"], {"scene": 3}])
def test_what_a_parent_keeps_under_our_name_stays(current: Any) -> None:
    story = story_of(offline(InMemoryStore()))
    messages: Any = [("user", "a person walks")]
    for further in ("make it slower", "undo that"):
        state = story.invoke({"messages": messages, "current": current})
        assert state["current"] == current
        messages = [*state["messages"], ("user", further)]
    told = [message.artifact for message in messages[:-1] if message.type == "tool"]
    assert told[1]["parent"] == told[0]["id"]


def test_a_language_model_is_told_the_motions_of_such_a_parent_too() -> None:
    model = ScriptedModel(plan(WALK), AIMessage("1"), AIMessage("2"))
    story = story_of(create_motion_agent(AgentConfig(), model=model, backend=FakeBackend()))
    first = story.invoke({"messages": [("user", "walk")], "current": "scene 3"})
    story.invoke({"messages": [*first["messages"], ("user", "and?")], "current": "scene 3"})
    [made] = [message.artifact for message in first["messages"] if message.type == "tool"]
    assert f"- {made['id']}" in model.asked[-1][-1].text and "motion at hand" in model.asked[-1][-1].text


def test_a_subgraph_that_keeps_its_state_does_so_too() -> None:
    story = story_of(
        create_motion_agent(AgentConfig(), backend=FakeBackend(), checkpointer=True),
        checkpointer=InMemorySaver(serde=serializer()),
    )
    thread: Any = {"configurable": {"thread_id": "t"}}
    story.invoke(said("a person walks", current="scene 3"), thread)
    story.invoke(said("make it slower", current="scene 4"), thread)
    state = story.invoke(said("undo that"), thread)
    assert state["current"] == "scene 4"
    walk, _, undone = [m.artifact["id"] for m in state["messages"] if m.type == "tool"]
    assert undone == walk


@pytest.mark.parametrize("motions", [["a"], "a", {"m1": {"id": "m1"}}, {"m1": 3}])
def test_motions_that_are_none_are_refused_in_one_line(motions: Any) -> None:
    with pytest.raises(InvalidRequestError, match="motions"):
        offline(InMemoryStore()).invoke(said("a person walks", motions=motions))


def test_an_undo_after_a_motion_was_set_from_outside_goes_back_to_that_motion() -> None:
    agent = create_motion_agent(backend=FakeBackend(), checkpointer=InMemorySaver(serde=serializer()))
    thread: Any = {"configurable": {"thread_id": "set"}}

    def say(text: str) -> Any:
        return agent.invoke({"messages": [("user", text)]}, thread)

    first = say("a person walks")["current"]
    second = say("a person jumps")["current"]
    agent.update_state(thread, {"current": first})
    edited = say("make it slower")
    assert edited["motions"][edited["current"]].parent == first
    undone = say("undo")["current"]
    assert undone == first != second
