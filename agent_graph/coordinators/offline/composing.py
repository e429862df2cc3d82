"""From actions to the segments of compose_sequence, their lengths, and what is laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....motion_models.motion.features import SECONDS_PER_TOKEN
from ....tools.schemas import MAX_REPEATS
from .dialogue import KnownMotion
from .sentences.actions import Action
from .timeline import Operation, allowed_seconds, laid_over

Segment = dict[str, Any]

#: About what one action takes that is given no length.
_USUAL_SECONDS = 3.0


def segment_of(action: Action, remarks: list[str]) -> Segment:
    """An action as compose_sequence takes it; what is not done of it is told in `remarks`."""
    source = {"motion_id": action.motion} if action.motion else {"description": action.description}
    segment: Segment = {**source, "seconds": allowed_seconds(action.seconds)}
    if action.times > 1:
        segment["repeat"] = min(action.times, MAX_REPEATS)
    if action.times > MAX_REPEATS:
        remarks.append(f"I repeat it {MAX_REPEATS} times, the most at once.")
    return {key: value for key, value in segment.items() if value is not None}


def total_of(segments: Sequence[Segment], total: float | None, limit: float | None) -> float | None:
    """The seconds of the whole: those asked for, or the most it may have, where it would be longer."""
    usual = sum(segment.get("seconds", _USUAL_SECONDS) * segment.get("repeat", 1) for segment in segments)
    return limit if total is None and limit is not None and usual > limit else total


def share_out(segments: list[Segment], total: float | None, remarks: list[str]) -> None:
    """Give the parts without a length an equal share of what the total leaves, in whole tokens."""
    if total is None or not segments:
        return
    allowed_seconds(total)
    open_ones = [segment for segment in segments if "seconds" not in segment and "description" in segment]
    given = sum(segment.get("seconds", 0.0) * segment.get("repeat", 1) for segment in segments)
    shares = sum(segment.get("repeat", 1) for segment in open_ones)
    tokens = round((total - given) / SECONDS_PER_TOKEN)
    if not shares or tokens < shares:
        remarks.append(f"The lengths of the parts do not add up to {total:g} s, so I keep theirs.")
        return
    for segment in open_ones:
        repeats = segment.get("repeat", 1)
        share = tokens // shares
        segment["seconds"] = round(share * SECONDS_PER_TOKEN, 1)
        tokens, shares = tokens - share * repeats, shares - repeats


def overlaid(actions: Sequence[Action]) -> list[Operation]:
    """What limbs do meanwhile, and the paths that parts go along, as operations on all of them in a row."""
    performed = [action for action in actions for _ in range(min(action.times, MAX_REPEATS))]
    alone = len(performed) == 1
    return [
        step
        for number, action in enumerate(performed, 1)
        for step in laid_over(action, None if alone else number)
    ]


def along_shapes(actions: Sequence[Action]) -> list[str]:
    """What to tell of the paths that actions go along, as their descriptions do not."""
    named = {"ring": "circle to the left", "eight": "figure eight", "S": "curve like an S"}
    paths = dict.fromkeys(action.path for action in actions if action.path)
    return [f"The way is a {named.get(name, name)}, {metres:g} m wide." for name, metres in paths]


def planned(reference: str, segments: Sequence[Segment]) -> KnownMotion:
    """A motion of a plan, as far as it is known before it is made."""
    parts = tuple(
        (str(segment.get("description", segment.get("motion_id"))), float(segment.get("seconds", 0.0)))
        for segment in segments
        for _ in range(segment.get("repeat", 1))
    )
    described = all("description" in segment for segment in segments)
    return KnownMotion(reference, segments=parts if described else None)
