"""Databases that are damaged, full, locked, foreign, or go away: one typed error each, also in use."""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations import persistence
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.tools.errors import StorageError
from sessions import threads_of

FILES = 150
PAGE = 4096


def opened(file: Path) -> Session:
    return Session.start(AgentConfig(memory=f"sqlite:{file}"), FakeBackend(), thread="t")


def talked(file: Path) -> Path:
    """A closed database with three turns in it."""
    with opened(file) as session:
        for text in ("a person walks forward", "make it longer", "a person jumps"):
            session.say(text)
    return file


def truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def flip_one(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)


def flip_many(data: bytearray, chance: random.Random) -> None:
    for _ in range(100):
        data[chance.randrange(100, len(data))] ^= 0xFF


def empty_page(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(1, len(data) // PAGE) * PAGE
    data[start : start + PAGE] = bytes(PAGE)


def half_page(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(1, len(data) // PAGE) * PAGE
    data[start : start + PAGE // 2] = chance.randbytes(PAGE // 2)


def other_head(data: bytearray, chance: random.Random) -> None:
    data[:50] = chance.randbytes(50)


HARMS = (truncate, flip_one, flip_many, empty_page, half_page, other_head)


def outcome(file: Path) -> str:
    """What becomes of a conversation in a file: it works, or which error of ours there is."""
    try:
        with opened(file) as session:
            session.resume()
            known = len(session.motions())
            turn = session.say("a person waves")
            threads_of(session).all()
            return "works" if turn.new and known == 3 else f"works, knowing {known} of 3 motions"
    except MotionAgentError as error:
        assert "\n" not in str(error) and len(str(error)) < 1000
        return type(error).__name__


def damaged(folder: Path, files: int) -> Counter[tuple[str, str]]:
    """What becomes of so many files, each damaged in one way, by the damage and the outcome."""
    data = talked(folder / "whole.sqlite").read_bytes()
    chance, seen = random.Random(3), Counter()
    for number in range(files):
        harm = HARMS[number % len(HARMS)]
        broken = bytearray(data)
        harm(broken, chance)
        file = folder / f"{number}.sqlite"
        file.write_bytes(broken)
        seen[harm.__name__, outcome(file)] += 1
    return seen


def test_a_damaged_database_works_or_is_told(quick_folder):
    seen = damaged(quick_folder, FILES)
    assert seen.total() == FILES
    told = {result for _, result in seen if not result.startswith("works")}
    assert told == {"StorageError"}
    assert seen["other_head", "StorageError"] == FILES // len(HARMS)


@pytest.mark.parametrize("table", ["checkpoints", "writes"])
def test_a_kind_of_data_that_nobody_writes_is_told(quick_folder, table):
    """What damage may make of the name of a kind: LangGraph has an error for it that means something else."""
    file = talked(quick_folder / "whole.sqlite")
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"UPDATE {table} SET type = ':43.941'")
        database.commit()
    assert outcome(file) == "StorageError"


def test_a_database_somebody_else_locks_is_told_and_free_again_later(quick_folder, monkeypatch):
    monkeypatch.setattr(persistence, "PATIENCE", 0.2)
    file = quick_folder / "memory.sqlite"
    with opened(file) as session:
        session.say("a person walks forward")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="database is locked"):
            session.say("make it longer")
        other.execute("ROLLBACK")
        other.close()
        assert session.say("make it longer").new


def test_a_database_cut_short_while_it_is_used_is_told(quick_folder):
    file = quick_folder / "memory.sqlite"
    with opened(file) as session:
        session.say("a person walks forward")
        other = sqlite3.connect(file)
        other.execute("PRAGMA wal_checkpoint")
        other.close()
        os.truncate(file, PAGE)
        with pytest.raises(StorageError, match="cannot be kept in"):
            session.say("make it longer")


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_deleted_while_it_is_used_is_told(quick_folder, how):
    file = quick_folder / "memory.sqlite"
    with opened(file) as session:
        session.say("a person walks forward")
        file.unlink()
        if how == "replaced":
            file.touch()
        with pytest.raises(StorageError, match="deleted or replaced while it was in use"):
            session.say("make it longer")


def test_a_full_disk_is_told_and_the_turn_finished_when_there_is_room(quick_folder):
    file = talked(quick_folder / "memory.sqlite")
    with opened(file) as session:
        session.agent.checkpointer.conn.execute("PRAGMA max_page_count=1")  # as many as there are
        with pytest.raises(StorageError, match="database or disk is full"):
            for _ in range(200):
                session.say("a person walks forward for 5 seconds")
    with opened(file) as session:
        assert session.resume() is not None
        assert session.say("a person jumps").new


OLD = "CREATE TABLE checkpoints (thread_id TEXT, thread_ts TEXT, parent_ts TEXT, checkpoint BLOB)"


@pytest.mark.parametrize(
    "schema", [OLD, "CREATE TABLE checkpoints (a); CREATE TABLE store (x); CREATE TABLE writes (x)"]
)
def test_tables_of_another_kind_are_told_and_left_as_they_are(quick_folder, schema):
    file = quick_folder / "memory.sqlite"
    with sqlite3.connect(file) as other:
        other.executescript(schema)
    assert outcome(file) == "StorageError"
    with sqlite3.connect(file) as other:
        tables = dict(other.execute("SELECT name, sql FROM sqlite_master"))
    assert set(tables.values()) == set(schema.split("; "))
