"""Threads and motions outlive the process, in every place they can be kept in."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import FakeBackend
from langgraph.checkpoint.base import id as ids
from langgraph.graph.state import CompiledStateGraph
from motion_agent.agent_graph import AgentConfig, ConfigError, create_motion_agent
from motion_agent.agent_graph.conversations.persistence import Persistence, aopen_memory, open_memory
from motion_agent.agent_graph.coordinators.create import RunSettings
from motion_agent.agent_graph.errors import StorageError
from motion_agent.agent_graph.state import AgentState, Conversation, Turn
from places import LASTING


def agent_in(opened: Persistence) -> CompiledStateGraph[AgentState, RunSettings, Turn, Conversation]:
    return create_motion_agent(
        AgentConfig(), backend=FakeBackend(), checkpointer=opened.checkpointer, store=opened.store
    )


def asked(text: str) -> Turn:
    return {"messages": [("user", text)]}


def of(thread: str, user: str = "ann") -> Any:
    return {"configurable": {"thread_id": thread, "user_id": user}}


@pytest.mark.parametrize("place", LASTING, indirect=True)
def test_a_thread_goes_on_where_it_was_when_it_is_opened_again(place: str):
    with open_memory(place) as opened:
        first = agent_in(opened).invoke(asked("a person walks forward"), of("t"))
    with open_memory(place) as opened:
        second = agent_in(opened).invoke(asked("make it slower"), of("t"))
    assert second["motions"][second["current"]].parent == first["current"]
    with open_memory(place) as opened:
        third = agent_in(opened).invoke(asked("undo that"), of("t"))
    assert third["current"] == first["current"]
    assert len(third["messages"]) == len(first["messages"]) * 3


@pytest.mark.parametrize("place", LASTING, indirect=True)
async def test_a_thread_goes_on_in_a_process_whose_clock_is_behind(
    place: str, monkeypatch: pytest.MonkeyPatch
):
    def another_process(hours: int) -> None:
        monkeypatch.setattr(ids, "_last_v6_timestamp", None)
        monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: now - hours * 3600 * 10**9))

    now, counts = time.time_ns(), []
    for hours, request in enumerate(("a person walks forward", "make it slower", "a person jumps")):
        another_process(hours)
        with open_memory(place) as opened:
            done = agent_in(opened).invoke(asked(request), of("t"))
            counts.append((len(done["messages"]), len(done["motions"])))
    another_process(9)
    async with aopen_memory(place) as opened:
        done = await agent_in(opened).ainvoke(asked("mirror it"), of("t"))
        counts.append((len(done["messages"]), len(done["motions"])))
        held = (await agent_in(opened).aget_state(of("t"))).values["motions"]
    assert counts == [(4, 1), (8, 2), (12, 3), (16, 4)]
    assert len(held) == 4


@pytest.mark.parametrize("place", LASTING, indirect=True)
async def test_the_same_place_serves_async_programs(place: str):
    with open_memory(place) as opened:
        first = agent_in(opened).invoke(asked("a person walks forward"), of("t"))
    async with aopen_memory(place) as opened:
        second = await agent_in(opened).ainvoke(asked("make it slower"), of("t"))
    assert second["motions"][second["current"]].parent == first["current"]


async def test_memory_of_this_process_serves_both():
    with open_memory() as opened:
        agent_in(opened).invoke(asked("a person walks"), of("t"))
    async with aopen_memory("memory") as opened:
        assert len((await agent_in(opened).ainvoke(asked("a person walks"), of("t")))["motions"]) == 1


@pytest.mark.parametrize("wrong", ["mysql://x", "sqlite:", "", "sqlite", "file.db"])
def test_an_unknown_place_is_an_error_that_names_the_known(wrong: str):
    with pytest.raises(ConfigError, match='none of "memory", "sqlite:PATH"'), open_memory(wrong):
        pass


@pytest.mark.parametrize("wrong", ["mysql://x", "sqlite:"])
async def test_also_for_async_programs(wrong: str):
    with pytest.raises(ConfigError, match="none of"):
        async with aopen_memory(wrong):
            pass


def test_a_folder_for_the_file_is_made(tmp_path: Path):
    with open_memory(f"sqlite:{tmp_path / 'deep' / 'down' / 'memory.sqlite'}") as opened:
        assert agent_in(opened).get_state(of("t")).values == {}


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but somebody's notes " * 40)
    before = file.read_bytes()
    with (
        pytest.raises(StorageError, match=r"notes\.txt: file is not a database"),
        open_memory(f"sqlite:{file}"),
    ):
        pass
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "taken").touch()
    with pytest.raises(StorageError, match="cannot be kept in"), open_memory(f"sqlite:{tmp_path}/taken/in/m"):
        pass


def test_a_server_that_is_not_there_is_told_without_the_password():
    pytest.importorskip("psycopg", reason="needs the extra 'postgres'")
    url = "postgresql://ann:geheim@127.0.0.1:9/motion"
    with pytest.raises(StorageError, match="refused") as told, open_memory(url):
        pass
    assert "geheim" not in str(told.value)
    assert "ann:***@127.0.0.1" in str(told.value)
