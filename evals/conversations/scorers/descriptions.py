"""What the words of the current motion speak of."""

from __future__ import annotations

from typing import Any

from .common import Score, current, matches, verdict


def descriptions(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    motion, wanted = current(outputs), reference_outputs["descriptions"]
    if motion is None:
        return verdict("descriptions", ["there is no current motion"])
    text = "; ".join(part["description"] for part in motion["segments"]) or motion["description"]
    missing = [f"no word of {p} in: {text}" for p in wanted["contain"] if not matches(p, text)]
    wrong = [f"speaks of {p}: {text}" for p in wanted["lack"] if matches(p, text)]
    return verdict("descriptions", missing + wrong)
