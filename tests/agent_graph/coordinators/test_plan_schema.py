"""The grammar says every plan that validation takes; schemas are small, and providers take them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import llguidance.hf
import pytest
from fakes import FakeBackend, call, holding, plan
from langchain_core.utils.function_calling import convert_to_openai_tool
from llguidance import LLMatcher
from motion_agent.agent_graph.coordinators.plan_schema import LONGEST_ANSWER, reply_grammar, signatures
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.agent_graph.prompts import (
    AT_HAND,
    EXAMPLE_MOTION,
    EXAMPLE_SECONDS,
    EXAMPLES,
    OTHERS,
    at_hand,
    example_at_hand,
    result_of,
    written_instructions,
    written_plan,
)
from motion_agent.motion_models import load_backend
from motion_agent.tools import create_motion_tools
from motion_agent.tools.arguments.operations import operations
from motion_agent.tools.results import motion_entry
from motion_agent.tools.schemas import MotionRef, SegmentRef
from motion_agent.tools.toolbox import TOOLS
from random_plans import KNOWN, random_plan
from replays import FAULTS, TABLE_5
from tiny_llm import tiny_tokenizer

SCHEMAS = {name: spec.arguments for name, spec in TOOLS.items()}


@pytest.fixture(scope="module")
def says() -> Any:
    """Whether a text is of the grammar."""
    tokenizer: Any = tiny_tokenizer()
    tokens = llguidance.hf.from_tokenizer(tokenizer, n_vocab=len(tokenizer))
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(reply_grammar(SCHEMAS, KNOWN)))
    matcher = LLMatcher(tokens, grammar)
    assert not matcher.is_error(), matcher.get_error()

    def accepts(text: str) -> bool:
        ids = tokens.tokenize_str(text)
        matcher.reset()
        return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()

    return accepts


def test_the_grammar_says_a_thousand_random_valid_plans(says):
    rng = random.Random(0)
    for _ in range(1000):
        message = random_plan(rng)
        plan = read_plan(message, holding(*KNOWN), lambda: KNOWN, Limits(seconds=1e9, people=64))
        shown = plan.as_json()
        assert says(json.dumps(shown, ensure_ascii=False)), shown


def test_the_grammar_says_the_plans_of_the_evals(says):
    for parts in TABLE_5.values():
        assert says(FAULTS["none"](parts)), parts


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"steps": []}',
        '{"answer": ""}',
        written_plan([("generate_motion", {"description": "a person walks", "second": 3})]),
        written_plan([("edit_motion", {"motion_id": "m404", "operations": [{"op": "mirror"}]})]),
        written_plan([("edit_motion", {"motion_id": "$1", "operations": [{"op": "mirror"}]})]),
        written_plan([("edit_motion", {"motion_id": KNOWN[0], "operations": [{"op": "delete"}]})]),
        written_plan([("compose_sequence", {"segments": [{"seconds": 2}]})]),
        written_plan([("history", {"action": "undo", "motion_id": KNOWN[0]})]),
        written_plan([("history", {"action": "restore"})]),
    ],
)
def test_what_could_not_run_cannot_be_said(says, text):
    assert not says(text)


@pytest.mark.parametrize(
    "answer", ["Made a walk of 3.6 s.", "Una persona camina hacia atrás", "一个人向前走", "3 s"]
)
def test_an_answer_may_be_any_text(says, answer):
    assert says(json.dumps({"answer": answer}, ensure_ascii=False))


def test_example_turns_are_as_real_ones() -> None:
    """Their plans are valid; results and motions at hand are told as the graph tells them."""
    descriptions = ["a person crawls forward", "a person stands up"]
    parts = [SegmentRef(description=text, start=n, end=n + 1) for n, text in enumerate(descriptions)]
    whole = ", then ".join(descriptions)
    ref = MotionRef(
        id=EXAMPLE_MOTION, name=whole, description=whole, seconds=EXAMPLE_SECONDS, frames=104, segments=parts
    )
    for reply in (reply for _, reply in EXAMPLES if not isinstance(reply, str)):
        message = plan(call(reply[0], **reply[1]))
        read_plan(message, holding(ref.id, parts=(2.6, 2.6)), lambda: [ref.id], Limits())
    assert example_at_hand(descriptions) == at_hand({ref.id: ref}, ref.id)
    made = [said for said, _ in EXAMPLES if said.startswith(result_of("compose_sequence", "", failed=False))]
    content = json.loads(made[0].partition(": ")[2])
    assert len(made) == 1 and content == {key: motion_entry(ref)[key] for key in content}


def test_the_current_motion_is_told_last_and_apart() -> None:
    """Also where it is an older one; a motion that is none of those told stands nowhere."""
    refs = {
        name: MotionRef(
            id=name,
            name="",
            description="",
            seconds=1,
            frames=20,
            segments=[SegmentRef(description="a person walks", start=0, end=1)],
        )
        for name in ("m1", "m2", "m3")
    }
    *others, current = at_hand(refs, "m2").split("\n(")
    assert "m2" in current and not any("m2" in told for told in others)
    assert "m1" in others[0] and "m3" in others[0]
    assert AT_HAND not in at_hand(refs, "m9") and OTHERS not in at_hand({"m1": refs["m1"]}, "m1")


def test_an_answer_that_runs_on_is_closed(says):
    assert says(json.dumps({"answer": "y" * LONGEST_ANSWER}))
    assert not says(json.dumps({"answer": "y" * (LONGEST_ANSWER + 1)}))


def test_every_tool_and_operation_has_a_signature():
    told = signatures(SCHEMAS)
    assert all(f"- {name}(" in told for name in TOOLS)
    assert all(f"{name}(" in told for name in operations())


def test_prompts_and_schemas_are_small():
    """In letters: of the tokenizers at hand, none has fewer than 3.5 of them in a token of these texts."""
    prompt = written_instructions(signatures(SCHEMAS), load_backend().repertoire)
    assert len(prompt) < 1200 * 3.5
    tools = json.dumps([convert_to_openai_tool(tool) for tool in create_motion_tools(FakeBackend())])
    assert len(tools) < 2000 * 3.5


# ---------------------------------------------------------------------- what providers take


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def depth(schema: Any) -> int:
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    nested = max((depth(value) for value in inner), default=0)
    return nested + (isinstance(schema, dict) and schema.get("type") == "object")


@pytest.mark.parametrize("strict", [None, True])
def test_openai_takes_the_tools_as_they_are(strict):
    for tool in create_motion_tools(FakeBackend()):
        schema = convert_to_openai_tool(tool, strict=strict)["function"]["parameters"]
        text = json.dumps(schema)
        assert not any(word in text for word in ("oneOf", "allOf", "discriminator", "$ref", "$defs")), (
            tool.name
        )
        assert depth(schema) <= 5
        for part in objects(schema):
            if "anyOf" in part:  # a number or nothing, never a choice between objects
                assert {branch["type"] for branch in part["anyOf"]} <= {"number", "integer", "null"}
            if strict and "properties" in part and part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert set(part.get("required", ())) == set(part["properties"])


def test_gemini_sees_operations_as_objects():
    utils = pytest.importorskip("langchain_google_genai._function_utils", exc_type=ImportError)
    [tool] = utils.convert_to_genai_function_declarations(create_motion_tools(FakeBackend()))
    edit = next(one for one in tool.function_declarations if one.name == "edit_motion")
    operation = edit.parameters.properties["operations"].items
    assert operation.type == "OBJECT" and operation.properties["op"].enum == list(operations())
    assert operation.properties["segment"].type == "INTEGER"


def test_anthropic_takes_the_tools_as_they_are():
    chat = pytest.importorskip("langchain_anthropic.chat_models", exc_type=ImportError)
    for tool in create_motion_tools(FakeBackend()):
        told = json.dumps(chat.convert_to_anthropic_tool(tool, strict=True))
        assert "oneOf" not in told and "$ref" not in told


def test_of_a_long_result_the_beginning_is_told() -> None:
    parts = [{"description": f"a person does {n}", "start": n, "end": n + 1} for n in range(64)]
    told = result_of("compose_sequence", json.dumps({"motion_id": "m1", "segments": parts}), failed=False)
    result = json.loads(told.partition(": ")[2])
    assert result == {"motion_id": "m1", "segments": parts[:8], "more": {"segments": 56}}
    short = json.dumps({"motion_id": "m1", "segments": parts[:9]})
    assert result_of("compose_sequence", short, failed=False) == f"Result of compose_sequence: {short}"
    long = "no motion " * 300
    assert result_of("edit_motion", long, failed=True) == f"Error of edit_motion: {long}"
