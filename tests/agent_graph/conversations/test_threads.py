"""Threads that outlive their process, that are killed, that run by the hundred, and that go back in time."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from langchain_core.messages import BaseMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.cli.commands import app
from motion_agent.agent_graph.conversations import directory
from motion_agent.agent_graph.conversations.directory import Threads
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.state import Conversation, Turn, serializer
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.tools.memory import MotionMemory
from sessions import threads_of
from typer.testing import CliRunner

TESTS = Path(__file__).parents[2]
#: A process that is killed right before or after the first motion it writes to its store.
KILLED = """
import os, signal, sys
from fakes import FakeBackend
from langgraph.store.sqlite import SqliteStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.conversations.persistence import open_memory

memory, moment = sys.argv[1:]
put = SqliteStore.put

def deadly(store, namespace, *rest, **options):
    if namespace[-1] == "clips" and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    put(store, namespace, *rest, **options)
    if namespace[-1] == "clips":
        os.kill(os.getpid(), signal.SIGKILL)

with open_memory(memory) as kept:
    agent = create_motion_agent(AgentConfig(), backend=FakeBackend(), **kept._asdict())
    settings = {"configurable": {"thread_id": "t"}}
    agent.invoke({"messages": [("user", "a person waves")]}, settings)
    SqliteStore.put = deadly
    agent.invoke({"messages": [("user", "a person walks for 3 seconds")]}, settings, durability="sync")
