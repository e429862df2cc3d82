"""What the agent itself costs: graph, validation and memory, with nothing to wait for on either side.

The coordinator follows a script and the backend gives tokens at once, so what is timed is ours and
LangGraph's. The baseline, in the same process, is a LangGraph graph of the same shape whose nodes do nothing.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph

from ...agent_graph.config import AgentConfig
from ...agent_graph.graph import create_motion_agent
from ...agent_graph.state import serializer
from ...motion_models.english.interpretation import Interpretation
from ..report import Report, machine, table

#: Turns of the measured thread; how many at its start and at its end are reported.
TURNS, WINDOW = 60, 15


class _Ready(BaseChatModel):
    """One motion a turn, then a word."""

    @property
    def _llm_type(self) -> str:
        return "ready"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> _Ready:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        if isinstance(messages[-1], HumanMessage):
            arguments = {"description": "a person walks", "seconds": 2.0}
            call = {"name": "generate_motion", "args": arguments, "id": f"call_{len(messages)}"}
            reply = AIMessage("", tool_calls=[call])
        else:
            reply = AIMessage("Here is a person who walks for two seconds.")
        return ChatResult(generations=[ChatGeneration(message=reply)])


class _Instant:
    """A backend that gives the same tokens at once."""

    name, repertoire = "instant", ["walk"]

    def interpret(self, description: str) -> Interpretation:
        return Interpretation(text=description, action="walk")

    def generate(self, captions: Sequence[str], **options: Any) -> list[Any]:
        import torch

        return [torch.arange(10) for _ in captions]


def _agent(saver: Any) -> Any:
    backend: Any = _Instant()  # a backend as far as a turn that only generates needs one
    return create_motion_agent(AgentConfig(), model=_Ready(), backend=backend, checkpointer=saver)


def _times(turn: Callable[[int], object]) -> list[float]:
    times = []
    for number in range(TURNS):
        start = time.perf_counter()
        turn(number)
        times.append(time.perf_counter() - start)
    return times


def time_agent(saver: Any) -> list[float]:
    """Seconds of each turn of one thread."""
    agent = _agent(saver)
    settings: Any = {"configurable": {"thread_id": "t"}}
    return _times(lambda _: agent.invoke({"messages": [("user", "walk for two seconds")]}, settings))


def time_bare_graph() -> list[float]:
    """The same number of steps and messages through nodes that do nothing."""
    graph = StateGraph(MessagesState)
    names = ("coordinate", "validate", "execute", "answer")
    for name in names:
        graph.add_node(name, lambda state: {"messages": [AIMessage("x")]})
    for one, other in zip((START, *names), (*names, END), strict=True):
        graph.add_edge(one, other)
    bare = graph.compile(checkpointer=InMemorySaver())
    settings: Any = {"configurable": {"thread_id": "t"}}
    return _times(lambda _: bare.invoke({"messages": [("user", "walk")]}, settings))  # type: ignore[arg-type]


def checkpoint_growth() -> list[float]:
    """Bytes each turn adds to the checkpoints of a thread in SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "threads.sqlite"
        with closing(sqlite3.connect(file, check_same_thread=False)) as connection:
            saver = SqliteSaver(connection, serde=serializer())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # motions that end with this process are meant
                agent = _agent(saver)
            settings: Any = {"configurable": {"thread_id": "t"}}
            sizes = [0.0]
            for _ in range(TURNS):
                agent.invoke({"messages": [("user", "walk for two seconds")]}, settings)
                sizes.append(_stored(connection))
    return [after - before for before, after in pairwise(sizes)]


def _stored(connection: sqlite3.Connection) -> float:
    count = "select coalesce(sum(length({})), 0) from {}"
    fields = [("checkpoint", "checkpoints"), ("metadata", "checkpoints"), ("value", "writes")]
    return float(sum(connection.execute(count.format(*field)).fetchone()[0] for field in fields))


def run() -> Report:
    """Measure, and report medians of the first and of the last turns of a thread."""
    time_agent(InMemorySaver(serde=serializer()))  # imports and first calls
    ours, bare, growth = time_agent(InMemorySaver(serde=serializer())), time_bare_graph(), checkpoint_growth()
    rows = [
        [name, *(f"{1000 * median(part):.1f}" for part in (times[:WINDOW], times[-WINDOW:]))]
        for name, times in (("motion-agent", ours), ("LangGraph alone", bare))
    ]
    rows.append(
        [
            "checkpoints in SQLite, KiB",
            *(f"{median(g) / 1024:.1f}" for g in (growth[:WINDOW], growth[-WINDOW:])),
        ]
    )
    body = "\n\n".join(
        (
            f"{machine()}. One thread of {TURNS} turns, one plan of one motion each, without models.",
            table(["median per turn, ms", f"first {WINDOW} turns", f"last {WINDOW} turns"], rows),
        )
    )
    data = {"machine": machine(), "seconds": ours, "bare_seconds": bare, "checkpoint_bytes": growth}
    return Report("Overhead", "motion-agent eval overhead", "no models", body, data)
