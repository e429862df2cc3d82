"""What is found out of a model by asking it: which way it can be asked, and how much it reads at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chat_server import Reply, answers, calls, chat_server
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import AgentConfig, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.coordinators.example_turns import nearest
from motion_agent.agent_graph.state import serializer

ARGUMENTS = {"description": "a person walks", "seconds": 2}
PLAN = json.dumps({"steps": [{"tool": "generate_motion", "arguments": ARGUMENTS}]})
CALL = json.dumps({"name": "generate_motion", "arguments": ARGUMENTS})
SETTINGS: Any = {"configurable": {"thread_id": "t"}}
ASK = {"messages": [("user", "walk for two seconds")]}
DONE = json.dumps({"answer": "Done."})


def agent_at(url: str, backend: Any, **settings: Any) -> Any:
    values = {"coordinator": "openai:local", "base_url": url, "max_retries": 0, "timeout": 10}
    config = AgentConfig.model_validate(values | settings)
    return create_motion_agent(config, backend=backend, checkpointer=InMemorySaver(serde=serializer()))


def ways(server: Any) -> list[str]:
    """How each request asked."""
    return [
        "tools" if "tools" in request else "json_schema" if "response_format" in request else "prompted"
        for request in server.requests
    ]


def refused(text: str) -> Reply:
    return Reply({"error": {"message": text}}, status=400)


def counted(reply: Reply, prompt: int) -> Reply:
    reply.body["usage"]["prompt_tokens"] = prompt
    return reply


@pytest.mark.parametrize("text", [CALL, f"<tool_call>\n{CALL}\n</tool_call>", f"```json\n{CALL}\n```"])
def test_calls_written_as_text_are_run_and_from_then_on_asked_for(backend, text):
    with chat_server(answers(text), answers(DONE)) as server:
        state = agent_at(server.url, backend).invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and state["messages"][-1].text == "Done."
    assert ways(server) == ["tools", "json_schema"]


def test_tools_mode_reads_text_but_stays(backend):
    with chat_server(answers(CALL), answers("Done.")) as server:
        state = agent_at(server.url, backend, mode="tools").invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and ways(server) == ["tools", "tools"]


@pytest.mark.parametrize(
    "said",
    [
        "1. a walk of 2 s\n2. a jump of 1 s",
        'I called generate_motion("a person walks") for you.',
        'The plan {"steps": [{"tool": "list_motions", "arguments": {}}]} is what a program would write here.',
    ],
)
def test_a_model_that_calls_tools_may_speak_of_them(backend, said):
    step = calls(("c1", "generate_motion", json.dumps(ARGUMENTS)))
    with chat_server(step, answers(said)) as server:
        state = agent_at(server.url, backend).invoke(ASK, SETTINGS)
    assert state["messages"][-1].text == said and len(server.requests) == 2


def test_a_server_without_tools_and_schemas_is_prompted_and_remembered(backend):
    no_tools = refused('"auto" tool choice requires --enable-auto-tool-choice')
    no_schema = refused("response_format is not supported")
    with chat_server(no_tools, no_schema, answers(PLAN), answers(DONE)) as server:
        agent = agent_at(server.url, backend)
        state = agent.invoke(ASK, SETTINGS)
        agent.invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1
    assert ways(server)[:4] == ["tools", "json_schema", "prompted", "prompted"]
    assert set(ways(server)[4:]) == {"prompted"}


def test_a_template_that_drops_the_tools_is_seen_by_the_length_of_the_prompt(backend):
    prose = counted(answers("The walk. A very powerful one."), prompt=440)
    with chat_server(prose, answers(PLAN), answers(DONE)) as server:
        state = agent_at(server.url, backend).invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and ways(server) == ["tools", "json_schema", "json_schema"]


def test_prose_of_a_model_that_saw_its_tools_is_an_answer(backend):
    with chat_server(counted(answers("How far?"), prompt=2600), answers(PLAN)) as server:
        state = agent_at(server.url, backend).invoke(ASK, SETTINGS)
    assert state["messages"][-1].text == "How far?" and len(server.requests) == 1


@pytest.mark.parametrize("noise", ["", "{}", "[]", "...", "mn6qz", "walk for two seconds", '{"answer": ""}'])
def test_noise_is_asked_again(backend, noise):
    with chat_server(answers(noise), answers(PLAN), answers(DONE)) as server:
        state = agent_at(server.url, backend, mode="prompted").invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and state["messages"][-1].text == "Done."


def test_an_answer_may_repeat_a_request_that_was_carried_out(backend):
    with chat_server(answers(PLAN), answers("walk for two seconds")) as server:
        state = agent_at(server.url, backend, mode="prompted").invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and state["messages"][-1].text == "walk for two seconds"


@pytest.mark.parametrize("mode", ["prompted", "json_schema", "tools"])
def test_a_reply_without_room_says_so_and_is_repaired(backend, mode):
    cut = answers(PLAN[:40])
    cut.body["choices"][0]["finish_reason"] = "length"
    good = calls(("c1", "generate_motion", json.dumps(ARGUMENTS))) if mode == "tools" else answers(PLAN)
    with chat_server(cut, good, answers(DONE)) as server:
        state = agent_at(server.url, backend, mode=mode, max_tokens=64).invoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1
    assert "too long" in json.dumps(server.requests[1]["messages"][-1])
    limits = [
        (request.get("max_completion_tokens"), request.get("max_tokens")) for request in server.requests
    ]
    assert all(64 in limit for limit in limits)


def test_old_turns_make_room_and_instructions_never_do(backend):
    with chat_server(answers(json.dumps({"answer": "word " * 200}))) as server:
        agent = agent_at(server.url, backend, mode="prompted", context=2200, max_tokens=512)
        for turn in range(4):
            agent.invoke({"messages": [("user", f"question {turn}?")]}, SETTINGS)
        events = list(agent.stream({"messages": [("user", "question 4?")]}, SETTINGS, stream_mode="custom"))
    told = [message["content"] for message in server.requests[-1]["messages"]]
    assert told[0] == server.requests[0]["messages"][0]["content"]
    assert not any("question 0?" in text for text in told)
    assert "oldest turns of this conversation are left out" in told[-1]
    assert events[0]["event"] == "left_out" and events[0]["turns"] >= 1


@pytest.mark.parametrize(("context", "shown"), [(2600, False), (9000, True)])
def test_near_examples_make_room_before_any_turn_does(backend, context: int, shown: bool):
    with chat_server(answers(PLAN), answers(DONE)) as server:
        agent = agent_at(server.url, backend, mode="prompted", context=context, max_tokens=1500)
        agent.invoke(ASK, SETTINGS)
        agent.invoke({"messages": [("user", "please delete the last part")]}, SETTINGS)
    told = [message["content"] for message in server.requests[-1]["messages"]]
    assert ASK["messages"][0][1] in told and "left out" not in told[-1]
    [near] = nearest("please delete the last part", 1, at_hand=True)
    assert any(text.startswith(f"{near.said}\n") for text in told) == shown


def test_a_context_too_small_for_one_turn_is_an_error_of_one_line(backend):
    with chat_server(answers(DONE)) as server, pytest.raises(CoordinatorError, match="larger context"):
        agent_at(server.url, backend, mode="prompted", context=600).invoke(ASK, SETTINGS)
    assert server.requests == []


def test_the_context_a_server_names_is_kept_to(backend):
    small = refused("This model's maximum context length is 2000 tokens, however you requested 2100")
    long = answers(json.dumps({"answer": "word " * 200}))
    with chat_server(long, long, long, small, long) as server:
        agent = agent_at(server.url, backend, mode="prompted", max_tokens=512)
        for turn in range(5):
            agent.invoke({"messages": [("user", f"question {turn}?")]}, SETTINGS)
    lengths = [len(request["messages"]) for request in server.requests]
    assert lengths[4] < lengths[3] and len(server.requests) == 6


def test_a_context_that_a_server_names_leaves_as_much_room_for_the_reply_as_one_that_is_set(backend):
    small = refused("This model's maximum context length is 2600 tokens, however you requested 2700")
    long = answers(json.dumps({"answer": "word " * 150}))
    said = []
    for replies, context in (([long] * 3 + [small, long, long], None), ([long], 2600)):
        with chat_server(*replies) as server:
            agent = agent_at(server.url, backend, mode="prompted", context=context, max_tokens=1000)
            for turn in range(5):
                agent.invoke({"messages": [("user", f"question {turn}?")]}, SETTINGS)
        said.append(server.requests[-1]["messages"])
    assert said[0] == said[1]


async def test_async_asks_in_the_same_ways(backend):
    with chat_server(refused("no tools here"), answers(PLAN), answers(DONE)) as server:
        state = await agent_at(server.url, backend).ainvoke(ASK, SETTINGS)
    assert len(state["motions"]) == 1 and ways(server) == ["tools", "json_schema", "json_schema"]
