"""Reading a plan out of text: the replies of models that write their calls instead of making them.

What the planners of the paper's Table 5 do wrong (prose around the JSON, single quotes, trailing commas,
other keys, numbered lists of calls) is read as it was meant. What was not written is never guessed: a reply
that ends in the middle, or names no tool, becomes a fault the model is told of.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from json_repair import loads as mended
from langchain_core.messages import AIMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call

#: Keys models write in place of ours, by preference.
PLAN_KEYS = ("steps", "plan", "tool_calls", "calls", "call", "actions", "functions", "tools")
TOOL_KEYS = ("tool", "name", "tool_name", "action", "function", "function_name", "call")
ARGUMENT_KEYS = ("arguments", "args", "parameters", "params", "input", "action_input", "tool_input", "kwargs")
ANSWER_KEYS = ("answer", "response", "final_answer", "reply", "message", "text")
#: Keys that say something about a step and are no arguments of it.
REMARKS = ("id", "step", "number", "reason", "thought", "type")

CUT_SHORT = "the reply ends in the middle of its JSON: send the whole plan again, shorter if need be"
NO_PLAN = 'a numbered list is no plan: write it as {"steps": [...]}, or as {"answer": "..."} to the user'
NO_TOOL = 'a step must be an object with "tool" and "arguments", got {}'


@dataclass(frozen=True)
class ReadReply:
    """A reply: what it says, the calls it makes (tool, arguments), and what cannot be read (tool, reason)."""

    answer: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def with_calls(reply: AIMessage, tools: Mapping[str, Sequence[str]]) -> AIMessage:
    """The reply with the calls its text makes; tools: see `read_reply`."""
    if reply.tool_calls or reply.invalid_tool_calls:
        return reply
    reading = read_reply(reply.text, tools)
    return reply.model_copy(
        update={
            "content": reading.answer,
            "tool_calls": [tool_call(name=name, args=args, id=_new_id()) for name, args in reading.calls],
            "invalid_tool_calls": [
                invalid_tool_call(name=name, args=None, id=_new_id(), error=reason)
                for name, reason in reading.faults
            ],
        }
    )


def read_reply(text: str, tools: Mapping[str, Sequence[str]]) -> ReadReply:
    """Read a reply. tools: the arguments of every tool, those it needs first."""
    text = text.strip()
    readings, complete = [], True
    for block, complete in _blocks(text):
        if complete and (reading := _read_value(_value(block), tools)):
            if reading.calls and _is_plan(_value(block)):
                return reading
            readings.append(reading)
    calls = tuple(call for reading in readings for call in reading.calls)
    faults = tuple(fault for reading in readings for fault in reading.faults)
    if not complete and (_mentions(text, tools) or text.startswith(("{", "[", "```"))):
        return ReadReply(faults=(("plan", CUT_SHORT),))
    if calls or faults:
        return ReadReply(calls=calls, faults=faults)
    if answers := [reading.answer for reading in readings if reading.answer]:
        return ReadReply(answer=answers[0])
    written = _written_calls(text, tools)
    if not written and len(re.findall(r"(?m)^\s*\d+[.)]\s+\S", text)) > 1:
        return ReadReply(faults=(("plan", NO_PLAN),))
    return ReadReply(calls=tuple(written)) if written else ReadReply(answer=text)


# ---------------------------------------------------------------------- JSON in text


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """The outermost {...} and [...] of a text, and whether each is closed."""
    start, open_brackets, quoted, escaped = 0, 0, False, False
    for position, letter in enumerate(text):
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            quoted = open_brackets > 0
        elif letter in "{[":
            start = start if open_brackets else position
            open_brackets += 1
        elif letter in "}]" and open_brackets:
            open_brackets -= 1
            if not open_brackets:
                yield text[start : position + 1], True
    if open_brackets:
        yield text[start:], False


def _value(block: str) -> Any:
    """A block as JSON, as a Python literal, or mended; None where it is neither."""
    for read in (json.loads, ast.literal_eval, mended):
        try:
            return read(block)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None


def _is_plan(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and _steps_of(value) is not None)


def _steps_of(value: dict[str, Any]) -> list[Any] | None:
    for key in PLAN_KEYS:
        if isinstance(steps := value.get(key), list):
            return steps
    return None


def _read_value(value: Any, tools: Mapping[str, Sequence[str]]) -> ReadReply | None:
    """A plan, one step or an answer; None for data that is neither."""
    if isinstance(value, list):
        return _read_steps(value, tools) if any(_step(item, tools) for item in value) else None
    if not isinstance(value, dict):
        return None
    if steps := _steps_of(value):
        return _read_steps(steps, tools)
    if step := _step(value, tools):
        return ReadReply(calls=(step,))
    for key in ANSWER_KEYS:
        if isinstance(said := value.get(key), str):
            return ReadReply(answer=said.strip())
    return None


def _read_steps(items: Sequence[Any], tools: Mapping[str, Sequence[str]]) -> ReadReply:
    steps = [_step(item, tools) for item in items]
    wrong = [
        ("step", NO_TOOL.format(json.dumps(item)[:200]))
        for item, step in zip(items, steps, strict=True)
        if not step
    ]
    return ReadReply(calls=tuple(step for step in steps if step), faults=tuple(wrong))


def _step(item: Any, tools: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, Any]] | None:
    """The tool and the arguments of one step, whichever way it is written."""
    if isinstance(item, str):
        written = _written_calls(item, tools)
        return written[0] if len(written) == 1 else None
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("function"), dict):  # the layout of OpenAI's own calls
        item = item["function"]
    key = next((key for key in TOOL_KEYS if isinstance(item.get(key), str)), None)
    if key is None:
        named = [name for name in item if name in tools and isinstance(item[name], dict)]
        return (named[0], item[named[0]]) if len(named) == 1 else None
    if "(" in item[key]:
        return _step(item[key], tools)
    arguments = next((item[name] for name in ARGUMENT_KEYS if name in item), None)
    if isinstance(arguments, str):
        arguments = _value(arguments)
    if arguments is None:
        arguments = {name: value for name, value in item.items() if name != key and name not in REMARKS}
    if not isinstance(arguments, dict):
        return None
    return _tool_named(item[key], tools), arguments


# ---------------------------------------------------------------------- calls written as code


def _written_calls(text: str, tools: Mapping[str, Sequence[str]]) -> list[tuple[str, dict[str, Any]]]:
    """Calls such as generate_motion("a person walks", seconds=3) or MotionLLM.generate('a person walks')."""
    calls = []
    for found in re.finditer(r"[A-Za-z_][\w.]*\s*\(", text):
        name = _tool_named(found[0].rstrip("( "), tools)
        if name in tools and (arguments := _arguments(text[found.end() - 1 :], tools[name])) is not None:
            calls.append((name, arguments))
    return calls


def _arguments(text: str, names: Sequence[str]) -> dict[str, Any] | None:
    """The arguments in the parentheses a text begins with; None where these hold no plain values."""
    for end in (found.end() for found in re.finditer(r"\)", text)):
        try:
            call = ast.parse(f"call{text[:end]}", mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        assert isinstance(call, ast.Call)
        if (not call.args and not call.keywords) or len(call.args) > len(names):
            return None
        written = [*zip(names, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
        try:
            values = {name: ast.literal_eval(value) for name, value in written if name is not None}
        except ValueError:
            return None
        return None if ... in values.values() else values
    return None


def _tool_named(name: str, tools: Mapping[str, Sequence[str]]) -> str:
    """The tool a model means: "MotionLLM.generate" and "Generate-Motion" are generate_motion."""
    word = re.sub(r"[\s-]+", "_", name.strip().rsplit(".", 1)[-1]).casefold()
    meant = [tool for tool in tools if tool == word or tool.startswith(f"{word}_")]
    return meant[0] if len(meant) == 1 else name


def _mentions(text: str, tools: Mapping[str, Sequence[str]]) -> bool:
    return any(f'"{key}"' in text or f"'{key}'" in text for key in (*PLAN_KEYS, *TOOL_KEYS)) or any(
        name in text for name in tools
    )


def _new_id() -> str:
    return f"call_{uuid4().hex[:12]}"
