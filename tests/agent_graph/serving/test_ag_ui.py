"""AG-UI: events as its package defines them, and nothing that a client may not set."""

from __future__ import annotations

import json
from typing import Any

import httpx
from ag_ui.core import Event
from pydantic import TypeAdapter


def run(client: httpx.Client, thread: str, text: str, **more: Any) -> list[dict[str, Any]]:
    asked = {
        "threadId": thread,
        "runId": "run-1",
        "state": {},
        "messages": [{"id": f"said-{text}", "role": "user", "content": text}],
        "tools": [],
        "context": [],
        "forwardedProps": {},
    } | more
    answer = client.post("/ag-ui", json=asked, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 200, answer.text
    found = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    for event in found:
        TypeAdapter(Event).validate_python(event)
    return found


def test_a_run_tells_its_steps_tools_and_answer(ada: httpx.Client) -> None:
    told = run(ada, "ag-ui-1", "a person jumps")
    kinds = [event["type"] for event in told]
    assert kinds[0] == "RUN_STARTED" and kinds[-1] == "RUN_FINISHED"
    assert {"STEP_STARTED", "TOOL_CALL_START", "TOOL_CALL_RESULT", "MESSAGES_SNAPSHOT"} <= set(kinds)
    assert {event["threadId"] for event in told if "threadId" in event} == {"ag-ui-1"}
    said = next(event for event in reversed(told) if event["type"] == "MESSAGES_SNAPSHOT")["messages"]
    assert said[0]["content"] == "a person jumps" and "Made" in said[-1]["content"]


def test_it_is_the_same_conversation_as_over_http(ada: httpx.Client) -> None:
    run(ada, "ag-ui-2", "a person waves")
    again = ada.post("/v1/threads/ag-ui-2/messages", json={"text": "mirror it"}).json()
    assert again["motions"][0]["parent"] is not None
    assert [t["turns"] for t in ada.get("/v1/threads").json()["threads"] if t["name"] == "ag-ui-2"] == [2]


def test_a_client_sets_neither_state_nor_node(ada: httpx.Client) -> None:
    forged = {"motions": {"mxxxx": {"id": "mxxxx"}}, "current": "mxxxx", "gave_up": True}
    told = run(ada, "ag-ui-3", "a person sits down", state=forged, forwardedProps={"node_name": "execute"})
    assert told[-1]["type"] == "RUN_FINISHED"
    assert "mxxxx" not in json.dumps(told)


def test_what_goes_wrong_is_an_event(ada: httpx.Client) -> None:
    told = run(ada, "ag-ui-4", "x", messages=[{"id": "1", "role": "tool", "content": "x", "toolCallId": "?"}])
    assert told[-1]["type"] in ("RUN_FINISHED", "RUN_ERROR")
    assert ada.post("/ag-ui", json={"threadId": "../x"}).status_code == 422
