"""A turn costs the same however long its thread is, and lists keep their order whatever the clock says."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest
from fakes import FakeBackend
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.state import WHOLE_EVERY
from motion_agent.tools.memory import ClipDraft, ClipSegment, MotionMemory
from sessions import threads_of

SAID = (
    "a person walks forward",
    "make it longer",
    "a person jumps",
    "mirror it",
    "what is the person doing?",
)
#: The clock of each turn, in seconds from now: set back by years, ahead by decades, and right again.
CLOCKS = (0, -10 * 365 * 86400, 50 * 365 * 86400, 0, -1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_turn_one_thousand_costs_at_most_twice_turn_one_hundred(quick_folder):
    taken = []
    file = quick_folder / "memory.sqlite"
    with Session.start(AgentConfig(memory=f"sqlite:{file}"), FakeBackend(), thread="t") as session:
        for number in range(1000):
            started = time.process_time()
            session.say(SAID[number % len(SAID)])
            taken.append(time.process_time() - started)
    early, late = (median(taken[end - WHOLE_EVERY : end]) for end in (100 + WHOLE_EVERY // 2, 1000))
    assert late <= 2 * early, f"{1000 * early:.0f} ms, then {1000 * late:.0f} ms"
    assert file.stat().st_size < 60e6


def test_a_coordinator_is_shown_the_newest_messages_and_the_thread_keeps_all(talk):
    from langchain_core.messages import AIMessage

    thread = talk(*[AIMessage(f"answer {n}") for n in range(30)], max_history=20)
    states = [thread.say(f"request {number}") for number in range(30)]
    state = states[-1]
    assert len(state["messages"]) == 60
    shown = [message for message in thread.model.asked[-1] if message.type != "system"]
    assert len(shown) <= 20 and shown[0].type == "human"
    assert shown[-1].text == "request 29"


def test_a_clock_set_back_does_not_change_the_order_of_threads(quick_folder, monkeypatch):
    now = time.time()
    config = AgentConfig(memory=f"sqlite:{quick_folder / 'memory.sqlite'}")
    for number, shift in enumerate(CLOCKS):
        monkeypatch.setattr(time, "time", lambda shift=shift: now + shift)
        with Session.start(config, FakeBackend(), thread=f"thread {number}") as session:
            session.say("a person walks forward")
    with Session.start(config, FakeBackend(), thread="thread 1") as session:
        session.say("a person jumps")
        names = [record.name for record in threads_of(session).all()]
    assert names == [f"thread {number}" for number in (0, 2, 3, 4, 1)]


def test_a_clock_set_back_does_not_change_the_order_of_motions(monkeypatch):
    memory, now = MotionMemory(InMemoryStore()), time.time()
    made = []
    for number, shift in enumerate(CLOCKS):
        monkeypatch.setattr(time, "time", lambda shift=shift: now + shift)
        part = ClipSegment(description="a person walks", start=0, end=2)
        draft = ClipDraft(description="a person walks", tokens=(1, number), timeline=(part,), source="test")
        made.append(memory.remember("ann", draft, f"t/{number}").id)
    assert [clip.id for clip in memory.recent("ann")] == made
    assert [clip.id for clip in memory.recent("ann", limit=2)] == made[-2:]


def test_a_turn_that_never_reached_its_thread_is_not_counted(quick_folder, monkeypatch):
    config = AgentConfig(memory=f"sqlite:{quick_folder / 'memory.sqlite'}")
    with Session.start(config, FakeBackend(), thread="t") as session:
        session.say("a person walks forward")

        def refuse(*args: Any, **options: Any) -> Any:
            raise ValueError("nothing is put")

        monkeypatch.setattr(type(session.agent.checkpointer), "put", refuse)
        with pytest.raises(ValueError, match="nothing is put"):
            session.say("make it longer")
        assert [record.turns for record in threads_of(session).all()] == [1]


def test_users_whose_names_begin_alike_see_their_own_threads(quick_folder):
    from motion_agent.agent_graph.conversations.directory import Threads

    with Session.start(
        AgentConfig(memory=f"sqlite:{quick_folder / 'm.sqlite'}"), FakeBackend(), thread="t"
    ) as session:
        session.say("a person walks")
        others = Threads(threads_of(session).store, threads_of(session).checkpointer, "loc")
        assert others.all() == []
