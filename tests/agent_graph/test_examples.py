"""The examples of the repository run as they stand, on the weights that ship."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from langgraph.checkpoint.serde.event_hooks import register_serde_event_listener

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """No example reads a type from a checkpoint that the next LangGraph would block."""
    events: list[Any] = []
    forget = register_serde_event_listener(events.append)
    yield
    forget()
    assert not events


@pytest.fixture(autouse=True)
def _found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))


def main_of(name: str, *arguments: Any) -> Any:
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"](*arguments)


def tool_messages(state: Any) -> list[Any]:
    return [message for message in state["messages"] if message.type == "tool"]


def test_every_example_is_run_here():
    named = {path.stem for path in EXAMPLES.glob("*.py")} - {"scripted", "remote_graph"}  # see test_server
    assert named == {
        "as_subgraph", "tools_in_your_agent", "agent_as_tool", "streaming", "approval", "paper_dialogues",
        "another_model", "supervisor", "swarm", "deep_agent", "middleware",
    }  # fmt: skip


def test_as_subgraph():
    state = main_of("as_subgraph")
    assert [m.status for m in tool_messages(state)] == ["success"]


def test_tools_in_your_agent():
    first, second = [message.artifact for message in tool_messages(main_of("tools_in_your_agent"))]
    assert second.parent == first.id and second.seconds == pytest.approx(2 * first.seconds)


def test_agent_as_tool():
    walk, slower = [message.text for message in tool_messages(main_of("agent_as_tool"))]
    assert "3 s" in walk and "Made" in slower


def test_streaming():
    assert [event["event"] for event in main_of("streaming")] == [
        "planned",
        "generating",
        "done",
    ]


def test_approval():
    state = main_of("approval")
    assert [ref.seconds for ref in state["motions"].values()] == [4.0]


def test_another_model():
    state = main_of("another_model")
    walk, stand = [message.artifact for message in tool_messages(state)][:2]
    assert (walk.seconds, stand.seconds) == (4.0, 2.0)
    told = runpy.run_path(str(EXAMPLES / "another_model.py"))["load"](None)
    motions = told.generate(["a person walks", "a person stands still"], seconds=[4.0, 2.0])
    assert [len(motion) for motion in motions] == [20, 10]
    assert told.caption(motions) == ["a person glides ahead", "a person stands still"]


def test_supervisor():
    told = tool_messages(main_of("supervisor"))
    assert [message.name for message in told if message.name == "generate_motion"] == ["generate_motion"]


def test_swarm():
    state = main_of("swarm")
    made = [message.artifact for message in tool_messages(state) if message.artifact]
    assert [motion["seconds"] for motion in made] == [2.0, 4.0]
    assert made[1]["parent"] == made[0]["id"]


def test_deep_agent():
    jump, wave = [message.text for message in tool_messages(main_of("deep_agent"))]
    assert '"seconds":2.0' in jump and "waves, 2 s" in wave


class Flaky(FakeBackend):
    """Out of memory the first time, as a shared GPU is."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def generate(self, captions: Any, **options: Any) -> Any:
        self.tries += 1
        if self.tries == 1:
            raise RuntimeError("out of memory")
        return super().generate(captions, **options)


def test_middleware():
    backend = Flaky()
    first, later = main_of("middleware", backend)
    [made] = tool_messages(first)
    assert (backend.tries, made.status, made.artifact["seconds"]) == (2, "success", 2.0)
    said = [message.text for message in later["messages"]]
    assert "a walk" not in said and "They made a motion called stroll." in said[0]
    mirrored = tool_messages(later)[-1]
    assert (mirrored.status, mirrored.artifact["parent"]) == ("success", made.artifact["id"])


def test_paper_dialogues():
    figure, a2, a3 = main_of("paper_dialogues")
    current = figure["motions"][figure["current"]]
    assert [part.description.split()[2].rstrip("s") for part in current.segments] == ["run", "jump", "wave"]
    assert len(a2["motions"][a2["current"]].segments) == 2
    assert len(a3["motions"][a3["current"]].segments) == 2
    assert all(m.status == "success" for state in (figure, a2, a3) for m in tool_messages(state))
    sys.modules.pop("scripted", None)
