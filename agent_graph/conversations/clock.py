"""The order of a thread's states, whatever the clock said.

The newest state of a thread is the one whose id is the greatest, and LangGraph makes ids of the time. Where a
clock was set back, or lies behind that of another machine on the same server, what a turn adds would be older
than what was there, and no reader would find it again.
"""

from __future__ import annotations

from typing import TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.base import id as ids

Saver = TypeVar("Saver", bound=type)


def in_order(cls: Saver) -> Saver:
    """A checkpointer's class: the ids this process makes come after that of every thread it has read."""
    return type(cls.__name__, (_InOrder, cls), {})  # pyright: ignore[reportReturnType]


class _InOrder(BaseCheckpointSaver):
    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return _followed(super().get_tuple(config))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return _followed(await super().aget_tuple(config))


def _followed(found: CheckpointTuple | None) -> CheckpointTuple | None:
    if found is not None:
        last = ids.UUID(found.checkpoint["id"])
        if last.version == 6:
            ids._last_v6_timestamp = max(last.time, ids._last_v6_timestamp or 0)
    return found
