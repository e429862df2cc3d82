"""Edits that move parts about or cut them: delete, repeat, reorder, trim. Pure functions on parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...motion_models.motion.features import FPS, FRAMES_PER_TOKEN
from ..clips.frame_edits import AnyTime, Keep, Ring, placed_in_time
from ..errors import EditError
from .parts import SEEN_BESIDE, Part, closed
from .reshape import with_edits, without


def index_of(parts: Sequence[Part], segment: int) -> int:
    """Where segment number `segment` (1 the first, -1 the last) is in the list."""
    if segment == 0 or abs(segment) > len(parts):
        known = "; ".join(f"{n}: {part.description}" for n, part in enumerate(parts, 1))
        raise EditError(f"there is no segment {segment}; the motion has only {known}; nothing was changed")
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
    """Keep the stretch from `start` to `end` seconds, to the nearest frame; what is kept looks as it did."""
    shown = placed_in_time([part.span for part in parts], [part.edits for part in parts])
    length = sum(frames for frames, _ in shown)
    first = round(start * FPS)
    last = length if end is None else min(length, round(end * FPS))
    if first >= last:
        raise EditError(f"nothing would be left: the motion lasts {length / FPS:g} s")
    whole, kept, at = closed(parts, range(len(parts) + 1)), list[Part](), 0
    for part, (frames, phase) in zip(whole, shown, strict=True):
        own = (max(0, first - at), min(frames, last - at))
        at += frames
        if own[0] < own[1]:
            kept.append(_cut(part, own, frames, phase))
    return without(kept, Ring)


def _cut(part: Part, kept: tuple[int, int], frames: int, phase: float) -> Part:
    """The frames [start, end) of a part that shows so many from `phase` on: of its tokens, if they are whole.

    What is cut away of its tokens is what the rest is decoded beside.
    """
    start, end = kept
    if kept == (0, frames) and phase == 0 and part.span.length == frames:
        return part
    if not all(isinstance(edit, AnyTime) for edit in part.edits):
        return with_edits(part, Keep(start=phase + start, end=phase + end))
    first, last = start // FRAMES_PER_TOKEN, -(-end // FRAMES_PER_TOKEN)
    shorter = replace(
        part,
        tokens=part.tokens[first:last],
        checks=(),
        demands=None,
        before=((part.before or ()) + part.tokens[:first])[-SEEN_BESIDE:],
        after=(part.tokens[last:] + (part.after or ()))[:SEEN_BESIDE],
    )
    start, end = start - FRAMES_PER_TOKEN * first, end - FRAMES_PER_TOKEN * first
    whole = (start, end) == (0, FRAMES_PER_TOKEN * len(shorter.tokens))
    return shorter if whole else with_edits(shorter, Keep(start=start, end=end))


def shares(parts: Sequence[Part], seconds: Sequence[float]) -> list[list[Part]]:
    """A motion cut into stretches of these lengths, one after another, as far as it goes."""
    found, at, whole = list[list[Part]](), 0.0, sum(part.seconds for part in parts)
    for length in seconds:
        if whole - at < 1 / FPS:
            break
        found.append(trim(parts, at, at + length))
        at += length
    return found
