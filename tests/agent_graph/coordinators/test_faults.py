"""What servers do wrong, over HTTP: no case ends in a traceback of theirs or in a spoilt thread."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chat_server import Reply, answers, calls, chat_server, streamed
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.state import serializer
from motion_agent.motion_models.errors import MotionAgentError

WALK = json.dumps({"description": "a person walks", "seconds": 2})
SETTINGS: Any = {"configurable": {"thread_id": "t"}}
GOOD = (calls(("good", "generate_motion", WALK)), answers("Done."))
JUNK = "<html>it works!</html>"


def ask(text: str) -> Any:
    return {"messages": [("user", text)]}


def agent_at(url: str, backend: Any, **settings: Any) -> Any:
    values = {"coordinator": "openai:local", "base_url": url, "max_retries": 0, "timeout": 0.4}
    config = AgentConfig.model_validate(values | settings)
    return create_motion_agent(config, backend=backend, checkpointer=InMemorySaver(serde=serializer()))


def answered(state: Any) -> bool:
    """Every call of the thread has exactly one answer."""
    asked = [call["id"] for m in state["messages"] for call in getattr(m, "tool_calls", [])]
    asked += [call["id"] for m in state["messages"] for call in getattr(m, "invalid_tool_calls", [])]
    told = [m.tool_call_id for m in state["messages"] if m.type == "tool"]
    return sorted(asked) == sorted(told) and len(set(asked)) == len(asked)


FAULTS: dict[str, Reply] = {
    "429": Reply({"error": {"message": "slow down"}}, status=429),
    "500": Reply({"error": {"message": "oh"}}, status=500),
    "503 without JSON": Reply(JUNK, status=503),
    "401": Reply({"error": {"message": "who are you"}}, status=401),
    "404": Reply({"error": {"message": "no such model"}}, status=404),
    "a timeout": Reply({}, delay=1.0),
    "a dropped line": Reply(drop=True),
    "a body that is no completion": Reply({"hello": "there"}),
    "a body that is no JSON object": Reply(JUNK),
    "arguments that are no object": calls(("a", "generate_motion", '"walk"')),
    "no choices": Reply({"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": []}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_failing_server_is_a_typed_error_and_the_thread_goes_on(backend, fault):
    with chat_server(*GOOD, fault, *GOOD) as server:
        agent = agent_at(server.url, backend)
        before = agent.invoke(ask("walk"), SETTINGS)
        with pytest.raises(MotionAgentError) as caught:
            agent.invoke(ask("again"), SETTINGS)
        assert "\n" not in str(caught.value) and "coordinator openai:local" in str(caught.value)
        after = agent.invoke(ask("and again"), SETTINGS)
    assert set(before["motions"]) < set(after["motions"])
    assert answered(after)


@pytest.mark.parametrize("fault", ["429", "500", "a dropped line"])
def test_what_passes_is_tried_again(backend, fault):
    with chat_server(FAULTS[fault], *GOOD) as server:
        state = agent_at(server.url, backend, max_retries=2, timeout=10).invoke(ask("walk"), SETTINGS)
    assert len(state["motions"]) == 1 and len(server.requests) == 3


MISTAKES = {
    "malformed JSON": [("a", "generate_motion", '{"description": "a person')],
    "an unknown tool": [("a", "fly_to_the_moon", "{}")],
    "wrong types": [("a", "generate_motion", '{"description": 7, "seconds": "soon"}')],
    "an unknown motion": [("a", "edit_motion", '{"motion_id": "m0", "operations": [{"op": "mirror"}]}')],
    "one good and one bad": [("a", "generate_motion", WALK), ("b", "generate_motion", "{")],
    "one id twice": [("a", "generate_motion", WALK), ("a", "generate_motion", "[]")],
    "no id": [("", "generate_motion", "{}")],
    "a huge number": [("a", "generate_motion", '{"description": "a person walks", "seconds": 1e300}')],
    "a path": [("a", "caption_motion", '{"path": "../../../../etc/passwd"}')],
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_told_and_repaired(backend, mistake):
    with chat_server(calls(*mistake), *GOOD) as server:
        state = agent_at(server.url, backend, timeout=10).invoke(ask("walk"), SETTINGS)
    assert len(state["motions"]) == 1 and state["messages"][-1].text == "Done."
    assert any(m.type == "tool" and m.status == "error" for m in state["messages"])
    assert answered(state)


def call_piece(**function: str) -> dict[str, Any]:
    return {"tool_calls": [{"index": 0, "function": function}]}


def test_fragments_of_a_streamed_call_become_one_plan(backend):
    head = {
        "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "generate_motion"}}]
    }
    pieces = [call_piece(arguments=WALK[at : at + 5]) for at in range(0, len(WALK), 5)]
    with chat_server(
        streamed({"role": "assistant", "content": ""}, head, *pieces),
        streamed({"role": "assistant", "content": "Do"}, {"content": "ne."}),
    ) as server:
        agent = agent_at(server.url, backend, timeout=10)
        chunks = list(agent.stream(ask("walk"), SETTINGS, stream_mode="messages"))
        state = agent.get_state(SETTINGS).values
    assert all(request["stream"] for request in server.requests)
    assert len(state["motions"]) == 1 and state["messages"][-1].text == "Done."
    assert [c.text for c, _ in chunks if c.type == "AIMessageChunk" and c.text] == ["Do", "ne."]


def test_a_stream_that_is_cut_leaves_the_thread_whole(backend):
    head = {
        "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "generate_motion"}}]
    }
    cut = streamed({"role": "assistant", "content": ""}, head, call_piece(arguments=WALK[:9]), cut=True)
    end = streamed({"role": "assistant", "content": "I could not."})
    with chat_server(cut, end, *GOOD) as server:
        agent = agent_at(server.url, backend, timeout=10)
        list(agent.stream(ask("walk"), SETTINGS, stream_mode="messages"))
        assert answered(agent.get_state(SETTINGS).values)
        after = agent.invoke(ask("walk"), SETTINGS)
    assert len(after["motions"]) == 1 and answered(after)
