"""The tools as LangChain sees them: the standard suites, errors, parallel calls, ids."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fakes import FakeBackend
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests
from motion_agent.tools import MotionMemory, MotionRef, create_motion_tools
from motion_agent.tools.memory import ClipDraft, ClipSegment

WALK = {"description": "a person walks", "seconds": 1}
EXAMPLES: dict[str, dict[str, Any]] = {
    "generate_motion": {**WALK, "variants": 2},
    "caption_motion": {"motion_id": "greeting"},
    "compose_sequence": {"segments": [WALK, {"motion_id": "greeting"}]},
    "edit_motion": {"motion_id": "greeting", "operations": [{"op": "repeat", "segment": 1, "times": 2}]},
    "arrange_scene": {
        "people": [{"motion_id": "greeting"}, {"description": "a person waves", "theta": 180, "z": 1}]
    },
    "export_motion": {"motion_id": "greeting", "formats": ["npz"]},
    "list_motions": {},
    "name_motion": {"motion_id": "greeting", "name": "hello"},
    "history": {"action": "restore", "motion_id": "greeting"},
}


@pytest.fixture
def memory() -> MotionMemory:
    memory = MotionMemory()
    part = ClipSegment(description="a person waves", start=0, end=4, prompt="a person waves")
    draft = ClipDraft(
        description="a person waves", tokens=(1, 2, 3, 4), timeline=(part,), source="test", name="greeting"
    )
    memory.remember("local", draft, "before")
    return memory


@pytest.fixture
def tools(memory, tmp_path) -> dict[str, BaseTool]:
    made = create_motion_tools(FakeBackend(), memory, output_folder=tmp_path / "out", input_folder=tmp_path)
    return {tool.name: tool for tool in made}


def invoke(
    tool: BaseTool, arguments: dict[str, Any], call_id: str = "c1", **configurable: Any
) -> ToolMessage:
    call = {"name": tool.name, "args": arguments, "id": call_id, "type": "tool_call"}
    return tool.invoke(call, {"configurable": configurable})


def test_every_tool_has_an_example(tools):
    assert tools.keys() == EXAMPLES.keys()


class Standards:
    """What LangChain's own suites need to know of a tool."""

    @pytest.fixture
    def tool(self, name, tools) -> BaseTool:
        return tools[name]

    @pytest.fixture(autouse=True)
    def _example(self, name) -> None:
        self.example = EXAMPLES[name]

    @property
    def tool_constructor(self):
        return create_motion_tools(FakeBackend())[0]

    @property
    def tool_invoke_params_example(self):
        return self.example


@pytest.mark.parametrize("name", EXAMPLES)
class TestUnits(Standards, ToolsUnitTests):
    """LangChain's unit tests, over every tool."""


