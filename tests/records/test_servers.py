"""What two people are answered by one server: files, plans that wait, streams, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from helpers import walking
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.app import create_app
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from records.recording import Counting, assert_recorded
from records.test_conversations import told
from records.test_interfaces import untimed

KEYS = {"ann": "a-key-for-ann-alone", "bob": "a-key-for-bob-alone"}
MOST = 60_000
STROLL = {"description": "a person walks", "seconds": 2, "seed": 1, "name": "stroll"}
FOUR = {"tool": "generate_motion", "arguments": {"description": "a person jumps", "seconds": 4}}
STREAM = {"Accept": "text/event-stream"}
#: Headers that say what a client may do with an answer.
TOLD = (
    "allow", "content-disposition", "content-security-policy", "content-type", "www-authenticate",
    "access-control-allow-origin", "access-control-allow-methods",
)  # fmt: skip
#: Who asks, the method and the path, and what is sent along.
Asked = tuple[str, str, dict[str, Any]]
REQUESTS: list[Asked] = [
    ("nobody", "GET /v1/about", {}),
    ("nobody", "GET /v1/threads", {}),
    ("nobody", "GET /v1/threads", {"headers": {"Authorization": f"Basic {KEYS['ann']}"}}),
    ("nobody", "GET /v1/threads", {"headers": {"Authorization": f"bearer {KEYS['bob']}"}}),
    ("nobody", "OPTIONS /v1/files/walk.bvh",
     {"headers": {"Origin": "https://chat.example", "Access-Control-Request-Method": "PUT"}}),
    ("nobody", "OPTIONS /v1/files/walk.bvh",
     {"headers": {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT"}}),
    ("ann", "PUT /v1/files/walk.npz", {"content": "walk"}),
    ("ann", "PUT /v1/files/walk.txt", {"content": b"walk"}),
    ("ann", "PUT /v1/files/.walk.bvh", {"content": b"walk"}),
    ("ann", "PUT /v1/files/full.bvh", {"content": b" " * MOST}),
    ("ann", "PUT /v1/files/fuller.bvh", {"content": b" " * (MOST + 1)}),
    ("ann", "GET /v1/files", {}),
    ("bob", "GET /v1/files", {}),
    ("bob", "GET /v1/files/walk.npz", {}),
    ("ann", "POST /v1/caption", {"json": {"path": "full.bvh"}}),
    ("ann", "POST /v1/threads/talk/messages", {"json": {"text": "mirror it", "file": "walk.npz"}}),
    ("ann", "POST /v1/threads/talk/messages", {"json": {"text": "mirror it", "file": "none.npz"}}),
    ("ann", "POST /v1/generate", {"json": STROLL, "headers": {"Idempotency-Key": "one"}}),
    ("ann", "POST /v1/generate", {"json": STROLL, "headers": {"Idempotency-Key": "one"}}),
    ("ann", "POST /v1/generate", {"json": STROLL | {"seed": 2}, "headers": {"Idempotency-Key": "one"}}),
    ("bob", "GET /v1/motions/stroll", {}),
    ("bob", "GET /v1/motions", {}),
    ("ann", "GET /v1/motions", {}),
    ("ann", "POST /v1/name", {"json": {"motion_id": "stroll", "name": "Walk 1"}}),
    ("ann", "GET /v1/motions/WALK 1/bvh", {}),
    ("ann", "GET /v1/motions/walk 1/html", {}),
    ("ann", "GET /v1/motions/walk 1/fbx", {}),
    ("ann", "GET /v1/motions/walk 1/npz", {"params": {"who": 0}}),
    ("ann", "GET /v1/motions/walk 1/npz", {"params": {"who": 1}}),
    ("ann", "POST /v1/scene", {"json": {"people": [{"motion_id": "walk 1"}] * 2, "name": "pair"}}),
    ("ann", "GET /v1/motions/pair/bvh", {}),
    ("ann", "GET /v1/motions/pair/bvh", {"params": {"who": 2}}),
    ("ann", "GET /v1/motions/pair/npz", {"params": {"who": 3}}),
    ("ann", "POST /v1/export", {"json": {"motion_id": "pair", "formats": ["bvh"]}}),
    ("ann", "POST /v1/export", {"json": {"motion_id": "walk 1", "formats": ["npy"]}}),
    ("ann", "GET /v1/files/walk-1.npy", {}),
    ("ann", "PUT /v1/files/more.bvh", {"content": b"more"}),
    ("ann", "DELETE /v1/files/full.bvh", {}),
    ("ann", "DELETE /v1/files/full.bvh", {}),
    ("ann", "PUT /v1/files/more.bvh", {"content": b"more"}),
    ("ann", "GET /v1/files", {}),
    ("ann", "POST /v1/threads/talk/messages", {"json": {"text": "a person walks for 5 seconds"}}),
    ("ann", "GET /v1/threads/talk", {}),
    ("bob", "GET /v1/threads/talk", {}),
    ("ann", "POST /v1/threads/talk/decision", {"json": {"approved": False, "reason": "too long"}}),
    ("ann", "POST /v1/threads/talk/decision", {"json": {}}),
    ("ann", "POST /v1/threads/talk/messages",
     {"json": {"text": "a person walks for 5 seconds"}, "headers": STREAM}),
    ("ann", "POST /v1/threads/talk/decision", {"json": {"steps": [FOUR, FOUR]}, "headers": STREAM}),
    ("ann", "POST /v1/threads/two/decision", {"json": {"approved": True}, "headers": STREAM}),
    ("ann", "POST /v1/threads/a b/messages", {"json": {"text": "hello"}}),
    ("bob", "POST /v1/threads/talk/messages", {"json": {"text": "  hello  "}}),
    ("bob", "GET /v1/threads/talk", {}),
    ("ann", "GET /v1/threads", {}),
    ("bob", "DELETE /v1/threads/talk", {}),
    ("bob", "GET /v1/threads", {}),
    ("ann", "GET /v1/threads/talk", {}),
]  # fmt: skip


def lasting(said: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs from run to run and from machine to machine."""
    for record in (said, *said.get("threads", ()), *said.get("files", ())):
        if isinstance(record, dict):
            record.pop("last", None)
            if 10 < record.get("bytes", 0) < MOST:
                record["bytes"] = "many"
    return untimed(said)


