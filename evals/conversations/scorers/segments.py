"""Number and order of the parts of the current motion."""

from __future__ import annotations

from typing import Any

from .common import Score, current, matches, verdict


def segments(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    motion, wanted = current(outputs), reference_outputs["segments"]
    if motion is None:
        return verdict("segments", ["there is no current motion"])
    parts = [part["description"] for part in motion["segments"]]
    shown, problems = " | ".join(parts), list[str]()
    if wanted["count"] and len(parts) != wanted["count"]:
        problems.append(f"{len(parts)} segments instead of {wanted['count']}: {shown}")
    if wanted["at_least"] and len(parts) < wanted["at_least"]:
        problems.append(f"{len(parts)} segments, fewer than {wanted['at_least']}: {shown}")
    for number, pattern in enumerate(wanted["order"], 1):
        if number > len(parts) or not matches(pattern, parts[number - 1]):
            problems.append(f"segment {number} does not speak of {pattern}: {shown}")
    return verdict("segments", problems)
