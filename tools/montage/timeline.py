"""Edits that only move tokens about: delete, repeat, reorder, trim. Pure functions on lists of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...motion_models.motion.features import SECONDS_PER_TOKEN
from ..errors import EditError
from .parts import Part


def index_of(parts: Sequence[Part], segment: int) -> int:
    """Where segment number `segment` (1 the first, -1 the last) is in the list."""
    if segment == 0 or abs(segment) > len(parts):
        known = "; ".join(f"{n}: {part.description}" for n, part in enumerate(parts, 1))
        raise EditError(f"there is no segment {segment}; the motion has {known}")
    return segment - 1 if segment > 0 else len(parts) + segment


def indices_of(parts: Sequence[Part], segment: int | None) -> list[int]:
    """The parts an operation works on: one segment, or all of them."""
    return list(range(len(parts))) if segment is None else [index_of(parts, segment)]


def delete(parts: Sequence[Part], segment: int) -> list[Part]:
    """Take one segment out; a motion keeps at least one."""
    index = index_of(parts, segment)
    if len(parts) == 1:
        raise EditError("the motion has only one segment, which cannot be deleted")
    return [*parts[:index], *parts[index + 1 :]]


def repeat(parts: Sequence[Part], segment: int | None, times: int) -> list[Part]:
    """Perform one segment, or the whole motion, `times` times in a row."""
    if segment is None:
        return list(parts) * times
    index = index_of(parts, segment)
    return [*parts[:index], *[parts[index]] * times, *parts[index + 1 :]]


def reorder(parts: Sequence[Part], order: Sequence[int]) -> list[Part]:
    """Put the segments into the order of their present numbers; each must appear exactly once."""
    indices = [index_of(parts, number) for number in order]
    if sorted(indices) != list(range(len(parts))):
        raise EditError(
            f"order must name each of the segments 1 to {len(parts)} exactly once, got {list(order)}"
        )
    return [parts[index] for index in indices]


def trim(parts: Sequence[Part], start: float, end: float | None) -> list[Part]:
    """Keep the stretch from `start` to `end` seconds, to the nearest token (0.2 s)."""
    length = sum(len(part.tokens) for part in parts)
    first = round(start / SECONDS_PER_TOKEN)
    last = length if end is None else min(length, round(end / SECONDS_PER_TOKEN))
    if first >= last:
        seconds = length * SECONDS_PER_TOKEN
        raise EditError(f"nothing would be left: the motion lasts {seconds:g} s")
    kept, offset = [], 0
    for part in parts:
        tokens = part.tokens[max(0, first - offset) : max(0, last - offset)]
        offset += len(part.tokens)
        if tokens:
            kept.append(
                part if tokens == part.tokens else replace(part, tokens=tokens, checks=(), demands=None)
            )
    return kept
