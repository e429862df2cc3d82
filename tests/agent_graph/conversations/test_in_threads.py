"""The async methods of what is kept in SQLite do what the sync ones do, beside the loop."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import empty_checkpoint
from motion_agent.agent_graph.conversations.persistence import Persistence, aopen_memory, open_memory

HERE: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
METADATA: Any = {"source": "input", "step": 0}


async def filled(opened: Persistence) -> Any:
    """Two checkpoints, the second with a write behind it; the place of the second."""
    saver, place = opened.checkpointer, HERE
    for number in range(2):
        checkpoint: Any = empty_checkpoint() | {"channel_values": {"n": number}}
        place = await saver.aput(place, checkpoint, METADATA, {})
    await saver.aput_writes(place, [("n", 2)], "task")
    return place


async def test_what_is_written_either_way_is_read_both_ways(tmp_path: Path) -> None:
    memory = f"sqlite:{tmp_path / 'memory.sqlite'}"
    async with aopen_memory(memory) as opened:
        place = await filled(opened)
        saver = opened.checkpointer
        assert (found := await saver.aget_tuple(HERE)) is not None and found.config == place
        assert found.checkpoint["channel_values"] == {"n": 1}
        assert found.pending_writes == [("task", "n", 2)]
        newest = [each async for each in saver.alist(HERE, limit=1)]
        assert newest == list(saver.list(HERE, limit=1)) == [found]
        asked: Any = {"config": place, "channels": ["n"]}
        assert await saver.aget_delta_channel_history(**asked) == saver.get_delta_channel_history(**asked)
    with open_memory(memory) as opened:
        assert opened.checkpointer.get_tuple(HERE) == found
    async with aopen_memory(memory) as opened:
        await opened.checkpointer.adelete_thread("t")
        assert await opened.checkpointer.aget_tuple(HERE) is None


async def test_the_loop_goes_on_while_another_process_holds_the_file(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite"
    async with aopen_memory(f"sqlite:{file}") as opened:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writing = asyncio.ensure_future(opened.store.aput(("people", "ada"), "a", {"n": 1}))
            saving = asyncio.ensure_future(filled(opened))
            await asyncio.sleep(0.2)
            assert not writing.done() and not saving.done()
            other.execute("COMMIT")
        await writing
        await saving
        item = await opened.store.aget(("people", "ada"), "a")
        assert item is not None and item.value == {"n": 1}
