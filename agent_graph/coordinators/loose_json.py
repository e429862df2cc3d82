"""JSON as language models write it: single quotes, bare keys, trailing or missing commas, prose around it.

One pass without backtracking over a whole block, nesting bounded, and nothing but JSON's own values comes
out: a number that no checkpoint holds, or a literal of some programming language, is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: How deep values may be nested, and what an integer may be at most.
DEPTH, LARGEST = 32, 2**63 - 1

_SPACE = re.compile(r"\s*")
_SEPARATOR = re.compile(r"[\s,]*")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
#: An apostrophe ends a text only where something of the structure comes after it.
_SINGLE = re.compile(r"'((?:[^'\\]|\\.|'(?!\s*(?:[,:}\])]|$)))*+)'", re.DOTALL)
_NUMBER = re.compile(r"-?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?(?![\w.])")
#: No letter before a text, and no name before parentheses: such are values of programming languages.
_WORD = re.compile(r"""[^\W\d][\w.$-]*+(?!['"(])""")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_NAMED = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}


class NoValueError(ValueError):
    """What stands here is no value.

    place: where it stops to be one. cut: whether the text ends there. deep: whether it is nested too deep.
    """

    def __init__(self, place: int, cut: bool = False, deep: bool = False) -> None:
        super().__init__(f"no value at letter {place}")
        self.place, self.cut, self.deep = place, cut, deep


def blocks(text: str) -> Iterator[tuple[Any, int, int]]:
    """The outermost objects and lists of a text, each with where it begins and ends.

    Raises NoValueError at one that the end of the text cuts off; others that are no values are passed over.
    """
    place = 0
    while found := re.compile(r"[{\[]").search(text, place):
        try:
            value, end = _value(text, found.start(), 0)
        except NoValueError as error:
            if error.cut:
                raise
            place = max(found.end(), error.place) if error.deep else found.end()
            continue
        yield value, found.start(), end
        place = end


def loads(text: str) -> Any:
    """A text that is one value. Raises NoValueError."""
    value, end = _value(text, _SPACE.match(text).end(), 0)  # type: ignore[union-attr]
    if text[end:].strip():
        raise NoValueError(end)
    return value


def call_arguments(text: str, place: int) -> tuple[list[Any], dict[str, Any], int]:
    """Arguments in parentheses, as code writes a call: by place, by name, and where they end.

    place: that of the opening parenthesis. Raises NoValueError.
    """
    unnamed: list[Any] = []
    named: dict[str, Any] = {}
    place = _skip(_SEPARATOR, text, place + 1)
    while text[place : place + 1] != ")":
        word = _WORD.match(text, place)
        equals = _skip(_SPACE, text, word.end()) if word else 0
        if word and text[equals : equals + 1] == "=":
            named[word[0]], place = _value(text, _skip(_SPACE, text, equals + 1), 1)
        else:
            value, place = _value(text, place, 1)
            unnamed.append(value)
        place = _skip(_SEPARATOR, text, place)
    return unnamed, named, place + 1


def _value(text: str, place: int, depth: int) -> tuple[Any, int]:
    letter = text[place : place + 1]
    if depth > DEPTH or not letter:
        raise NoValueError(place, cut=not letter, deep=bool(letter))
    if letter == "{":
        return _object(text, place, depth)
    if letter == "[":
        return _list(text, place, depth)
    if letter in "\"'":
        return _quoted(text, place)
    if found := _NUMBER.match(text, place):
        return _number(found), found.end()
    if found := _WORD.match(text, place):
        return _NAMED.get(found[0], found[0]), found.end()
    raise NoValueError(place)


def _object(text: str, place: int, depth: int) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {}
    place = _skip(_SEPARATOR, text, place + 1)
    while text[place : place + 1] != "}":
        word = _WORD.match(text, place)
        if word:
            key, place = word[0], word.end()
        elif text[place : place + 1] in ('"', "'", ""):
            key, place = _quoted(text, place)
        else:
            raise NoValueError(place)
        place = _skip(_SPACE, text, place)
        if text[place : place + 1] != ":":
            raise NoValueError(place, cut=place == len(text))
        members[key], place = _value(text, _skip(_SPACE, text, place + 1), depth + 1)
        place = _skip(_SEPARATOR, text, place)
    return members, place + 1


def _list(text: str, place: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    place = _skip(_SEPARATOR, text, place + 1)
    while text[place : place + 1] != "]":
        item, place = _value(text, place, depth + 1)
        items.append(item)
        place = _skip(_SEPARATOR, text, place)
    return items, place + 1


def _quoted(text: str, place: int) -> tuple[str, int]:
    found = (_SINGLE if text[place : place + 1] == "'" else _DOUBLE).match(text, place)
    if found is None:
        raise NoValueError(len(text), cut=True)
    plain = _ESCAPE.sub(_unescaped, found[1])
    # pairs of surrogates are one letter, a lone one is none
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), found.end()


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)


def _number(found: re.Match[str]) -> int | float:
    whole = found[0].lstrip("-").isdigit()
    number = int(found[0]) if whole else float(found[0])
    if abs(number) > LARGEST and (whole or number in (float("inf"), float("-inf"))):
        raise NoValueError(found.start())
    return number


def _skip(what: re.Pattern[str], text: str, place: int) -> int:
    found = what.match(text, place)
    return found.end() if found else place
