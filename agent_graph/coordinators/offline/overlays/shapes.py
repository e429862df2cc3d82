"""Shapes of a path as points of metres, and angles in degrees, from the words that people use."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import NamedTuple

from .....motion_models.english.demand_words import DEGREES, turns_in
from .....motion_models.english.quantities import number
from .....motion_models.english.spelled_numbers import number_in
from ..sentences.actions import Action
from ..sentences.subjects import PERSON

#: How large a shape is where nothing is said of it: the side of a square, the width of a loop, in metres.
_METRES = 2.0
_SHAPES = (
    ("square", r"squares?"),
    ("rectangle", r"rectang(?:le|ular\w*)"),
    ("triangle", r"triang(?:le|ular\w*)"),
    ("eight", r"(?:figure[ -](?:of[ -])?)?(?:eight|8)\b(?! ?(?:metres?|meters?|m|seconds?|steps?|times)\b)"),
    ("zigzag", r"zig[ -]?zag\w*|slalom"),
    ("half circle", r"(?:half|semi)[ -]?circle|arc"),
    ("circle", r"circles?|ring"),
    ("S", r"s[ -](?:curve|shape)\w*|(?:an|the) s\b|serpentine"),
)
_SHAPE = re.compile(
    r"\b(?:in|along|around|on|into|onto|follow(?:s|ing)?|like|as|trac(?:e|es|ing)|walks?|path:?|to)\b"
    r"(?: the (?:shape|form|path|outline) of)? ?(?:an?|the|one)?"
    r" ?(?:(?:big|small|large|little|wide|tight|perfect|full|whole) )?(?:\d[\d.,]* ?(?:m|met\w+) )?"
    rf"(?P<shape>{'|'.join(f'(?:{words})' for _, words in _SHAPES)})\b"
    r"(?: (?:path|pattern|line|shape|course)s?)?"
    r"(?: (?:of|with (?:sides?|a side|a radius|a diameter) of) \S+ ?(?:m\b|met\w+)(?: each)?)?"
)
_SIZE = re.compile(r"(?P<n>\d+(?:[.,]\d+)?|one|two|three|four|five|six|ten) ?(?:-? ?(?:m\b|met(?:re|er)s?))")


_GOES = re.compile(
    r"(?:an? )?(?:[\w-]+ ){0,2}?[\w-]+"
    r"(?: (?:(?P<verb>walk|run|jog|march|sneak|tiptoe|strut|skip|crawl|limp|hop|stroll|sprint|stagger|shuffle"
    r"|creep|gallop|dribble)\w*|goes|moves|follows|traces|draws)(?P<rest>.*))?"
)


class Shape(NamedTuple):
    """A named shape and its size in metres, and where it was said."""

    name: str
    metres: float
    span: tuple[int, int]


def shape_in(words: str) -> Shape | None:
    """The shape of a path that words ask for: "along a square of 3 metres"."""
    found = _SHAPE.search(words)
    if not found:
        return None
    name = next(name for name, pattern in _SHAPES if re.fullmatch(pattern, found["shape"]))
    size = _SIZE.search(words)
    metres = number(size["n"]) if size else _METRES
    return Shape(name, min(max(metres, 0.5), 20.0), found.span())


def along(action: Action) -> Action:
    """An action that goes along a shape, as the action and its path; a circle of no size the model walks
    itself.
    """
    shape = _sized_circle(action.description) or shape_in(action.description)
    if not shape or shape.name == "circle" or action.path:
        return action
    start, end = shape.span
    rest = " ".join((action.description[:start].rstrip(" ,") + action.description[end:]).split())
    if not (match := _GOES.fullmatch(rest)):
        return action
    plain = rest if match["verb"] else f"{PERSON} walks"
    return replace(action, description=plain, path=(shape.name, shape.metres))


#: "In a circle to the right, radius two metres".
_WAY_ROUND = r"(?:,? (?:to the )?(?P<{}>left|right|(?:anti|counter)?[ -]?clockwise))?"
_CIRCLE = re.compile(
    rf"\b(?:in|along|around|on|into) (?:an?|the)?(?: \w+)? ?circle{_WAY_ROUND.format('way')}"
    r"(?:,? (?:of|with|having))?(?: an?| the)?,? ?(?P<what>radius|diameter)(?: of)? (?P<n>[\d.]+|\w+)"
    r" ?(?:m|met(?:er|re)s?)\b(?:,? (?:to the )?(?P<after>left|right|(?:anti|counter)?[ -]?clockwise))?"
    r"|\b(?:in|along|around|on) an? (?P<wide>\d[\d.]*|\w+)[ -](?:m|met(?:er|re)s?) (?:wide )?circle"
    rf"{_WAY_ROUND.format('side')}"
)


def _sized_circle(words: str) -> Shape | None:
    """A circle whose radius or diameter is said."""
    found = _CIRCLE.search(words)
    if not found:
        return None
    try:
        metres = number(found["n"] or found["wide"])
    except ValueError:
        return None
    way = found["way"] or found["side"] or found["after"] or ""
    right = "right" in way or ("clockwise" in way and "anti" not in way and "counter" not in way)
    size = 2 * metres if found["what"] == "radius" else metres
    return Shape("circle to the right" if right else "ring", min(max(size, 0.5), 20.0), found.span())


def points(name: str, metres: float) -> list[list[float]]:
    """The points [left, ahead] of a shape, from where a path starts, facing ahead."""
    size = metres
    match name:
        case "square":
            corners = [(0, 1), (1, 1), (1, 0), (0, 0)]
        case "rectangle":
            corners = [(0, 2), (1, 2), (1, 0), (0, 0)]
        case "triangle":
            corners = [(0, 1), (math.sqrt(0.75), 0.5), (0, 0)]
        case "zigzag":
            corners = [(0.5 * (-1) ** n, n + 1) for n in range(4)]
        case "S":
            corners = [(0.5 * math.sin(2 * math.pi * n / 12), 2 * n / 12) for n in range(1, 13)]
        case "left curve":
            corners = _arc(1.5, 60, 6)
        case "right curve":
            corners = [(-x, z) for x, z in _arc(1.5, 60, 6)]
        case "half circle":
            corners = _arc(0.5, 180, 10)
        case "circle to the right":
            corners = [(-x, z) for x, z in _arc(0.5, 360, 16)]
        case "eight":
            rounds = _arc(0.5, 360, 12)
            corners = [*rounds, *[(-x, z) for x, z in rounds]]
        case _:
            corners = _arc(0.5, 360, 16)
    return [[round(size * x, 2), round(size * z, 2)] for x, z in corners]


def _arc(radius: float, degrees: float, count: int) -> list[tuple[float, float]]:
    """Points of an arc to the left that starts at the origin, facing ahead."""
    turns = [math.radians(degrees * n / count) for n in range(1, count + 1)]
    return [(radius * (1 - math.cos(t)), radius * math.sin(t)) for t in turns]


def degrees_in(words: str) -> float | None:
    """How far words turn: "90", "a quarter turn", "ninety degrees"; None where they do not say."""
    if found := DEGREES.search(words):
        return min(number_in(found["n"]), 360.0)
    if (stated := turns_in(words)) is not None:
        return stated
    found = re.search(r"\d+(?:\.\d+)?", words)
    return min(float(found[0]), 360.0) if found else None
