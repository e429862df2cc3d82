"""Two processes in one thread: one after the other, or a refusal; no turn is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeBackend
from killing import unanswered_calls
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.locks import one_turn
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.errors import ThreadBusyError
from places import LASTING
from sessions import threads_of

TESTS = Path(__file__).parents[2]
TURNS = 15
#: A process that says something again and again, and prints the ids of what it was told was made.
TALKING = """
import json, sys
from fakes import FakeBackend
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.session import Session

memory, name, turns = sys.argv[1:]
with Session.start(AgentConfig(memory=memory), FakeBackend(), thread="t") as session:
    print("ready", flush=True)
    sys.stdin.readline()
    made = [session.say(f"a person jumps for {n % 5 + 1} seconds").new for n in range(int(turns))]
    print(json.dumps([ref.id for new in made for ref in new]))
"""
#: A process that holds a thread until it is told to end, or is killed.
HOLDING = """
import sys
from motion_agent.agent_graph.conversations.locks import one_turn

with one_turn(sys.argv[1], "t"):
    print("ready", flush=True)
    sys.stdin.readline()
"""


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def opened(memory: str) -> Session:
    return Session.start(AgentConfig(memory=memory), FakeBackend(), thread="t")


@pytest.mark.parametrize("place", LASTING, indirect=True)
def test_two_processes_in_one_thread_lose_no_turn(place):
    with opened(place) as session:
        session.say("a person walks forward")
    talkers = [started(TALKING, place, name, str(TURNS)) for name in ("first", "second")]
    for process in talkers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=240)[0] for process in talkers]
    made = [motion for text in told for motion in json.loads(text)]
    assert len(made) == len(set(made)) == 2 * TURNS
    with opened(place) as session:
        assert session.resume() is None
        state = session.agent.get_state(session.settings).values
        assert sum(message.type == "human" for message in state["messages"]) == 1 + 2 * TURNS
        assert set(made) < set(state["motions"]) and len(state["motions"]) == 1 + 2 * TURNS
        assert not list(unanswered_calls(state["messages"]))
        [record] = threads_of(session).all()
        assert record.turns == 1 + 2 * TURNS


@pytest.mark.parametrize("place", LASTING, indirect=True)
def test_a_thread_somebody_else_has_a_turn_in_is_refused_and_free_when_that_process_is_killed(place):
    with opened(place) as session:
        session.say("a person walks forward")
        holder = started(HOLDING, place)
        with (
            pytest.raises(ThreadBusyError, match=r"'t' is in the middle of a turn in another process"),
            one_turn(place, "t", patience=0.3),
        ):
            pass
        with one_turn(place, "another thread", patience=0.3):
            pass  # others are free
        holder.kill()
        holder.communicate(timeout=30)
        assert session.say("make it longer").new
