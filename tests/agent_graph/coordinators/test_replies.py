"""Plans in the text of models that call no tools: the faults of the paper's Table 5, and worse."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.agent_graph.coordinators.replies import CUT_SHORT, read_reply

TOOLS = {
    "generate_motion": ["description", "seconds"],
    "compose_sequence": ["segments"],
    "name_motion": ["motion_id", "name"],
}
WALK = ("generate_motion", {"description": "a person walks"})
STEP = {"tool": "generate_motion", "arguments": {"description": "a person walks"}}

READ_AS_A_WALK = {
    "as asked": json.dumps({"steps": [STEP]}),
    "prose around": f"Sure! Here is my plan:\n{json.dumps({'steps': [STEP]})}\nHope that helps :)",
    "fenced": f"```json\n{json.dumps({'steps': [STEP]}, indent=2)}\n```",
    "single quotes": str({"steps": [STEP]}),
    "trailing commas": """{"steps": [{"tool": "generate_motion",
        "arguments": {"description": "a person walks",},},],}""",
    "unquoted keys": '{steps: [{tool: "generate_motion", arguments: {description: "a person walks"}}]}',
    "other container": json.dumps({"plan": [STEP], "reason": "as the user wishes"}),
    "bare list": json.dumps([STEP]),
    "bare step": json.dumps(STEP),
    "other keys": """{"steps": [{"action": "generate_motion",
        "action_input": {"description": "a person walks"}}]}""",
    "tool as key": '{"steps": [{"generate_motion": {"description": "a person walks"}}]}',
    "flat": '{"steps": [{"tool": "generate_motion", "description": "a person walks"}]}',
    "another's calls": json.dumps(
        {
            "tool_calls": [
                {
                    "type": "function",
                    "function": {"name": "generate_motion", "arguments": '{"description": "a person walks"}'},
                }
            ]
        }
    ),
    "the paper's calls": """{"plan": "walk", "call": ["MotionLLM.generate('a person walks')"]}""",
    "numbered list": "1. generate_motion('a person walks')",
    "code": "```python\ngenerate_motion(description='a person walks')\n```",
    "other spelling": """{"steps": [{"tool": "Generate Motion",
        "arguments": {"description": "a person walks"}}]}""",
}


@pytest.mark.parametrize("text", READ_AS_A_WALK.values(), ids=list(READ_AS_A_WALK))
def test_a_plan_is_read_as_it_was_meant(text):
    reading = read_reply(text, TOOLS)
    assert (reading.calls, reading.faults, reading.answer) == ((WALK,), (), "")


def test_steps_keep_their_order_over_several_blocks():
    sit = STEP | {"arguments": {"description": "a person sits"}}
    reading = read_reply(f"1. {json.dumps(STEP)}\n2. {json.dumps(sit)}", TOOLS)
    assert [args["description"] for _, args in reading.calls] == ["a person walks", "a person sits"]


def test_an_argument_that_is_called_like_a_key_stays_an_argument():
    [call] = read_reply('{"tool": "name_motion", "motion_id": "m1", "name": "greeting"}', TOOLS).calls
    assert call == ("name_motion", {"motion_id": "m1", "name": "greeting"})


@pytest.mark.parametrize("cut", [20, 40, 60, 75])
def test_half_an_answer_is_not_guessed(cut):
    reading = read_reply(json.dumps({"steps": [STEP]})[:cut], TOOLS)
    assert reading.calls == () and reading.faults == (("plan", CUT_SHORT),)


def test_a_numbered_list_without_tools_is_asked_for_again():
    reading = read_reply("My plan:\n1. a person walks\n2. a person sits", TOOLS)
    assert (reading.answer, reading.calls) == ("", ())
    assert "numbered list" in reading.faults[0][1]


def test_a_step_without_a_tool_is_told():
    reading = read_reply(json.dumps({"steps": [STEP, {"what": 1}]}), TOOLS)
    assert reading.calls == (WALK,)
    assert 'got {"what": 1}' in reading.faults[0][1]


def test_an_unknown_tool_is_left_to_the_plan():
    [(name, _)] = read_reply('{"steps": [{"tool": "fly", "arguments": {}}]}', TOOLS).calls
    assert name == "fly"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("He walks [twice], see {this}.", "He walks [twice], see {this}."),
        ('{"answer": "It lasts 3 s."}', "It lasts 3 s."),
        ("I would use generate_motion(...) for that.", "I would use generate_motion(...) for that."),
        ("", ""),
    ],
)
def test_talk_is_an_answer(text, answer):
    reading = read_reply(text, TOOLS)
    assert (reading.answer, reading.calls, reading.faults) == (answer, (), ())


@given(st.text(alphabet="{}[]()\":,\\'ab1 \n") | st.text())
def test_nothing_breaks_the_reader(text):
    read_reply(text, TOOLS)
    read_reply(json.dumps({"steps": [STEP]}) + text, TOOLS)
    read_reply("generate_motion(" + text, TOOLS)
