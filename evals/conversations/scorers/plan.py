"""Whether a valid plan came, at the first try or after repairs."""

from __future__ import annotations

from typing import Any

from .common import Score, verdict

#: Refused plans in a row after which a plan no longer counts as repaired.
MAX_REPAIRS = 2


def plan_valid(*, outputs: Any, reference_outputs: Any = True, **kwargs: Any) -> Score:
    """A plan was accepted after at most two refused ones; `False` as reference: no plan at all was sent."""
    attempts = outputs["attempts"]
    if not reference_outputs["plan"]:
        return verdict("plan_valid", [f"{len(attempts)} plans were sent"] if attempts else [])
    refused = next((n for n, attempt in enumerate(attempts) if not attempt["refused"]), None)
    if refused is None:
        why = "; ".join(error for attempt in attempts for error in attempt["errors"]) or "no plan was sent"
        return verdict("plan_valid", [why])
    return verdict("plan_valid", [f"{refused} plans were refused"] if refused > MAX_REPAIRS else [])


def plan_first_try(*, outputs: Any, reference_outputs: Any = None, **kwargs: Any) -> Score:
    """No plan of the turn was refused: efficiency, not success."""
    refused = [attempt for attempt in outputs["attempts"] if attempt["refused"]]
    return verdict("plan_first_try", [error for attempt in refused for error in attempt["errors"][:1]])
