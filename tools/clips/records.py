"""How motions lie in a store: under which names, and records of earlier versions brought up to date."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from langgraph.config import get_store
from langgraph.store.base import BaseStore

from ..errors import StorageError

#: What a motion in memory holds. 1: tokens and timeline. 2: also what is done to the frames of its segments,
#: what they are decoded beside, and whose tokens they are.
FORMAT = 2


def up_to_date(record: dict[str, Any]) -> dict[str, Any]:
    """The record of a clip as this version reads it. Raises StorageError for one of a later version.

    What format 2 added is optional: the segments of an older clip have nothing done to their frames, and of
    its tokens nobody knows whose they are.
    """
    found = record.get("format", 1)
    if not isinstance(found, int) or found > FORMAT:
        raise StorageError(
            f"motion {record.get('id')} was kept by a later version (format {found}; this one reads up to "
            f"{FORMAT}): update motion-agent"
        )
    return record | {"format": FORMAT}


def store_of_run() -> BaseStore | None:
    """The store of the LangGraph run around this call, None where there is no run or it has no store."""
    try:
        return get_store()
    except (RuntimeError, KeyError):  # no run at all, or one of LangChain without a graph
        return None


def age(record: dict[str, Any]) -> tuple[int, float, str]:
    """What motions are sorted by, the oldest first; those kept before they were counted come first."""
    try:
        return record.get("order", 0), record["created"], record["origin"]
    except KeyError as error:
        raise StorageError(f"a motion in memory is damaged: it has no {error}") from error


def namespace(user: str, kind: str) -> tuple[str, ...]:
    """The user comes before the kind, so that all that is kept of a user lies under one prefix."""
    return ("motion_agent", _quoted(user), kind)


def counter(user: str) -> tuple[str, ...]:
    return ("motion_agent_made", _quoted(user))


def _quoted(user: str) -> str:
    return quote(user, safe="").replace(".", "%2E")
