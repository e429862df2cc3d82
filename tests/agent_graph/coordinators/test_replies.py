"""Plans in the text of models that call no tools: the faults of the paper's Table 5, and worse."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.coordinators.replies import (
    CUT_SHORT,
    ECHO,
    NO_ROOM,
    NOTHING,
    ReadReply,
    read_reply,
    with_calls,
)
from motion_agent.agent_graph.state import serializer
from motion_agent.agent_graph.values import storable_reply

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
    "a step without brackets": json.dumps({"steps": STEP}),
    "another's call without brackets": json.dumps(
        {"call": {"function": STEP["tool"], "args": STEP["arguments"]}}
    ),
    "a plan in a plan": json.dumps({"plan": {"steps": [STEP]}}),
    "arguments that are null beside others": json.dumps({**STEP, "input": None}),
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


@pytest.mark.parametrize(("written", "number"), [("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("2.e1", 20.0)])
def test_numbers_may_leave_out_a_digit(written, number):
    text = f'{{"steps": [{{"tool": "generate_motion", "arguments": {{"seconds": {written}}}}}]}}'
    assert read_reply(text, TOOLS).calls == (("generate_motion", {"seconds": number}),)


@pytest.mark.parametrize("key", ["arguments", "args", "input"])
def test_arguments_that_are_null_are_none(key):
    text = f'{{"steps": [{{"tool": "list_motions", "{key}": null}}]}}'
    assert read_reply(text, {"list_motions": []}).calls == (("list_motions", {}),)


def test_steps_keep_their_order_over_several_blocks():
    sit = STEP | {"arguments": {"description": "a person sits"}}
    reading = read_reply(f"1. {json.dumps(STEP)}\n2. {json.dumps(sit)}", TOOLS)
    assert [args["description"] for _, args in reading.calls] == ["a person walks", "a person sits"]


def test_what_is_said_about_a_step_is_no_argument_of_it():
    remarks = {"id": 7, "step": 1, "number": 1, "reason": "asked for", "thought": "hm", "type": "function"}
    flat = {"tool": "generate_motion", "description": "a person walks"} | remarks
    assert read_reply(json.dumps({"steps": [flat]}), TOOLS).calls == (WALK,)


def test_plans_among_thoughts_are_not_meant():
    other = json.dumps({"steps": [STEP | {"arguments": {"description": "a person sits"}}]})
    text = f"<think>{other}</think> or rather {other}</think>{json.dumps({'steps': [STEP]})}"
    assert read_reply(text, TOOLS).calls == (WALK,)


def test_calls_written_as_code_take_their_arguments_by_place_and_by_name():
    sit = ("generate_motion", {"description": "a person sits", "seconds": 3})
    assert read_reply("generate_motion('a person sits', 3)", TOOLS).calls == (sit,)
    assert read_reply("generate_motion('a person', 3, description='a person sits')", TOOLS).calls == (sit,)
    too_many = "generate_motion('a person sits', 3, 4)"
    assert read_reply(too_many, TOOLS) == ReadReply(answer=too_many)
    named = ("generate_motion", {"description": "as in name_motion('m1', 'hop')"})
    assert read_reply("""generate_motion("as in name_motion('m1', 'hop')")""", TOOLS).calls == (named,)


def test_a_short_name_that_two_tools_begin_with_is_left_as_it_is():
    tools = {"edit_motion": [], "edit_scene": []}
    assert read_reply('{"steps": [{"tool": "edit", "arguments": {}}]}', tools).calls == (("edit", {}),)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"answer": "First."} {"answer": "Second."}', "First."),
        ("1. It lasts three seconds.", "1. It lasts three seconds."),
    ],
)
def test_the_first_answer_is_the_answer_and_one_point_is_no_list(text, answer):
    assert read_reply(text, TOOLS) == ReadReply(answer=answer)


def test_what_is_no_answer_is_told_apart_from_short_answers():
    def fault(said: str, asked: str = "") -> str | None:
        calls = with_calls(AIMessage(said), TOOLS, asked).invalid_tool_calls
        return calls[0]["error"] if calls else None

    assert fault("Make him walk!", "make him walk") == ECHO
    assert fault("Yes.", "yes") is None  # one word may be what was asked and the answer
    assert fault("generate_motion") == fault("m7x2") == fault("...") == fault("a" * 41) == NOTHING
    assert fault("a" * 40) is None


def test_words_of_a_model_that_makes_its_calls_stay_as_it_sent_them():
    blocks: list[str | dict[str, str]] = [{"type": "text", "text": "Done."}]
    assert with_calls(AIMessage(blocks), TOOLS, talk=True).content == blocks
    said = 'It was {"answer": "short"}, if you want to know what a program would have said to that question.'
    assert read_reply(said, TOOLS, talk=True) == ReadReply(answer=said)


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


# ---------------------------------------------------------------------- hostile replies

FRAGMENTS = [
    "{", "}", "[", "]", '"steps"', '"tool"', ":", ",", '"generate_motion"', "generate_motion", "(", ")", "'",
    '"', "\\", '{"a":1}', 'b"x"', "{1}", "...", "1j", "0xff", "None", "NaN", "-", "**", "lambda:0", 'f"{x}"',
    "\n1. ", "\n2. ", "```", '"arguments"', '"answer"', "name_motion", "\\ud83d", "é", "\u2028", "#", '"""',
    "'a person walks'", "=", "description", "seconds=3", "<tool_call>", "1e999", "\ud83d",
]  # fmt: skip
LITERALS = [
    '{"steps": [{1, 2}]}', "{'steps': [b'x']}", "{'steps': [...]}", "{'steps': [1j]}", "{'steps': [(1,2)]}",
    "{'tool': 'generate_motion', 'arguments': {'description': b'walk'}}",
    "{'tool': 'generate_motion', 'arguments': {'description': {1,2}}}",
    "{'tool': 'generate_motion', 'arguments': {'seed': 0x" + "f" * 5000 + "}}",
    "{'tool': 'generate_motion', 'arguments': {(1,2): 2}}", "generate_motion(b'x')", "generate_motion(1j)",
    "generate_motion({b'a': {1}})", '{"tool":"generate_motion","arguments":{"seed":' + "9" * 400 + "}}",
    '{"tool":"generate_motion","arguments":{"seconds":1e999}}', "[" * 3000 + "]" * 3000,
    '{"tool":"generate_motion","arguments":' + '{"a":' * 400 + "1" + "}" * 400 + "}",
    "generate_motion(" + "(" * 300 + "1" + ")" * 300 + ")", "generate_motion(-" + "-" * 3000 + "1)",
]  # fmt: skip
LONG = {
    "one word": "a" * 20_000,
    "base64": "QUJD/+" * 3_400,
    "calls that never begin": "generate_motion(" * 1_250,
    "calls that never end": "generate_motion('" * 1_200,
    "calls looped and closed": "generate_motion(" * 600 + ")" * 600,
    "opened objects": '{"a":' * 4_000,
    "opened lists": "[" * 20_000,
    "lists of lists": "[1,[2," * 3_300,
    "quotes": '"' * 20_000,
    "apostrophes": "{'a" * 6_600,
    "apostrophes and space": "'" + (" " * 99 + "'") * 200,
    "parentheses": "(" * 20_000,
    "numbers": "1. " * 6_600,
    "lines": "\n1" * 10_000,
    "digits": "9" * 20_000,
    "backslashes": '{"' + "\\" * 19_998,
    "an answer": json.dumps({"answer": "word " * 4_000}),
}


