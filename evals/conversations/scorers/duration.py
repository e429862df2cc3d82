"""Whether the current motion, or one segment, lasts as long as it should."""

from __future__ import annotations

from typing import Any

from .common import Score, before, current, verdict

_ROUNDING = 1e-6


def duration(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    motion, wanted = current(outputs), reference_outputs["duration"]
    if motion is None:
        return verdict("duration", ["there is no current motion"])
    lasts = _length(motion, wanted["segment"])
    if lasts is None:
        return verdict("duration", [f"there is no segment {wanted['segment']}"])
    return verdict("duration", [*_absolute(lasts, wanted), *_relative(lasts, before(outputs), wanted)])


def _length(motion: dict[str, Any], segment: int | None) -> float | None:
    if segment is None:
        return motion["seconds"]
    if segment > len(motion["segments"]):
        return None
    return motion["segments"][segment - 1]["end"] - motion["segments"][segment - 1]["start"]


def _absolute(lasts: float, wanted: dict[str, Any]) -> list[str]:
    problems, slack = [], wanted["tolerance"] + _ROUNDING
    if wanted["seconds"] and abs(lasts - wanted["seconds"]) > slack:
        problems.append(f"{lasts:g} s instead of {wanted['seconds']:g} s")
    if wanted["at_least"] and lasts < wanted["at_least"] - _ROUNDING:
        problems.append(f"{lasts:g} s, less than {wanted['at_least']:g} s")
    if wanted["at_most"] and lasts > wanted["at_most"] + _ROUNDING:
        problems.append(f"{lasts:g} s, more than {wanted['at_most']:g} s")
    return problems


def _relative(lasts: float, old: dict[str, Any] | None, wanted: dict[str, Any]) -> list[str]:
    if not (wanted["ratio"] or wanted["longer"] or wanted["shorter"]):
        return []
    was = _length(old, wanted["segment"]) if old else None
    if was is None:
        return ["there was no motion to compare with"]
    problems, slack = [], wanted["tolerance"] + _ROUNDING
    if wanted["ratio"] and abs(lasts - wanted["ratio"] * was) > slack:
        problems.append(f"{lasts:g} s, {lasts / was:.2f} times the {was:g} s before")
    if wanted["longer"] and lasts <= was:
        problems.append(f"{lasts:g} s, no longer than before ({was:g} s)")
    if wanted["shorter"] and lasts >= was:
        problems.append(f"{lasts:g} s, no shorter than before ({was:g} s)")
    return problems
