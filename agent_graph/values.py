"""What a checkpoint can hold: text without lone surrogates, numbers of 64 bits, and nothing too deep.

Chat models and users give strings and JSON of any kind. What cannot be kept is refused as a wrong argument
(`fault_of`) or mended (`storable`) at the border, before it is part of a thread that could then not be saved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import invalid_tool_call

from ..tools.errors import shortened

#: How deep arguments may be nested, and how many values and characters those of one call may hold.
DEEPEST, MOST_VALUES, MOST_CHARACTERS = 24, 20_000, 200_000
#: How the reason begins that such arguments are refused for.
UNFIT = "arguments"
#: What is put in place of something that is nested deeper.
CUT_OFF = "..."
INT64 = range(-(2**63), 2**63)
#: How much of a refused call's arguments the thread shows.
SHOWN = 200


def clean_text(text: str) -> str:
    """The text with every lone surrogate, which no encoding knows, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def fault_of(value: Any) -> str | None:
    """Why a value of JSON cannot be kept as an argument, in words; None when it can."""
    values = characters = 0
    rest: list[tuple[Any, int]] = [(value, 0)]
    while rest:  # no recursion: the depth is what is in question
        item, depth = rest.pop()
        values += 1
        characters += len(item) if isinstance(item, str) else 0
        if depth > DEEPEST:
            return f"are nested more than {DEEPEST} deep"
        if values > MOST_VALUES or characters > MOST_CHARACTERS:
            return f"hold more than {MOST_VALUES} values or {MOST_CHARACTERS} characters"
        if (fault := _own_fault(item)) is not None:
            return fault
        if isinstance(item, Mapping):
            rest += [(inner, depth + 1) for pair in item.items() for inner in pair]
        elif isinstance(item, list | tuple):
            rest += [(inner, depth + 1) for inner in item]
    return None


def _own_fault(item: Any) -> str | None:
    """What is wrong with one value, whatever it contains."""
    if isinstance(item, str):
        return None if clean_text(item) == item else "holds half a character (a lone surrogate)"
    if isinstance(item, bool) or item is None:
        return None
    if isinstance(item, int):
        return None if item in INT64 else "hold a whole number of more than 64 bits"
    if isinstance(item, float):
        return None if math.isfinite(item) else "hold a number that is not finite"
    if isinstance(item, Mapping | list | tuple):
        return None
    return f"hold a {type(item).__name__}, which is no JSON"


def storable_reply(message: AIMessage) -> AIMessage:
    """A coordinator's reply as a thread can hold it.

    A call whose arguments cannot be kept becomes an invalid call, which a plan refuses with the reason; text
    and everything around the calls is mended.
    """
    good, bad = [], [storable(call) for call in message.invalid_tool_calls]
    for call in message.tool_calls:
        fault = fault_of(call["args"])
        name, call_id = storable(call["name"]), storable(call["id"])
        if fault is None:
            good.append({**call, "name": name, "id": call_id})
        else:
            reason = f"{UNFIT} that {fault}"
            bad.append(invalid_tool_call(name=name, id=call_id, args=_shown(call["args"]), error=reason))
    whole = len(good) == len(message.tool_calls)  # some clients repeat the calls beside the message
    fields = {
        "content": storable(message.content),
        "additional_kwargs": storable(message.additional_kwargs) if whole else {},
        "response_metadata": storable(message.response_metadata),
        "id": storable(message.id),
        "name": storable(message.name),
    }
    return message.model_copy(update=fields | {"tool_calls": good, "invalid_tool_calls": bad})


def _shown(arguments: Any) -> str:
    return clean_text(shortened(str(storable(arguments)), SHOWN))


def storable(value: Any, depth: int = 0) -> Any:
    """The value with whatever no checkpoint holds put into words; what can be held stays as it is."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if value in INT64 else clean_text(shortened(_digits(value), 40))
    if isinstance(value, BaseMessage):
        fields = {name: storable(getattr(value, name), depth + 1) for name in type(value).model_fields}
        return value.model_copy(update=fields)
    if isinstance(value, dict | list | tuple):
        return CUT_OFF if depth > DEEPEST else _storable_inside(value, depth)
    return value


def _storable_inside(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return {storable(key, depth + 1): storable(inner, depth + 1) for key, inner in value.items()}
    inside = [storable(inner, depth + 1) for inner in value]
    if isinstance(value, list):
        return inside
    return type(value)(*inside) if hasattr(value, "_fields") else tuple(inside)


def _digits(number: int) -> str:
    """A number in letters; Python writes none of more than some thousand digits out."""
    return str(number) if number.bit_length() < 2**12 else f"a number of {number.bit_length()} bits"
