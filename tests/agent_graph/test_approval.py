"""Plans that wait for a person's word, and what the agent tells while it works."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.cli.commands import app
from motion_agent.agent_graph.state import serializer
from typer.testing import CliRunner

SETTINGS: Any = {"configurable": {"thread_id": "t"}}
ASK: Any = {"messages": [("user", "walk")]}
LONG = call("generate_motion", description="a person walks", seconds=8)


def waiting_agent(
    *replies: AIMessage, backend: FakeBackend | None = None, above: float = 0.0, **options: Any
) -> Any:
    return create_motion_agent(
        AgentConfig(approve_above=above, **options),
        model=ScriptedModel(*replies),
        backend=backend or FakeBackend(),
        checkpointer=InMemorySaver(serde=serializer()),
    )


def test_nothing_runs_before_the_word():
    backend = FakeBackend()
    agent = waiting_agent(plan(LONG), AIMessage("Done."), backend=backend)
    [pause] = agent.invoke(ASK, SETTINGS)["__interrupt__"]
    assert pause.value == {
        "plan": {"steps": [{"tool": "generate_motion", "arguments": LONG["args"]}]},
        "seconds": 8.0,
    }
    assert backend.batches == []
    state = agent.invoke(Command(resume={"approved": True}), SETTINGS)
    assert state["motions"][state["current"]].seconds == 8.0


def test_a_declined_plan_is_told_to_the_coordinator_and_the_thread_goes_on():
    agent = waiting_agent(plan(LONG), AIMessage("As you wish."), plan(LONG), AIMessage("Done."))
    agent.invoke(ASK, SETTINGS)
    state = agent.invoke(Command(resume={"approved": False, "reason": "too long"}), SETTINGS)
    assert state["motions"] == {} and state["messages"][-1].text == "As you wish."
    assert "too long" in state["messages"][-2].text and state["messages"][-2].status == "error"
    agent.invoke(ASK, SETTINGS)
    assert len(agent.invoke(Command(resume=True), SETTINGS)["motions"]) == 1


@pytest.mark.parametrize("reason", ["too long.", ""])
def test_the_built_in_coordinator_calls_a_declined_plan_no_failure(reason: str) -> None:
    config, kept = AgentConfig(approve_above=0), InMemorySaver(serde=serializer())
    agent = create_motion_agent(config, backend=FakeBackend(), checkpointer=kept)
    agent.invoke({"messages": [("user", "a person walks")]}, SETTINGS)
    state = agent.invoke(Command(resume={"approved": False, "reason": reason}), SETTINGS)
    assert state["messages"][-1].text == f"You declined this plan{': too long' if reason else ''}."


def test_a_coordinator_that_asks_again_and_again_is_stopped():
    longer = [call("generate_motion", description="a person walks", seconds=8 + n) for n in range(4)]
    agent = waiting_agent(*map(plan, longer), max_plans=2)
    agent.invoke(ASK, SETTINGS)
    asked_again = agent.invoke(Command(resume=False), SETTINGS)
    assert "__interrupt__" in asked_again
    state = agent.invoke(Command(resume=False), SETTINGS)
    assert "__interrupt__" not in state and agent.get_state(SETTINGS).next == ()
    assert "declined" in state["messages"][-1].text


def test_a_declined_plan_is_not_shown_again_in_its_turn():
    agent = waiting_agent(*[plan(LONG)] * 2, AIMessage("As you wish."))
    agent.invoke(ASK, SETTINGS)
    state = agent.invoke(Command(resume=False), SETTINGS)
    assert "__interrupt__" not in state and state["messages"][-1].text == "As you wish."


def test_a_changed_plan_runs_as_changed_and_stands_in_the_thread():
    agent = waiting_agent(plan(LONG), AIMessage("Done."))
    agent.invoke(ASK, SETTINGS)
    step = {"tool": "generate_motion", "arguments": {"description": "a person runs", "seconds": 2}}
    state = agent.invoke(Command(resume={"plan": {"steps": [step, step]}}), SETTINGS)
    assert [ref.seconds for ref in state["motions"].values()] == [2.0, 2.0]
    [reply] = [m for m in state["messages"] if getattr(m, "tool_calls", None)]
    assert [each["args"] for each in reply.tool_calls] == [step["arguments"]] * 2


def test_after_a_wrong_word_the_question_is_asked_again():
    agent = waiting_agent(plan(LONG), AIMessage("Done."))
    agent.invoke(ASK, SETTINGS)
    fly = {"plan": {"steps": [{"tool": "fly", "arguments": {}}]}}
    for word, problem in ((fly, "no tool"), ({"plan": {"steps": [3]}}, "step 1"), ("maybe", "answered by")):
        [pause] = agent.invoke(Command(resume=word), SETTINGS)["__interrupt__"]
        assert problem in pause.value["problem"]
        assert agent.get_state(SETTINGS).next == ("approve",)
    assert len(agent.invoke(Command(resume=True), SETTINGS)["motions"]) == 1


@pytest.mark.parametrize(("above", "waits"), [(10.0, False), (8.1, False), (8.0, True), (0.0, True)])
def test_plans_shorter_than_the_limit_need_no_word(above: float, waits: bool):
    agent = waiting_agent(plan(LONG), AIMessage("Done."), above=above)
    state = agent.invoke(ASK, SETTINGS)
    assert ("__interrupt__" in state, len(state["motions"])) == (waits, 0 if waits else 1)


def test_progress_is_told_in_order():
    agent = waiting_agent(plan(LONG), AIMessage("Done."), above=100)
    events = list(agent.stream(ASK, SETTINGS, stream_mode="custom"))
    assert [event["event"] for event in events] == ["planned", "generating", "done"]
    assert events[0]["steps"] == ["generate_motion"] and events[0]["seconds"] == 8.0
    assert events[1]["motions"] == 1
    assert events[2]["motion_id"] in agent.get_state(SETTINGS).values["motions"]


class SlowBackend(FakeBackend):
    def generate(self, *args: Any, **options: Any) -> Any:
        import time

        time.sleep(0.3)
        return super().generate(*args, **options)


async def test_the_event_loop_stays_free_while_motions_are_made():
    agent = waiting_agent(plan(LONG), AIMessage("Done."), above=100, backend=SlowBackend())
    running = asyncio.create_task(agent.ainvoke(ASK, SETTINGS))
    ticks = 0
    while not running.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert len((await running)["motions"]) == 1
    assert ticks > 15


def test_a_chat_asks_before_it_runs_a_plan(monkeypatch):
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())
    monkeypatch.setenv("MOTION_AGENT_APPROVE_ABOVE", "0")
    typed = "a person walks\nn\n/list\na person jumps\ny\n/list\n/quit\n"
    done = CliRunner().invoke(app, ["chat"], input=typed)
    assert done.exit_code == 0, done.output
    assert "generate_motion" in done.stdout and "run this plan (" in done.stdout
    assert re.findall(r"m\w{4}  [\d.]+ s  (.*)", done.stdout) == ["a person jumps"]


@pytest.mark.parametrize(
    ("typed", "runs"),
    [("y\n", True), ("Yes\n", True), (" y \n", True), ("n\n", False), ("\n", False), ("", False),
     ("maybe\n", False), ("yn\n", False)],
    ids=repr,
)  # fmt: skip
def test_a_plan_runs_upon_a_yes_and_nothing_else(monkeypatch, typed: str, runs: bool):
    """No word is no yes: nothing runs where the input ends, as with `motion-agent run ... < /dev/null`."""
    backend = FakeBackend()
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: backend)
    monkeypatch.setenv("MOTION_AGENT_APPROVE_ABOVE", "0")
    done = CliRunner().invoke(app, ["run", "a person walks", "-f", "npz"], input=typed)
    assert (done.exit_code, bool(backend.batches)) == ((0, True) if runs else (1, False)), done.output


def test_ctrl_c_at_the_question_is_no_answer(monkeypatch):
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())
    monkeypatch.setenv("MOTION_AGENT_APPROVE_ABOVE", "0")
    monkeypatch.setattr("motion_agent.agent_graph.cli.talk.output.input", _interrupted)
    done = CliRunner().invoke(app, ["run", "a person walks"])
    assert (done.exit_code, "declined" in done.output) == (130, False)
    assert done.stderr.endswith("stopped\n")


def _interrupted(_: str) -> str:
    raise KeyboardInterrupt


@pytest.mark.parametrize("nothing", [{"plan": {"steps": []}}, {"plan": {"steps": []}, "reason": "no"}, 7])
def test_an_answer_that_is_none_is_asked_for_again(talk, nothing):
    thread = talk(
        plan(call("generate_motion", description="a person walks")), AIMessage("Done."), approve_above=0
    )
    thread.say("walk")
    asked = thread.agent.invoke(Command(resume=nothing), thread.settings)
    assert "problem" in asked["__interrupt__"][0].value
    assert thread.agent.invoke(Command(resume=True), thread.settings)["messages"][-1].text == "Done."


def test_a_changed_plan_runs_also_where_it_is_called_approved(talk):
    thread = talk(
        plan(call("generate_motion", description="a person walks")), AIMessage("Done."), approve_above=0
    )
    thread.say("walk")
    jump = {"tool": "generate_motion", "arguments": {"description": "a person jumps"}}
    state = thread.agent.invoke(
        Command(resume={"approved": True, "plan": {"steps": [jump]}}), thread.settings
    )
    assert state["motions"][state["current"]].description == "a person jumps"
