"""Whether the answer speaks of what it must and of nothing it must not."""

from __future__ import annotations

from typing import Any

from .common import Score, matches, verdict


def answer(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    text, wanted = outputs["answer"], reference_outputs["answer"]
    if not text.strip():
        return verdict("answer", [outputs["error"] or "the answer is empty"])
    missing = [f"does not speak of {p}: {text}" for p in wanted["mentions"] if not matches(p, text)]
    wrong = [f"speaks of {p}: {text}" for p in wanted["forbids"] if matches(p, text)]
    return verdict("answer", missing + wrong)
