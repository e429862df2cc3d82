"""The async methods of a checkpointer or a store: the sync ones, each in a thread.

LangGraph's async SQLite driver has one thread of its own, and hands every statement to it and back. What is
written is written for everybody only at the last of these steps, and until then no other process can write:
where many threads want to run, that takes many times as long as the writing. One call in one thread does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, CheckpointTuple
from langgraph.store.base import BaseStore, Op, Result

Kept = TypeVar("Kept", bound=type)


def in_threads(cls: Kept) -> Kept:
    """A class whose sync methods any thread may call, with the async ones beside them."""
    ways = _Store if issubclass(cls, BaseStore) else _Saver
    return type(cls.__name__, (ways, cls), {})  # pyright: ignore[reportReturnType]


class _Saver(BaseCheckpointSaver):
    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(self, config: RunnableConfig | None, **options: Any) -> AsyncIterator[CheckpointTuple]:
        for found in await asyncio.to_thread(lambda: list(self.list(config, **options))):
            yield found

    async def aput(
        self, config: RunnableConfig, checkpoint: Any, metadata: Any, new_versions: ChannelVersions
    ) -> RunnableConfig:
        return await asyncio.to_thread(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self.delete_thread, thread_id)

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, Any]:
        return await asyncio.to_thread(self.get_delta_channel_history, config=config, channels=channels)


class _Store(BaseStore):
    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        return await asyncio.to_thread(self.batch, ops)
