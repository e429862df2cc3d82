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
