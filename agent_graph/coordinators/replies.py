"""Reading a plan out of text: the replies of models that write their calls instead of making them.

What the planners of the paper's Table 5 do wrong (prose around the JSON, single quotes, trailing commas,
other keys, numbered lists of calls) is read as it was meant. What was not written is never guessed: a reply
that ends in the middle, names no tool or says nothing becomes a fault the model is told of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call

from . import loose_json
from .loose_json import NoValueError

#: Keys models write in place of ours, by preference.
PLAN_KEYS = ("steps", "plan", "tool_calls", "calls", "call", "actions", "functions", "tools")
TOOL_KEYS = ("tool", "name", "tool_name", "action", "function", "function_name", "call")
ARGUMENT_KEYS = ("arguments", "args", "parameters", "params", "input", "action_input", "tool_input", "kwargs")
ANSWER_KEYS = ("answer", "response", "final_answer", "reply", "message", "text")
#: Keys that say something about a step and are no arguments of it.
REMARKS = ("id", "step", "number", "reason", "thought", "type")
#: What servers call the end of a reply that had no more room.
OUT_OF_ROOM = ("length", "max_tokens", "MAX_TOKENS")
#: How many letters before a parenthesis can be the name of a tool.
LONGEST_NAME = 60
#: The share of a reply that its JSON takes, from which on the reply is that JSON and not talk about it.
MOST = 0.6

CUT_SHORT = "the reply ends in the middle of its JSON: send the whole plan again, shorter if need be"
NO_ROOM = "the reply was cut off because it was too long: send it again, shorter"
NO_PLAN = 'a numbered list is no plan: write it as {"steps": [...]}, or as {"answer": "..."} to the user'
NO_TOOL = 'a step must be an object with "tool" and "arguments", got {}'
NEITHER = 'the reply is neither {"steps": [...]} nor {"answer": "..."}: send one of them'
NOTHING = 'the reply says nothing: send {"steps": [...]} to make motion, or {"answer": "..."} to the user'
ECHO = 'the reply only repeats the request: send {"steps": [...]} to carry it out, or {"answer": "..."}'
UNREADABLE = "the JSON of the reply cannot be read: send it again, with double quotes and without comments"


@dataclass(frozen=True)
class ReadReply:
    """A reply: what it says, the calls it makes (tool, arguments), and what cannot be read (tool, reason)."""

    answer: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def with_calls(
    reply: AIMessage, tools: Mapping[str, Sequence[str]], asked: str = "", *, talk: bool = False
) -> AIMessage:
    """The reply with the calls its text makes, or with a fault in place of an answer that is none.

    tools, talk: see `read_reply`. asked: what the user said last.
    """
    if reply.tool_calls or reply.invalid_tool_calls:
        return reply
    reading = read_reply(reply.text, tools, talk=talk)
    cut = any(reply.response_metadata.get(key) in OUT_OF_ROOM for key in ("finish_reason", "stop_reason"))
    if cut and not reading.calls:
        reading = ReadReply(faults=(("plan", NO_ROOM),))
    elif not reading.calls and not reading.faults and (fault := _no_answer(reading.answer, asked, tools)):
        reading = ReadReply(faults=(("plan", fault),))
    return reply.model_copy(
        update={
            "content": reply.content if talk and reading.answer else reading.answer,
            "tool_calls": [tool_call(name=name, args=args, id=_new_id()) for name, args in reading.calls],
            "invalid_tool_calls": [
                invalid_tool_call(name=name, args=None, id=_new_id(), error=reason)
                for name, reason in reading.faults
            ],
        }
    )


#: What models that think aloud end their thoughts with: no plan of those is meant.
THOUGHT = "</think>"


def read_reply(text: str, tools: Mapping[str, Sequence[str]], *, talk: bool = False) -> ReadReply:
    """Read a reply. tools: the arguments of every tool, those it needs first.

    talk: the model makes its calls, so that what it writes is meant for the user unless it is a plan itself.
    """
    text = text.rpartition(THOUGHT)[2].strip()
    found, cut = _found(text)
    if talk and not _is_json(text, found, cut):
        return ReadReply(answer=text)
    readings = []
    for value, *_ in found:
        if reading := _read_value(value, tools):
            if reading.calls and _is_plan(value):
                return reading
            readings.append(reading)
    if cut and (_mentions(text, tools) or text.startswith(("{", "[", "```"))):
        return ReadReply(faults=(("plan", CUT_SHORT),))
    calls = tuple(call for reading in readings for call in reading.calls)
    faults = tuple(fault for reading in readings for fault in reading.faults)
    if calls or faults:
        return ReadReply(calls=calls, faults=faults)
    if answers := [reading.answer for reading in readings if reading.answer]:
        return ReadReply(answer=answers[0])
    return _read_prose(text, bool(found), tools)


def _read_prose(text: str, has_values: bool, tools: Mapping[str, Sequence[str]]) -> ReadReply:
    """A reply without a plan or an answer in JSON: calls written as code, or words to the user."""
    if written := _written_calls(text, tools):
        return ReadReply(calls=tuple(written))
    if text.startswith("{") or (text.startswith(("[", "```")) and _mentions(text, tools)):
        return ReadReply(faults=(("plan", NEITHER if has_values else UNREADABLE),))
    if len(re.findall(r"(?m)^[ \t]*\d{1,9}[.)][ \t]+\S", text)) > 1:
        return ReadReply(faults=(("plan", NO_PLAN),))
    return ReadReply(answer=text)


def _no_answer(answer: str, asked: str, tools: Mapping[str, Sequence[str]]) -> str:
    """Why a text is no answer to the user; "" when it may be one."""
    words = re.findall(r"\w+", answer.casefold())
    if not words:
        return NOTHING
    if len(words) > 1 and words == re.findall(r"\w+", asked.casefold()):
        return ECHO
    only = words[0] if len(words) == 1 else ""
    mixed = any(letter.isdigit() for letter in only) and any(letter.isalpha() for letter in only)
    return NOTHING if only in tools or mixed or len(only) > 40 else ""


# ---------------------------------------------------------------------- JSON in text


def _found(text: str) -> tuple[list[tuple[Any, int, int]], bool]:
    """The values in a text, and whether the end of the text cuts one off."""
    found = []
    try:
        for block in loose_json.blocks(text):
            found.append(block)  # noqa: PERF402
    except NoValueError:
        return found, True
    return found, False


def _is_json(text: str, found: Sequence[tuple[Any, int, int]], cut: bool) -> bool:
    """Whether a reply is JSON, and not words with some JSON in them."""
    length = sum(end - start for _, start, end in found)
    return length >= MOST * len(text) > 0 or (cut and text.startswith(("{", "[", "```", "<tool_call>")))


def _is_plan(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and _steps_of(value) is not None)


def _steps_of(value: dict[str, Any]) -> list[Any] | None:
    for key in PLAN_KEYS:
        steps = value.get(key)
        if isinstance(steps, dict) and any(name in steps for name in TOOL_KEYS):
            return [steps]  # a plan of a single step, without its brackets
        found = _steps_of(steps) if isinstance(steps, dict) else steps
        if isinstance(found, list):
            return found
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
    item = {name: value for name, value in item.items() if value is not None or name not in ARGUMENT_KEYS}
    arguments = next((item[name] for name in ARGUMENT_KEYS if name in item), None)
    if isinstance(arguments, str):
        arguments = _parsed(arguments)
    if arguments is None:
        arguments = {name: value for name, value in item.items() if name != key and name not in REMARKS}
    if not isinstance(arguments, dict):
        return None
    return _tool_named(item[key], tools), arguments


# ---------------------------------------------------------------------- calls written as code


def _written_calls(text: str, tools: Mapping[str, Sequence[str]]) -> list[tuple[str, dict[str, Any]]]:
    """Calls such as generate_motion("a person walks", seconds=3) or MotionLLM.generate('a person walks')."""
    calls, behind = [], 0
    for name, place in _call_heads(text, tools):
        if place < behind:
            continue  # inside the arguments of the call before
        try:
            unnamed, named, behind = loose_json.call_arguments(text, place)
        except NoValueError as error:
            if error.cut:
                break
            continue
        if (unnamed or named) and len(unnamed) <= len(tools[name]):
            calls.append((name, dict(zip(tools[name], unnamed, strict=False)) | named))
    return calls


def _call_heads(text: str, tools: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """Every place where a tool's name stands before a parenthesis, with the place of that."""
    for opened in re.finditer(r"\(", text):
        before = re.search(
            r"[A-Za-z_][\w.]*\s?$", text[max(0, opened.start() - LONGEST_NAME) : opened.start()]
        )
        name = _tool_named(before[0], tools) if before else ""
        if name in tools:
            yield name, opened.start()


def _parsed(text: str) -> Any:
    try:
        return loose_json.loads(text)
    except NoValueError:
        return text


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
