"""What all scorers share: the shape of a result, the current motion, words looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol, TypedDict


class Score(TypedDict):
    """A scorer's result, as openevals gives it; `comment` says what was missed."""

    key: str
    score: bool | float
    comment: str


class Scorer(Protocol):
    """outputs: a turn's record (see `drive`). reference_outputs: the case's expectation under its name."""

    def __call__(self, *, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score: ...


def verdict(key: str, problems: Sequence[str]) -> Score:
    """Passed when there is no problem."""
    return {"key": key, "score": not problems, "comment": "; ".join(problems)}


def current(record: dict[str, Any]) -> dict[str, Any] | None:
    """The motion the talk is about after the turn."""
    return record["motions"].get(record["current"])


def before(record: dict[str, Any], turn: int | None = None) -> dict[str, Any] | None:
    """The motion that was current before this turn, or after the turn with that number."""
    stood = record["stood"]
    if turn is None:
        return record["motions"].get(record["before"])
    return record["motions"].get(stood[turn - 1]) if turn <= len(stood) else None


def matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def edits_of(motion: dict[str, Any], segment: int | None = None) -> list[Any]:
    """What is done to the frames of each segment of a motion, or of one of them (from 1)."""
    takes = motion.get("takes") or []
    return [take["edits"] for take in (takes if segment is None else takes[segment - 1 : segment])]


def tokens_of(motion: dict[str, Any], segment: int | None = None) -> list[int] | None:
    """Tokens of a motion or of one of its segments (from 1); None where they are not known."""
    tokens, takes = motion["tokens"], motion.get("takes")
    if tokens is None or segment is None:
        return tokens
    if segment > len(motion["segments"]):
        return []
    if takes:
        return takes[segment - 1]["tokens"]
    part, length = motion["segments"][segment - 1], len(tokens) / motion["seconds"]
    return tokens[round(part["start"] * length) : round(part["end"] * length)]
