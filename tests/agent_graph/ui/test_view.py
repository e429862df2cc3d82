"""What the page shows, without a browser: messages, progress, edits of parts, links, and who comes in."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from httpx import ASGITransport, AsyncClient
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.progress import step_in_words
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.agent_graph.conversations.versions import go
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.ui.app import offered
from motion_agent.agent_graph.ui.door import Door
from motion_agent.agent_graph.ui.parts import edit_of, is_an_edit
from motion_agent.agent_graph.ui.view import Progress, downloads, messages_shown, plain
from motion_agent.tools.errors import EditError
from motion_agent.tools.schemas import HistoryArgs, MotionRef
from starlette.responses import JSONResponse

PLAN = {
    "steps": [
        {"tool": "generate_motion", "arguments": {"description": "a person walks", "seconds": 3.0}},
        {"tool": "edit_motion", "arguments": {"motion_id": "$1", "operations": [{"op": "mirror"}]}},
    ]
}


def call(name: str, arguments: dict[str, Any], call_id: str) -> dict[str, Any]:
    return {"name": name, "args": arguments, "id": call_id}


def test_steps_are_told_in_words() -> None:
    walk, mirror = PLAN["steps"]
    assert step_in_words(walk["tool"], walk["arguments"]) == "Make a motion: a person walks, 3 s"
    assert step_in_words(mirror["tool"], mirror["arguments"]) == "Change a motion: $1, mirror"
    parts = {"segments": [{"description": "a person walks"}, {"description": "a person waves", "seconds": 2}]}
    assert step_in_words("compose_sequence", parts) == "Join parts: a person walks; a person waves, 2 s"
    assert step_in_words("list_motions", {}) == "List the motions"


def test_progress_marks_each_step_when_it_is_done() -> None:
    progress = Progress()
    assert progress.shown["metadata"] == {"title": "Reading the request ...", "status": "pending"}
    progress.take("planned", {"plan": PLAN})
    progress.take("generating", {"motions": 1})
    assert "Making 1 motion" in progress.shown["metadata"]["title"]
    assert progress.shown["content"].count("· ") == 2
    progress.take("done", {"tool": "generate_motion"})
    progress.take("failed", {"tool": "edit_motion", "reason": "no such <part>"})
    first, second = (line for line in progress.shown["content"].splitlines() if line and line[0] in "✓✗")
    assert first.startswith("✓ Make") and second.startswith("✗ Change")
    assert "no such \\<part\\>" in progress.shown["content"]


def test_a_thread_is_shown_as_people_read_it(tmp_path: Path) -> None:
    made = AIMessage("", tool_calls=[call("generate_motion", {"description": "a *walk*"}, "a")])
    saved = AIMessage("", tool_calls=[call("export_motion", {"motion_id": "m1"}, "b")])
    moved = AIMessage("", tool_calls=[call("history", {"action": "undo"}, "move_1")])
    files = f'{{"files": ["{tmp_path}/my walk.bvh"]}}'
    shown = messages_shown(
        [
            HumanMessage("<b>walk</b>"),
            made,
            ToolMessage("not now", tool_call_id="a", status="error"),
            saved,
            ToolMessage(files, tool_call_id="b", name="export_motion"),
            AIMessage(f"Saved {tmp_path}/my walk.bvh."),
            moved,
            ToolMessage("{}", tool_call_id="move_1", name="history"),
        ],
        tmp_path,
    )
    assert [message["role"] for message in shown] == ["user", *["assistant"] * 4]
    said, failed, done, links, answer = (message["content"] for message in shown)
    assert said == "\\<b\\>walk\\</b\\>"
    assert failed.startswith("✗ Make a motion: a \\*walk\\*") and "(not now)" in failed
    assert done.startswith("✓ Write files") and "/v1/files/my%20walk.bvh" in links
    assert answer == "Saved my walk.bvh."


def test_text_is_shown_as_it_is() -> None:
    assert plain("a_b [x](y) <i> $1") == "a\\_b \\[x\\](y) \\<i\\> \\$1"


def test_a_part_begins_an_edit_and_a_scene_is_said_anew() -> None:
    assert edit_of(2, [["a person walks", "a person waves"]]) == "replace part 2 with "
    assert edit_of(1, [[]], "Slower") == "make part 1 slower"
    pair = edit_of(1, [["a person walks", "a person jumps"], ["a person waves"]])
    assert pair == "two people: one walks then jumps, the other waves"
    assert all(map(is_an_edit, ("", " ", pair, "make part 1 slower")))
    assert not is_an_edit("a person walks")


def test_links_lead_to_every_format_and_to_each_person() -> None:
    ref = MotionRef(id="m1", name="x", description="x", seconds=1, frames=20, segments=[])
    one, two = downloads(ref, 1), downloads(ref, 2)
    assert one.count("<a ") == 9 and 'href="/v1/motions/m1/bvh"' in one
    assert two.count("<a ") == 12 and 'href="/v1/motions/m1/bvh?who=2"' in two
    assert downloads(None, 1) == ""


def test_coordinators_are_those_the_operator_listed() -> None:
    config = AgentConfig(run_coordinators=("openai:a@http://127.0.0.1:1/v1", "offline"))
    assert offered(config) == ["offline", "openai:a"]
    assert offered(config.changed(run_may_set=("seed",))) == ["offline"]


def test_versions_are_gone_to_without_a_coordinator(tmp_path: Path) -> None:
    session = Session.start(AgentConfig(output_folder=tmp_path), FakeBackend())
    first = session.say("a person walks").current
    second = session.say("mirror it").current
    assert first is not None and second is not None and first.id != second.id
    assert go(session, HistoryArgs(action="undo")).id == first.id == _current(session)
    with pytest.raises(EditError, match="nothing to undo"):
        go(session, HistoryArgs(action="undo"))
    assert go(session, HistoryArgs(action="redo")).id == second.id == _current(session)
    assert go(session, HistoryArgs(action="restore", motion_id=first.id)).id == _current(session)
    again = session.say("mirror it").current
    assert again is not None and again.parent == first.id  # the talk goes on from there


def _current(session: Session) -> str:
    current = session.current()
    assert current is not None
    return current.id


KEY = "ada-key-0123456789"


def basic(name: str, key: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{key}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("given", "origin", "status"),
    [
        (basic("ada", KEY), None, 200),
        (f"Bearer {KEY}", "http://page.example", 200),
        (basic("ada", KEY), "http://evil.example", 403),
        (basic("ada", KEY), "null", 403),
        (basic("ada", "wrong"), None, 401),
        ("Basic %%%", None, 401),
        (None, None, 401),
    ],
)
async def test_the_door(given: str | None, origin: str | None, status: int) -> None:
    async def within(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        await JSONResponse({"key": headers["authorization"]})(scope, receive, send)

    options = ServeOptions.model_validate({"keys": {"ada": KEY}})
    headers = {"authorization": given, "origin": origin}
    async with AsyncClient(
        transport=ASGITransport(Door(within, options)), base_url="http://page.example"
    ) as client:
        answer = await client.get("/", headers={k: v for k, v in headers.items() if v is not None})
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"key": f"Bearer {KEY}"}
        assert "connect-src 'self'" in answer.headers["content-security-policy"]
    elif status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic ")
