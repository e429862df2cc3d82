"""The tools as clients of the server see them, and arguments as clients write them."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from motion_agent.agent_graph.mcp.tasks import TASKS, as_answer, link_to, read
from motion_agent.tools.batching import Result
from motion_agent.tools.schemas import (
    Arguments,
    ComposeSequenceArgs,
    EditMotionArgs,
    ExportMotionArgs,
    MotionRef,
    NameMotionArgs,
)
from motion_agent.tools.toolbox import TOOLS

STROLL = MotionRef(
    id="m1", name="stroll", description="a person walks", seconds=2.4, frames=48, segments=[]
)  # fmt: skip
MIRROR = {"motion_id": "m1", "operations": [{"op": "mirror"}]}


@pytest.mark.parametrize(
    ("model", "given", "meant"),
    [
        (EditMotionArgs, MIRROR | {"operations": '[{"op": "mirror"}]'}, MIRROR),
        (EditMotionArgs, MIRROR, MIRROR),
        (
            ComposeSequenceArgs,
            {"segments": '[{"motion_id": "m1"}]', "name": "[1, 2]"},
            {"segments": [{"motion_id": "m1"}], "name": "[1, 2]"},
        ),
        (
            ExportMotionArgs,
            {"motion_id": "m1", "formats": '["bvh", "glb"]'},
            {"motion_id": "m1", "formats": ["bvh", "glb"]},
        ),
        (NameMotionArgs, {"motion_id": "[3]", "name": '["a"]'}, {"motion_id": "[3]", "name": '["a"]'}),
    ],
)
def test_a_list_may_be_written_as_a_text_and_a_text_stays_one(
    model: type[Arguments], given: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert read(model, given) == model.model_validate(meant)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (MIRROR | {"operations": "[mirror"}, "operations: Input should be a valid list"),
        (MIRROR | {"speed": 2}, "speed: Extra inputs"),
        ({"motion_id": "m1"}, "operations: Field required"),
        (MIRROR | {"name": "\ud800"}, "the arguments "),
    ],
)
def test_what_is_wrong_with_arguments_is_told_in_one_line(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(ToolError) as told:
        read(EditMotionArgs, given)
    assert fault in str(told.value) and "\n" not in str(told.value)


def test_every_tool_has_one_task_and_speaks_of_others_by_their_names_here() -> None:
    assert sorted(task.tool for task in TASKS) == sorted(TOOLS)
    hidden = {task.tool for task in TASKS} - {task.name for task in TASKS} - {"history"}
    said = {task.name: task.description for task in TASKS}
    assert not [(name, word) for name, text in said.items() for word in hidden if word in text]
    assert "stitch_motions" in said["create_motion"]
    assert said["create_motion"].endswith("Look at it with preview_motion.")
    assert [task.name for task in TASKS if task.annotations.read_only_hint] == ["list_motions"]
    assert not any(task.annotations.destructive_hint for task in TASKS)


def test_a_result_is_told_in_words_as_data_and_by_a_link_to_each_motion() -> None:
    other = STROLL.model_copy(update={"id": "m2", "name": "jog", "seconds": 3.0})
    answer = as_answer(Result({"motion_id": "m1"}, STROLL, made=(STROLL, other)))
    assert answer.structured_content == {"motion_id": "m1"}
    assert [block.type for block in answer.content] == ["text", "resource_link", "resource_link"]
    assert answer.content[1:] == [link_to(STROLL), link_to(other)]
    told = link_to(STROLL)
    assert (str(told.uri), told.name, told.description) == (
        "motion://m1/glb",
        "stroll",
        "a person walks (2.4 s)",
    )
    assert as_answer(Result({"motion_id": "m1"}, STROLL)).content[1:] == []