@pytest.mark.parametrize("name", EXAMPLES)
class TestIntegration(Standards, ToolsIntegrationTests):
    """LangChain's integration tests, over every tool."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_schemas_are_explicit_and_have_no_injected_arguments(tools, name):
    schema = tools[name].get_input_schema().model_json_schema()
    assert set(EXAMPLES[name]) <= set(schema["properties"])
    assert tools[name].args.keys() == schema["properties"].keys()
    assert len(tools[name].description) > 60


@pytest.mark.parametrize("name", EXAMPLES)
def test_references_to_steps_of_a_plan_are_not_offered_outside_of_one(tools, name):
    offered = json.dumps(tools[name].get_input_schema().model_json_schema()) + tools[name].description
    assert not re.search(r"\$[n\d]", offered)


def test_a_made_motion_is_told_and_handed_on(tools):
    message = invoke(tools["generate_motion"], WALK)
    content = json.loads(message.text)
    assert MotionRef.model_validate(message.artifact).id == content["motion_id"]
    assert (message.status, content["motion_id"]) == ("success", message.artifact.id)
    assert ": " not in message.text.replace("a person", "")


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("generate_motion", {"description": "a person flibbers"}, "no known action"),
        ("generate_motion", {"description": "  "}, "description: String should have at least 1 character"),
        ("generate_motion", {"description": "walk", "second": 3}, "second: Extra inputs are not permitted"),
        (
            "generate_motion",
            {"description": "walk", "seconds": -1},
            "seconds: Input should be greater than 0",
        ),
        ("generate_motion", {"description": "walk", "seconds": float("nan")}, "seconds"),
        ("generate_motion", {}, "description: Field required"),
        ("caption_motion", {}, "give exactly one of motion_id and path"),
        ("caption_motion", {"motion_id": "m7"}, "motion m7 does not exist; known: "),
        ("caption_motion", {"motion_id": "m7", "up": "z"}, "give them with a path only"),
        ("caption_motion", {"path": "x.bvh", "up": "sky"}, "up: Input should be"),
        ("compose_sequence", {"segments": []}, "segments"),
        ("edit_motion", {"motion_id": "greeting", "operations": [{"op": "fly"}]}, "fly"),
        ("export_motion", {"motion_id": "greeting", "formats": ["exe"]}, "formats.0"),
        ("caption_motion", {"path": "../x.bvh"}, "outside the folder"),
    ],
)
def test_errors_reach_the_model_as_one_line(tools, tool, arguments, reason):
    message = invoke(tools[tool], arguments)
    assert message.status == "error"
    assert reason in message.content
    assert "\n" not in message.content


def test_a_replayed_call_makes_the_same_motion_once(tools, memory):
    first, again = (invoke(tools["generate_motion"], WALK, "c1", thread_id="t") for _ in range(2))
    assert first.artifact == again.artifact
    assert len(memory.recent("local")) == 2


def test_threads_and_users_are_kept_apart(tools, memory):
    refs = [
        invoke(tools["generate_motion"], WALK, "c1", thread_id=thread, user_id=user).artifact
        for thread, user in (("t1", "ann"), ("t2", "ann"), ("t1", "bob"))
    ]
    assert refs[0].id != refs[1].id
    assert [clip.id for clip in memory.recent("bob")] == [refs[2].id]
    assert invoke(tools["caption_motion"], {"motion_id": refs[1].id}, user_id="bob").status == "error"


def test_parallel_calls_do_not_collide(tools, memory):
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(invoke, tools["generate_motion"], WALK, f"c{n}") for n in range(40)]
        ids = {job.result().artifact.id for job in jobs}
    assert len(ids) == 40
    assert len(memory.recent("local", limit=100)) == 41


async def test_async_tools_know_their_thread_too(tools):
    call = {"name": "generate_motion", "args": WALK, "id": "c1", "type": "tool_call"}
    message = await tools["generate_motion"].ainvoke(call, {"configurable": {"thread_id": "t"}})
    assert message.artifact.id == invoke(tools["generate_motion"], WALK, "c1", thread_id="t").artifact.id


def test_names_and_lists(tools):
    renamed = invoke(tools["name_motion"], {"motion_id": "greeting", "name": "hello there"})
    assert renamed.artifact.name == "hello there"
    listed = json.loads(invoke(tools["list_motions"], {}).text)["motions"]
    assert [motion["name"] for motion in listed] == ["hello there"]


def test_history_of_standalone_tools_goes_back_and_forth() -> None:
    tools = {tool.name: tool for tool in create_motion_tools(FakeBackend())}
    steps = [
        *[("generate_motion", {"description": f"a person {does}"}) for does in ("walks", "runs", "waves")],
        ("history", {"action": "undo"}),
        ("history", {"action": "undo"}),
        ("history", {"action": "redo"}),
    ]
    told = [
        json.loads(invoke(tools[name], arguments, f"c{number}", thread_id="t").text)["description"]
        for number, (name, arguments) in enumerate(steps)
    ]
    assert told[3:] == ["a person runs", "a person walks", "a person runs"]
    other = invoke(tools["history"], {"action": "undo"}, "x", thread_id="another")
    assert "nothing to undo" in other.text


def test_tools_write_the_body_and_the_bones_they_were_made_with(memory, tmp_path):
    made = create_motion_tools(
        FakeBackend(), memory, output_folder=tmp_path, body="mannequin", bone_names="mixamo"
    )
    export = next(tool for tool in made if tool.name == "export_motion")
    invoke(export, {"motion_id": "greeting", "formats": ["bvh", "glb"]})
    [bvh], [glb] = tmp_path.glob("*.bvh"), tmp_path.glob("*.glb")
    assert bvh.read_text("ascii").splitlines()[1] == "ROOT mixamorig:Hips"
    assert b'"skin","pbr' not in glb.read_bytes(), "which is a material of the human"