def shown(answer: Any) -> Any:
    """The status of an answer, what its headers allow, and its text: JSON, events, or a first line."""
    kind = answer.headers.get("content-type", "")
    headers = {name: answer.headers[name] for name in TOLD if name in answer.headers}
    if kind.startswith("application/json") and answer.content:
        said = lasting(answer.json())
        return [answer.status_code, said] if len(headers) == 1 else [answer.status_code, headers, said]
    if kind.startswith("text/event-stream"):
        told = (event for event in answer.text.strip().split("\n\n") if not event.startswith(":"))
        events = [event.split("\ndata: ") for event in told]
        return [answer.status_code, [[name, lasting(json.loads(data))] for name, data in events]]
    first = answer.text.splitlines()[0] if kind.startswith("text/") and answer.text else ""
    return [answer.status_code, headers, first]


def test_two_people_and_their_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_motion(Motion(walking(40)), tmp_path / "walk.npz")
    content = {"walk": (tmp_path / "walk.npz").read_bytes()}
    serve = ServeOptions.model_validate(
        {"keys": KEYS, "origins": ("https://chat.example",), "max_body": MOST, "max_files": 5}
    )
    config = AgentConfig(output_folder=tmp_path / "out", approve_above=3.0, seed=1, serve=serve)
    answers: dict[str, Any] = {}
    with TestClient(create_app(config, Counting()), base_url="http://127.0.0.1") as client:
        for number, (who, asked, options) in enumerate(REQUESTS, 1):
            method, path = asked.split(" ", 1)
            headers = dict(options.get("headers", {}))
            headers |= {"Authorization": f"Bearer {KEYS[who]}"} if who in KEYS else {}
            sent: dict[str, Any] = options | {"headers": headers}
            if isinstance(sent.get("content"), str):
                sent["content"] = content[sent["content"]]
            with_it = {name: value for name, value in options.items() if name != "content"}
            title = f"{number}. {who}: {asked} {json.dumps(with_it) if with_it else ''}".strip()
            answers[title] = shown(client.request(method, path, **sent))
    assert_recorded("servers", told(answers, tmp_path))
