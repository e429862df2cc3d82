"""What the messages of a thread say about its motions, also where the oldest are gone."""

from __future__ import annotations

import json
from typing import Any

from fakes import call
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from motion_agent.agent_graph.trail import trail_of
from motion_agent.tools.schemas import Trail


def step(tool: str, motion_id: str, **args: Any) -> list[AnyMessage]:
    """A tool call, and its result."""
    asked = call(tool, f"{tool}-{motion_id}", **args)
    content = json.dumps({"motion_id": motion_id})
    return [AIMessage("", tool_calls=[asked]), ToolMessage(content, tool_call_id=asked["id"], name=tool)]


def made(motion_id: str) -> list[AnyMessage]:
    return step("generate_motion", motion_id, description="a person walks")


def test_undo_goes_back_to_what_was_before() -> None:
    trail = trail_of([*made("ma"), *made("mb"), *step("history", "ma", action="undo")])
    assert trail == Trail(past=("ma",), undone=("mb",))


def test_where_messages_were_trimmed_the_result_of_an_undo_is_believed() -> None:
    # mb, made between the two, is no longer in the thread; the undo led to it all the same.
    trail = trail_of([*made("ma"), *made("mc"), *step("history", "mb", action="undo")])
    assert trail.current == "mb"
    assert trail.undone == ()


def test_what_failed_or_only_looked_leaves_the_talk_where_it_was() -> None:
    [asked, _] = made("mb")
    failed = ToolMessage('{"motion_id": "mb"}', tool_call_id="generate_motion-mb", status="error")
    looked = step("caption_motion", "mc")
    named = step("name_motion", "md", name="hello")
    assert trail_of([*made("ma"), asked, failed, *looked, *named]) == Trail(past=("ma",))


def test_a_file_that_is_described_is_what_the_talk_is_about() -> None:
    assert trail_of([*made("ma"), *step("caption_motion", "mf", path="walk.bvh")]).current == "mf"


def test_what_was_undone_is_redone_and_a_new_motion_ends_that() -> None:
    undo, redo = step("history", "ma", action="undo"), step("history", "mb", action="redo")
    assert trail_of([*made("ma"), *made("mb"), *undo, *redo]) == Trail(past=("ma", "mb"))
    assert trail_of([*made("ma"), *made("mb"), *undo, *made("mc")]) == Trail(past=("ma", "mc"))
