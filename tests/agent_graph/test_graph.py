"""The whole state machine, driven by a scripted coordinator."""

from __future__ import annotations

import json

from fakes import call, plan
from langchain_core.messages import AIMessage, ToolMessage

DONE = AIMessage("Done.")


def tool_messages(state):
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


def test_a_description_becomes_a_motion(talk):
    state = talk(plan(call("generate_motion", description="a person walks", seconds=3)), DONE).say("walk")
    [ref] = state["motions"].values()
    assert (ref.id, ref.seconds, ref.frames) == (state["current"], 3.0, 60)
    content = json.loads(tool_messages(state)[0].content)
    assert content["motion_id"] == ref.id
    assert content["segments"] == [{"description": "a person walks", "start": 0.0, "end": 3.0}]
    assert state["messages"][-1].content == "Done."


def test_an_answer_without_tools_has_no_motion(talk):
    state = talk(AIMessage("Hello.")).say("hi")
    assert state["motions"] == {}
    assert state["current"] is None


def test_generate_steps_of_a_plan_are_one_batch(talk, backend):
    calls = [call("generate_motion", description=f"a person {verb}") for verb in ("walks", "jumps", "sits")]
    state = talk(plan(*calls), DONE).say("three motions")
    assert backend.batches == [["a person walks", "a person jumps", "a person sits"]]
    assert len(state["motions"]) == 3
