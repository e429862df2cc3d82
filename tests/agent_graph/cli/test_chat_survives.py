"""A chat goes on whatever its database does, and takes up again what a killed one left."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import FakeBackend
from killing import unanswered_calls
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.cli.commands import app
from motion_agent.agent_graph.conversations import persistence
from motion_agent.agent_graph.conversations.session import Session
from sessions import threads_of
from typer.testing import CliRunner

TESTS = Path(__file__).parents[2]
KILLS, TURNS = 60, 6
#: The real command line over a backend that needs no weights and takes its time.
COMMAND = """
import sys, time
import motion_agent.motion_models as models
from fakes import FakeBackend

class Slow(FakeBackend):
    def generate(self, *args, **options):
        time.sleep(0.02)
        return super().generate(*args, **options)

models.load_backend = lambda source=None: Slow()
from motion_agent.agent_graph.cli import main
main()
"""
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
    chance, answered = random.Random(7), 0
    file = quick_folder / "memory.sqlite"
    paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": paths, "MOTION_AGENT_MEMORY": f"sqlite:{file}"}
    for _ in range(KILLS):
        chat = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "chat", "--thread", "t"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert chat.stdin is not None and chat.stdout is not None
        while "Say what you want" not in chat.stdout.readline():
            assert chat.poll() is None
        chat.stdin.write("".join(f"{text}\n" for text in REQUESTS * TURNS))
        chat.stdin.flush()
        time.sleep(chance.random() * 1.5)
        chat.send_signal(signal.SIGKILL)
        told, _ = chat.communicate(timeout=60)
        answered += told.count("(taken ")
    with Session.start(AgentConfig(memory=f"sqlite:{file}"), FakeBackend(), thread="t") as session:
        session.resume()
        state = session.agent.get_state(session.settings).values
        requests = [message for message in state["messages"] if message.type == "human"]
        assert len(requests) >= answered
        assert not list(unanswered_calls(state["messages"]))
        assert state["messages"][-1].type == "ai"
        kept = {clip.id for clip in session.services.memory.recent("local", limit=100_000)}
        assert set(state["motions"]) == kept
        assert [record.turns for record in threads_of(session).all()] == [len(requests)]
        assert session.say("a person waves").new
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert answered > KILLS / 4  # or the kills came before anything was said
