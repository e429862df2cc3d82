"""What tools did is told by their results: without asking the model again, and against what it would say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chat_server import Reply, answers, chat_server
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.coordinators.last_word import is_done, last_word
from motion_agent.agent_graph.coordinators.talk import Question
from motion_agent.agent_graph.state import serializer

SETTINGS: Any = {"configurable": {"thread_id": "t"}}


def plan(tool: str, **arguments: Any) -> Reply:
    return answers(json.dumps({"steps": [{"tool": tool, "arguments": arguments}]}))


def turn(*said: str, backend: Any, replies: list[Reply], **settings: Any) -> tuple[Any, list[Any]]:
    """The state after these messages, and what the server was asked."""
    with chat_server(*replies) as server:
        values = {"coordinator": "openai:local", "base_url": server.url, "mode": "prompted", "max_retries": 0}
        config = AgentConfig.model_validate({"last_word": "results", **values, **settings})
        agent = create_motion_agent(config, backend=backend, checkpointer=InMemorySaver(serde=serializer()))
        state: Any = {}
        for text in said:
            state = agent.invoke({"messages": [("user", text)]}, SETTINGS)
    return state, server.requests


def test_results_are_told_without_the_model(backend):
    replies = [plan("generate_motion", description="a person walks", seconds=2)]
    state, asked = turn("walk", backend=backend, replies=replies)
    made = state["motions"][state["current"]]
    assert len(asked) == 1
    assert made.id in state["messages"][-1].text and "2 s" in state["messages"][-1].text


def test_a_failed_plan_is_repaired_by_the_model_and_what_it_repaired_is_not_told(backend):
    replies = [
        plan("caption_motion", path="nowhere.bvh"),
        plan("generate_motion", description="a person walks"),
    ]
    state, asked = turn("walk", backend=backend, replies=replies)
    assert len(asked) == 2 and "nowhere.bvh" in asked[1]["messages"][-1]["content"]
    assert state["current"] in state["messages"][-1].text and "nowhere" not in state["messages"][-1].text


def test_a_model_cannot_say_that_what_failed_was_done(backend):
    replies = [plan("caption_motion", path="nowhere.bvh"), answers('{"answer": "Opened, a person walks."}')]
    state, _ = turn("what does nowhere.bvh show?", backend=backend, replies=replies)
    assert "no such file" in state["messages"][-1].text and "Opened" not in state["messages"][-1].text


def test_words_without_a_plan_are_the_models(backend):
    state, _ = turn("hello", backend=backend, replies=[answers('{"answer": "Good day!"}')])
    assert state["messages"][-1].text == "Good day!"


def test_questions_are_answered_from_what_was_measured(backend):
    named = plan("generate_motion", description="a person walks", name="stroll")
    replies = [named, plan("caption_motion", motion_id="stroll")]
    state, asked = turn("walk", "how far does he get?", backend=backend, replies=replies)
    assert len(asked) == 2 and " m " in state["messages"][-1].text


def test_earlier_turns_are_told_as_their_plans(backend):
    replies = [plan("generate_motion", description="a person walks"), answers('{"answer": "Good day!"}')]
    _, asked = turn("walk", "hello", backend=backend, replies=replies)
    told = [message["content"] for message in asked[1]["messages"]]
    assert told[told.index("walk") + 1].startswith('{"steps"')
    assert not any(text.startswith(("Result of", "Error of")) for text in told)


@pytest.mark.parametrize(("last_word", "replies"), [("auto", 2), ("coordinator", 2), ("results", 1)])
def test_who_tells_is_a_setting(backend, last_word: str, replies: int):
    said = [plan("generate_motion", description="a person walks"), answers('{"answer": "Done."}')]
    state, asked = turn("walk", backend=backend, replies=said, last_word=last_word)
    assert len(asked) == replies and (state["messages"][-1].text == "Done.") == (replies == 2)


def test_only_the_plans_of_the_turn_count():
    call = {"name": "generate_motion", "args": {"description": "a person walks"}, "id": "1"}
    made = ToolMessage('{"motion_id": "m1"}', tool_call_id="1", name="generate_motion")
    thread = [HumanMessage("walk"), AIMessage("", tool_calls=[call]), made]
    assert is_done(thread) and "m1" in last_word(Question(thread))
    later = [*thread, AIMessage("Made."), HumanMessage("thanks")]
    assert not is_done(later) and last_word(Question(later)) == ""