def hostile(count: int) -> list[str]:
    rng = random.Random(0)
    made = ["".join(rng.choices(FRAGMENTS, k=rng.randint(1, 60))) for _ in range(count)]
    return [*LITERALS, *LONG.values(), *made]


def test_ten_thousand_hostile_replies_end_as_plan_answer_or_fault():
    for text in hostile(10_000):
        for talk in (False, True):
            read = with_calls(AIMessage(text), TOOLS, "walk", talk=talk)
            said = bool(read.text), bool(read.tool_calls), bool(read.invalid_tool_calls)
            assert any(said), text
            kept = storable_reply(read)
            assert len(kept.tool_calls + kept.invalid_tool_calls) >= len(read.tool_calls), text


@pytest.mark.parametrize("literal", LITERALS)
def test_only_values_of_json_are_arguments(literal):
    read = read_reply(literal, TOOLS)
    assert read.calls == ()


@pytest.mark.parametrize("text", LONG.values(), ids=list(LONG))
def test_reading_is_linear(text):
    """A tenth of a second by the processor's clock for 20,000 letters: twenty times what it takes."""
    read_reply(text[:100], TOOLS)
    began = time.process_time()
    with_calls(AIMessage(text), TOOLS)
    assert time.process_time() - began < 0.1


def test_hostile_replies_leave_a_thread_that_goes_on(backend):
    rng = random.Random(1)
    for text in [*LITERALS, *rng.sample(hostile(500), 60)]:
        model = FakeListChatModel(responses=[text, '{"answer": "done"}', '{"answer": "second"}'])
        saver = InMemorySaver(serde=serializer())
        agent = create_motion_agent(
            AgentConfig(mode="prompted"), model=model, backend=backend, checkpointer=saver
        )
        for _ in range(2):
            state = agent.invoke({"messages": [("user", "go")]}, {"configurable": {"thread_id": "t"}})
            assert state["messages"][-1].text


@pytest.mark.parametrize("said", [{"finish_reason": "length"}, {"stop_reason": "max_tokens"}])
def test_a_whole_plan_runs_though_the_talk_after_it_was_cut_off(said):
    plan = json.dumps({"steps": [STEP]})
    whole = with_calls(AIMessage(f"{plan}\nThis plan makes the", response_metadata=said), TOOLS)
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [WALK]
    assert whole.invalid_tool_calls == []
    cut = with_calls(AIMessage("I shall plan a walk that", response_metadata=said), TOOLS)
    assert [call["error"] for call in cut.invalid_tool_calls] == [NO_ROOM]
