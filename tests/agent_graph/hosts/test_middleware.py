"""Motion for agents that are not ours: LangChain's suites, `create_agent`, deepagents, approval, state."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from deepagents import create_deep_agent
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from motion_agent.agent_graph import MotionMiddleware, MotionToolkit, serializer
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.tools import MotionMemory, create_motion_tools
from pydantic import ValidationError

WALK = call("generate_motion", description="a person walks", seconds=2, name="stroll")
THREAD: Any = {"configurable": {"thread_id": "studio"}}


def middleware(**options: Any) -> MotionMiddleware:
    return MotionMiddleware(MotionToolkit(backend=FakeBackend()), **options)


def asked(text: str = "a walk") -> Any:
    return {"messages": [HumanMessage(text)]}


class Standards:
    """What LangChain's suites need to know of one of the toolkit's tools."""

    @property
    def tool_constructor(self) -> BaseTool:
        tools = MotionToolkit(backend=FakeBackend(), names=("generate_motion",)).get_tools()
        return tools[0]

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"description": "a person walks", "seconds": 1}


class TestToolkitUnit(Standards, ToolsUnitTests):
    pass


class TestToolkitIntegration(Standards, ToolsIntegrationTests):
    pass


def test_a_toolkit_shares_one_memory_and_gives_the_tools_that_were_asked_for() -> None:
    memory = MotionMemory()
    kit = MotionToolkit(backend=FakeBackend(), memory=memory, names=("generate_motion", "list_motions"))
    first, again = kit.get_tools(), kit.get_tools()
    assert [tool.name for tool in first] == ["generate_motion", "list_motions"]
    assert all(one is other for one, other in zip(first, again, strict=True))
    first[0].invoke({"description": "a person walks"})
    assert len(memory.recent("local")) == 1
    with pytest.raises(InvalidRequestError, match="no tools fly"):
        MotionToolkit(backend=FakeBackend(), names=("fly",)).get_tools()


@pytest.mark.parametrize(("most", "made"), [(2, False), (3, True)])
def test_a_toolkit_makes_scenes_of_so_many_people(most: int, made: bool) -> None:
    kit = MotionToolkit(backend=FakeBackend(), max_people=most)
    tools = {tool.name: tool for tool in kit.get_tools()}
    answer = str(tools["arrange_scene"].invoke({"people": [{"description": "a person walks"}] * 3}))
    assert ("motion_id" in answer) == made


def test_a_toolkit_takes_what_its_tools_take(tmp_path: Path) -> None:
    own = {"names"}  # which of the tools
    asked = set(inspect.signature(create_motion_tools).parameters)
    assert set(MotionToolkit.model_fields) == asked | own
    kit = MotionToolkit(backend=FakeBackend(), output_folder=tmp_path, bone_names="unity")
    tools = {tool.name: tool for tool in kit.get_tools()}
    tools["generate_motion"].invoke(dict(WALK["args"]))
    tools["export_motion"].invoke({"motion_id": "stroll", "formats": ["bvh"]})
    assert (tmp_path / "stroll.bvh").read_text("ascii").splitlines()[1] == "ROOT Hips"
    with pytest.raises(ValidationError, match="bone_names"):
        MotionToolkit(bone_names="bones")  # pyright: ignore[reportArgumentType]


def test_the_state_has_the_motions_and_the_current_one() -> None:
    model = ScriptedModel(
        plan(WALK, call("generate_motion", description="a person waves")),
        plan(call("edit_motion", motion_id="stroll", operations=[{"op": "repeat", "times": 2}])),
        plan(call("caption_motion", motion_id="stroll"), call("list_motions")),
        plan(call("generate_motion", description="a person explodes")),
        AIMessage("Done."),
    )
    state = create_agent(model, middleware=[middleware()]).invoke(asked())
    walk, wave, twice = state["motions"].values()
    assert (walk["name"], wave["description"], twice["parent"]) == ("stroll", "a person waves", walk["id"])
    assert state["current"] == twice["id"]  # looking at others, and a call that fails, leave the talk there


@pytest.mark.parametrize("elsewhere", [("older",), ("newer",), ("older", "newer")])
@pytest.mark.parametrize("undone", [False, True])
def test_a_list_leaves_the_talk_where_it_is(elsewhere: tuple[str, ...], undone: bool) -> None:
    """Whatever it has of other talks, and though what was undone is newer than what the talk is about."""
    kit = MotionToolkit(backend=FakeBackend(), memory=MotionMemory())
    generate = {tool.name: tool for tool in kit.get_tools()}["generate_motion"]
    twice = call("edit_motion", motion_id="stroll", operations=[{"op": "repeat", "times": 2}])
    model = ScriptedModel(
        plan(WALK),
        plan(twice),
        *([plan(call("history", action="undo"))] if undone else []),
        AIMessage("Made."),
        plan(call("list_motions")),
        AIMessage("These."),
    )
    agent = create_agent(
        model, middleware=[MotionMiddleware(kit)], checkpointer=InMemorySaver(serde=serializer())
    )
    if "older" in elsewhere:
        generate.invoke({"description": "a person bows", "name": "older"})
    before = agent.invoke(asked(), THREAD)
    if "newer" in elsewhere:
        generate.invoke({"description": "a person bows", "name": "newer"})
    state = agent.invoke(asked("What is there?"), THREAD)
    assert {motion["name"] for motion in state["motions"].values()} >= {"stroll", *elsewhere}
    assert state["current"] == before["current"]
    assert (state["motions"][state["current"]]["name"] == "stroll") is undone


def test_the_model_is_told_of_the_tools_and_last_of_the_motions() -> None:
    model = ScriptedModel(plan(WALK), AIMessage("A walk."))
    create_agent(model, middleware=[middleware()], system_prompt="You direct films.").invoke(asked())
    first, second = (_system(messages) for messages in model.asked)
    assert first[0] == "You direct films." and "generate_motion: one action" in first[1] and len(first) == 2
    assert second[:2] == first and "a person walks" in second[2] and "(The motion at hand:" in second[2]
    plain = ScriptedModel(AIMessage("Hello."))
    create_agent(plain, middleware=[middleware(prompt="Move.")]).invoke(asked())
    assert _system(plain.asked[0]) == ["Move."]


def test_a_person_approves_what_is_made() -> None:
    model = ScriptedModel(plan(WALK, call("list_motions")), AIMessage("A walk."))
    agent = create_agent(
        model,
        middleware=[middleware(approve=True)],
        checkpointer=InMemorySaver(serde=serializer()),
    )
    waiting = agent.invoke(asked(), THREAD)["__interrupt__"][0].value
    assert [request["name"] for request in waiting["action_requests"]] == ["generate_motion"]
    edited = {"name": "generate_motion", "args": {"description": "a person runs", "seconds": 1}}
    decision = {"decisions": [{"type": "edit", "edited_action": edited}]}
    state = agent.invoke(Command(resume=decision), THREAD)
    assert [motion["description"] for motion in state["motions"].values()] == ["a person runs"]


def test_approval_of_tools_that_are_not_there() -> None:
    with pytest.raises(InvalidRequestError, match="no tools fly to approve"):
        middleware(approve=("fly",))


async def test_in_a_deep_agent() -> None:
    model = ScriptedModel(plan(WALK), AIMessage("A walk."))
    agent = create_deep_agent(model=model, middleware=[middleware()])
    state = await agent.ainvoke(asked())
    assert [motion["name"] for motion in state["motions"].values()] == ["stroll"]
    assert any("generate_motion: one action" in part for part in _system(model.asked[0]))


def test_undo_of_one_thread_goes_back_in_the_state() -> None:
    model = ScriptedModel(
        plan(WALK),
        plan(call("edit_motion", motion_id="stroll", operations=[{"op": "repeat", "times": 2}])),
        plan(call("history", action="undo")),
        AIMessage("Back."),
    )
    state = create_agent(model, middleware=[middleware()]).invoke(asked(), THREAD)
    assert state["motions"][state["current"]]["name"] == "stroll"


def _system(messages: list[BaseMessage]) -> list[str]:
    """The parts of the system message."""
    first = messages[0]
    assert first.type == "system"
    if isinstance(first.content, str):
        return [first.content]
    return [part["text"] for part in first.content if isinstance(part, dict)]