"""


def ask(text: str) -> Turn:
    return {"messages": [("user", text)]}


def settings_of(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("resumed", [True, False], ids=["resumed", "next request"])
def test_a_killed_turn_loses_and_repeats_nothing(tmp_path, moment, resumed):
    memory = f"sqlite:{tmp_path / 'memory.sqlite'}"
    paths = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", KILLED, memory, moment]
    env = {**os.environ, "PYTHONPATH": paths}
    died = subprocess.run(command, check=False, env=env, capture_output=True, timeout=60)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with open_memory(memory) as kept:
        agent = create_motion_agent(AgentConfig(), backend=FakeBackend(), **kept._asdict())
        assert agent.get_state(settings_of("t")).next == ("execute",)
        if resumed:
            state = agent.invoke(None, settings_of("t"))
            assert [ref.seconds for ref in state["motions"].values()] == [2.0, 3.0]
            clips = MotionMemory(kept.store).recent("local")
            assert [clip.id for clip in clips] == list(state["motions"])
            requests = [message.text for message in state["messages"] if message.type == "human"]
            assert requests == ["a person waves", "a person walks for 3 seconds"]
        state = agent.invoke(ask("a person waves for 4 seconds"), settings_of("t"))
        assert state["motions"][state["current"]].seconds == 4.0
        calls = [call["id"] for m in state["messages"] for call in getattr(m, "tool_calls", [])]
        answered = [m.tool_call_id for m in state["messages"] if m.type == "tool"]
        assert len(set(calls)) == len(calls) and (set(answered) == set(calls) or not resumed)


def test_a_chat_finishes_the_turn_its_predecessor_was_killed_in(tmp_path):
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")
    with Session.start(config, FakeBackend(), thread="t") as session:
        session.agent.invoke(ask("a person walks"), session.settings, interrupt_before=["execute"])
    with Session.start(config, FakeBackend(), thread="t") as session:
        turn = session.resume()
        assert turn is not None and len(turn.new) == 1
        assert session.resume() is None
        longer = session.say("make it longer").current
        assert longer is not None and longer.parent == turn.new[0].id


def test_two_hundred_threads_at_once_do_not_mix():
    agent = create_motion_agent(
        AgentConfig(), backend=FakeBackend(), checkpointer=InMemorySaver(serde=serializer())
    )

    def talk(number: int) -> None:
        settings = settings_of(f"t{number}")
        seconds = 1 + number / 5
        first = agent.invoke(ask(f"a person walks for {seconds:g} seconds"), settings)
        assert [ref.seconds for ref in first["motions"].values()] == [pytest.approx(seconds, abs=0.1)]
        second = agent.invoke(ask("then he jumps"), settings)
        assert set(first["motions"]) < set(second["motions"]) and len(second["motions"]) == 2
        assert second["motions"][second["current"]].parent == first["current"]
        assert sum(message.type == "human" for message in second["messages"]) == 2

    with ThreadPoolExecutor(200) as pool:
        list(pool.map(talk, range(200)))


async def test_two_hundred_async_threads_do_not_mix():
    agent = create_motion_agent(
        AgentConfig(), backend=FakeBackend(), checkpointer=InMemorySaver(serde=serializer())
    )
    asked = [
        agent.ainvoke(ask(f"a person walks for {1 + n / 5:g} seconds"), settings_of(f"t{n}"))
        for n in range(200)
    ]
    states = await asyncio.gather(*asked)
    for number, state in enumerate(states):
        assert [ref.seconds for ref in state["motions"].values()] == [pytest.approx(1 + number / 5, abs=0.1)]
    assert len({state["current"] for state in states}) == 200


def test_a_thread_goes_on_from_any_of_its_states():
    agent = create_motion_agent(
        AgentConfig(), backend=FakeBackend(), checkpointer=InMemorySaver(serde=serializer())
    )
    first = agent.invoke(ask("a person walks"), settings_of("t"))
    agent.invoke(ask("a person jumps"), settings_of("t"))
    earlier = next(
        state
        for state in agent.get_state_history(settings_of("t"))
        if state.values.get("current") == first["current"] and not state.next
    )
    forked = agent.invoke(ask("make it longer"), earlier.config)
    assert forked["motions"][forked["current"]].parent == first["current"]
    assert len(forked["motions"]) == 2  # the jump belongs to the other branch


def test_named_threads_are_listed_and_forgotten(tmp_path):
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")
    for thread, request in (("a", "a person walks"), ("b", "a person jumps"), ("a", "make it longer")):
        with Session.start(config, FakeBackend(), thread=thread) as session:
            session.say(request)
    with open_memory(config.memory) as kept:
        threads = Threads(kept.store, kept.checkpointer)
        assert [(t.name, t.title, t.turns) for t in threads.all()] == [
            ("b", "a person jumps", 1),
            ("a", "a person walks", 2),
        ]
        threads.delete("b")
        assert [record.name for record in threads.all()] == ["a"]
        with pytest.raises(InvalidRequestError, match="threads: a"):
            threads.delete("b")
        assert Threads(kept.store, kept.checkpointer, "someone else").all() == []


def test_threads_are_in_the_order_they_were_talked_in_whatever_the_clock_says(monkeypatch):
    """A look at a thread, or a resumption that finds nothing to do, is no talk."""
    threads, times = Threads(InMemoryStore(), InMemorySaver()), iter([9.0, 5.0, 7.0, 1.0])
    monkeypatch.setattr(directory.time, "time", lambda: next(times))
    said: dict[str, list[BaseMessage]] = {
        name: [HumanMessage(f"{name} {n}") for n in range(3)] for name in "abc"
    }
    for name, count in (("a", 1), ("b", 1), ("c", 1), ("a", 2), ("b", 1), ("c", 0)):
        threads.answered(name, said[name][:count])
    assert [(each.name, each.title, each.turns, each.last) for each in threads.all()] == [
        ("b", "b 0", 1, 5.0),
        ("c", "c 0", 1, 7.0),
        ("a", "a 0", 2, 1.0),
    ]


def test_a_thread_is_called_by_the_beginning_of_what_was_said_first(monkeypatch):
    monkeypatch.setattr(directory, "PAGE", 2)
    threads = Threads(InMemoryStore(), InMemorySaver())
    for number in range(5):
        first, second = (HumanMessage(f"{number}{each}" * 200) for each in "ab")
        threads.answered(str(number), [first, second])
    assert [record.name for record in threads.all()] == list("01234")
    assert {record.title for record in threads.all()} == {f"{number}a" * 40 for number in range(5)}


def test_nothing_of_a_thread_is_left_when_it_is_forgotten_in_the_middle_of_a_turn(tmp_path):
    config = AgentConfig(memory=f"sqlite:{tmp_path / 'memory.sqlite'}")

    def stop(node: str) -> None:
        raise KeyboardInterrupt

    for name in ("kept", "cut"):
        with Session.start(config, FakeBackend(), thread=name) as session:
            session.say("a person walks")
            asked = Conversation(messages=[HumanMessage("a person jumps", id=f"{name}/2")], motions={})
            threads_of(session).asking(name, asked)
            with pytest.raises(KeyboardInterrupt):
                session.resume(stop)
            threads_of(session).asking(name, asked)
    with open_memory(config.memory) as kept:
        Threads(kept.store, kept.checkpointer).delete("cut")
        namespaces = [space for space in kept.store.list_namespaces() if "clips" not in space]
        held = {item.key for space in namespaces for item in kept.store.search(space)}
        assert "kept" in held and "cut" not in held
    with Session.start(config, FakeBackend(), thread="cut") as session:
        assert session.resume() is None and session.state() == {}
        assert session.say("a person waves").answer
        assert [message.text for message in session.state()["messages"] if message.type == "human"] == [
            "a person waves"
        ]
    with Session.start(config, FakeBackend(), thread="kept") as session:
        turn = session.resume()
        assert turn is not None and turn.new


def test_the_command_line_keeps_threads(monkeypatch, tmp_path):
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())
    monkeypatch.setenv("MOTION_AGENT_MEMORY", f"sqlite:{tmp_path / 'memory.sqlite'}")

    def cli(*arguments: str, typed: str | None = None) -> Any:
        return CliRunner().invoke(app, list(arguments), input=typed)

    assert cli("threads", "list").stdout.startswith("No conversation is kept yet")
    assert cli("chat", "--thread", "demo", typed="a person walks\n/quit\n").exit_code == 0
    again = cli("chat", "--thread", "demo", typed="/list\n/quit\n")
    assert "a person walks" in again.stdout
    done = cli("run", "make it longer", "--thread", "demo", "--format", "npz", "--json")
    assert done.exit_code == 0, done.output
    [record] = json.loads(cli("threads", "list", "--json").stdout)
    assert (record["name"], record["turns"]) == ("demo", 2)
    assert cli("threads", "delete", "demo").stdout.strip() == "deleted demo"
    assert cli("threads", "delete", "demo").exit_code == 1
