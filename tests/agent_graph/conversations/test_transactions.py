"""A SQLite store that many threads use: what they ask for together never fails because another wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from langgraph.store.base import GetOp, ListNamespacesOp, PutOp, SearchOp
from motion_agent.agent_graph.conversations.persistence import aopen_memory, open_memory

HERE = ("people", "ada")
#: As threads ask for it together: reads and writes in no order.
TOGETHER = [
    PutOp(HERE, "b", {"n": 2}),
    GetOp(HERE, "a"),
    SearchOp(HERE),
    GetOp(HERE, "b"),
    PutOp(HERE, "a", None),
]


def writing_between(file: Path, statements: list[str]) -> Callable[[str], None]:
    """A trace of a connection that lets another one write before each of its own writes; all are noted."""

    def trace(statement: str) -> None:
        statements.append(statement.split(maxsplit=1)[0].upper())
        if statements[-1] in ("INSERT", "DELETE", "UPDATE"):
            with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
                other.execute("CREATE TABLE IF NOT EXISTS others (n)")
                other.execute("INSERT INTO others VALUES (1)")

    return trace


def check(results: list[Any], statements: list[str]) -> None:
    assert [results[place] for place in (0, 3, 4)] == [None, None, None], "reads come first, as in LangGraph"
    assert results[1].value == {"n": 1} and [item.key for item in results[2]] == ["a"]
    assert "SELECT" in statements and {"INSERT", "DELETE"} & set(statements), "the trace saw both"


async def test_what_is_asked_together_is_done_while_others_write(tmp_path: Path) -> None:
    file, statements = tmp_path / "memory.sqlite", list[str]()
    async with aopen_memory(f"sqlite:{file}") as (_, store):
        await store.aput(HERE, "a", {"n": 1})
        connection: sqlite3.Connection = store.conn  # pyright: ignore[reportAttributeAccessIssue]
        connection.set_trace_callback(writing_between(file, statements))
        check(await store.abatch(TOGETHER), statements)
        connection.set_trace_callback(None)
        assert [item.value for item in await store.asearch(HERE)] == [{"n": 2}]


def test_the_same_in_programs_that_are_not_async(tmp_path: Path) -> None:
    file, statements = tmp_path / "memory.sqlite", list[str]()
    with open_memory(f"sqlite:{file}") as (_, store):
        store.put(HERE, "a", {"n": 1})
        connection: sqlite3.Connection = store.conn  # pyright: ignore[reportAttributeAccessIssue]
        connection.set_trace_callback(writing_between(file, statements))
        check(store.batch(TOGETHER), statements)
        connection.set_trace_callback(None)
        assert [item.value for item in store.search(HERE)] == [{"n": 2}]
        assert store.batch([ListNamespacesOp()]) == [[HERE]]
