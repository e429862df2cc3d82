"""A chat goes on whatever its database does, and takes up again what a killed one left."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

import pytest
from chatting import Nursery
from fakes import FakeBackend
from killing import unanswered_calls
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.cli.commands import app
from motion_agent.agent_graph.conversations import persistence
from motion_agent.agent_graph.conversations.session import Session
from sessions import threads_of
from typer.testing import CliRunner

KILLS, TURNS = 60, 6
REQUESTS = ("a person walks forward", "make it longer", "a person jumps", "mirror it")


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch, quick_folder: Path) -> Path:
    file = quick_folder / "memory.sqlite"
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())
    monkeypatch.setenv("MOTION_AGENT_MEMORY", f"sqlite:{file}")
    return file


def test_a_chat_tells_of_a_locked_database_and_goes_on(memory, monkeypatch):
    monkeypatch.setattr(persistence, "PATIENCE", 0.1)
    say = Session.say
    other: list[sqlite3.Connection] = []

    def locked(session: Session, text: str, on_step):
        if text == "lock it":
            other.append(sqlite3.connect(memory, isolation_level=None))
            other[0].execute("BEGIN EXCLUSIVE")
        elif other:
            other[0].execute("ROLLBACK")
            other.pop().close()
        return say(session, text, on_step)

    monkeypatch.setattr(Session, "say", locked)
    typed = "a person walks\nlock it\na person jumps\n/list\n/quit\n"
    done = CliRunner().invoke(app, ["chat", "--thread", "t"], input=typed)
    assert done.exit_code == 0, done.output
    assert "database is locked" in done.stderr
    assert "a person jumps" in done.stdout


def test_a_chat_tells_of_an_error_nobody_foresaw_and_goes_on(memory, monkeypatch):
    say = Session.say

    def failing(session: Session, text: str, on_step):
        if text == "fail":
            raise TypeError("nobody foresaw this")
        return say(session, text, on_step)

    monkeypatch.setattr(Session, "say", failing)
    done = CliRunner().invoke(app, ["chat", "--thread", "t"], input="fail\na person walks\n/quit\n")
    assert done.exit_code == 0, done.output
    assert "unexpected TypeError: nobody foresaw this" in done.stderr
    assert "a person walks" in done.stdout


def test_a_request_that_is_not_utf_8_is_taken(memory):
    done = CliRunner().invoke(app, ["chat", "--thread", "t"], input=b"a person walks \xff\n/quit\n")
    assert done.exit_code == 0, done.output
    assert "unexpected" not in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_sixty_kills_of_the_command_line_lose_no_turn(quick_folder):
    """kill -9 at random moments of chats on one thread; what was answered stays, what was not is finished."""
    chance, answered, told = random.Random(7), 0, ""
    file = quick_folder / "memory.sqlite"
    with Nursery() as nursery:
        for _ in range(KILLS):
            chat = nursery.start(
                "chat", "--thread", "t", environment={"MOTION_AGENT_MEMORY": f"sqlite:{file}"}
            )
            said = ""
            while "Say what you want" not in said:
                said += (line := chat.told.readline())
                assert line, f"the chat ended before it began: {said}"
            chat.typed.write("".join(f"{text}\n" for text in REQUESTS * TURNS))
            chat.typed.flush()
            wanted = chance.randrange(4)  # answers, not seconds: a busy machine gives few in a second
            while said.count("(taken ") < wanted:
                said += chat.told.readline()
            time.sleep(chance.random() * 0.3)
            said += chat.kill()
            answered += said.count("(taken ")
            told += said
    with Session.start(AgentConfig(memory=f"sqlite:{file}"), FakeBackend(), thread="t") as session:
        session.resume()
        state = session.agent.get_state(session.settings).values
        requests = [message for message in state["messages"] if message.type == "human"]
        print(f"{KILLS} kills, {answered} answers seen, {len(requests)} requests kept")
        assert "error" not in told, [line for line in told.splitlines() if "error" in line]
        assert len(requests) >= answered
        assert not list(unanswered_calls(state["messages"]))
        assert state["messages"][-1].type == "ai"
        clips = session.services.memory.recent("local", limit=100_000)
        unknown = [clip.origin for clip in clips if clip.id not in state["motions"]]
        assert not unknown, [message for message in state["messages"] if message.type in ("ai", "tool")]
        assert len(state["motions"]) == len(clips)
        assert [record.turns for record in threads_of(session).all()] == [len(requests)]
        assert session.say("a person waves").new
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert answered > KILLS / 4  # or the kills came before anything was said
