"""What other programs and models see: schemas, prompts, settings, and the answers of the MCP server."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from motion_agent.agent_graph import AgentConfig, prompts
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.coordinators.plan_schema import reply_schema, signatures
from motion_agent.agent_graph.mcp.server import MotionServer, Opened
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.app import create_app
from motion_agent.agent_graph.serving.house import House
from motion_agent.agent_graph.serving.workers import Workers
from motion_agent.tools.toolbox import TOOLS
from records.recording import Counting, assert_recorded, plain
from records.test_conversations import told

WALK = {"description": "a person walks", "seconds": 2, "seed": 1, "name": "stroll"}
#: Calls of one MCP client, in order.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("create_motion", WALK),
    ("create_motion", {"description": "a person yodels"}),
    ("create_motion", {"description": "a person walks", "seconds": -1}),
    (
        "stitch_motions",
        {"segments": [{"motion_id": "stroll"}, {"motion_id": "stroll"}]},
    ),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "mirror"}]}),
    ("undo_or_redo", {"action": "undo"}),
    ("undo_or_redo", {"action": "undo"}),
    ("undo_or_redo", {"action": "undo"}),
    ("undo_or_redo", {"action": "redo"}),
    ("undo_or_redo", {"action": "redo"}),
    ("undo_or_redo", {"action": "redo"}),
    ("describe_motion", {"motion_id": "nobody"}),
    ("name_motion", {"motion_id": "stroll", "name": "walk"}),
    ("stitch_motions", {"segments": '[{"motion_id": "walk", "repeat": 2}]', "name": "two"}),
    ("stitch_motions", {"segments": "walk, walk"}),
    ("edit_motion", {"motion_id": "two", "operations": [{"op": "delete", "segment": 9}]}),
    ("edit_motion", {"motion_id": "two", "operations": [], "colour": "red"}),
    ("arrange_people", {"people": [{"motion_id": "walk"}, {"motion_id": "two", "x": 1}], "name": "pair"}),
    ("create_motion", {"description": "a person jumps", "seconds": 1, "variants": 2, "seed": 1 << 70}),
    ("create_motion", {"description": "a person jumps", "seconds": 1, "variants": 2, "seed": 7}),
    ("describe_motion", {"motion_id": "walk"}),
    ("export_motion", {"motion_id": "walk", "formats": ["npy"]}),
    ("preview_motion", {"motion_id": "nobody"}),
    ("undo_or_redo", {"action": "restore", "motion_id": "walk"}),
    ("list_motions", {}),
]
#: What a client reads beside calling tools.
READ = ("skill://motion-agent/SKILL.md", "motion://walk/bvh", "motion://walk/fbx", "motion://nobody/bvh")
#: Requests to the server, in order: the method, the path, and what is sent.
REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "/health", None),
    ("GET", "/v1/about", None),
    ("POST", "/v1/generate", WALK),
    ("POST", "/v1/generate", {"description": "a person yodels"}),
    ("POST", "/v1/generate", {"description": ""}),
    ("POST", "/v1/generate", {"description": "a person walks", "seconds": 1000}),
    ("POST", "/v1/compose", {"segments": [{"motion_id": "stroll", "repeat": 2}]}),
    ("POST", "/v1/edit", {"motion_id": "stroll", "operations": [{"op": "speed", "factor": 2}]}),
    ("POST", "/v1/edit", {"motion_id": "stroll", "operations": [{"op": "speed", "factor": 9}]}),
    ("POST", "/v1/caption", {"motion_id": "stroll"}),
    ("POST", "/v1/caption", {"motion_id": "nobody"}),
    ("POST", "/v1/scene", {"people": [{"motion_id": "stroll"}, {"motion_id": "stroll", "x": -1}]}),
    ("GET", "/v1/motions/stroll", None),
    ("GET", "/v1/motions/nobody", None),
    ("GET", "/v1/threads", None),
    ("POST", "/v1/threads/talk/messages", {"text": "a person walks, then bows"}),
    ("POST", "/v1/threads/talk/messages", {"text": ""}),
    ("POST", "/v1/threads/talk/messages", {"text": "mirror it", "colour": "red"}),
    ("POST", "/v1/threads/talk/messages", {"text": "undo"}),
    ("GET", "/v1/threads/talk", None),
    ("DELETE", "/v1/threads/talk", None),
    ("GET", "/v1/threads/talk", None),
    ("GET", "/v1/nothing", None),
    ("DELETE", "/v1/generate", None),
]


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without how long it took."""
    return {name: value for name, value in answer.items() if name != "seconds_taken"}


def test_schemas_and_prompts() -> None:
    tools = {name: spec.arguments for name, spec in TOOLS.items()}
    cases = {
        "tools": {
            name: [spec.description, spec.arguments.model_json_schema()] for name, spec in TOOLS.items()
        },
        "signatures": signatures(tools).splitlines(),
        "reply": reply_schema(tools),
        "instructions": prompts.instructions(["walk", "wave"]).splitlines(),
        "written instructions": prompts.written_instructions("SIGNATURES", ["walk"]).splitlines(),
        "examples": prompts.examples(),
        "guide": prompts.tool_guide().splitlines(),
        "settings": {
            name: [str(field.annotation), str(field.default)]
            for name, field in AgentConfig.model_fields.items()
            if name != "serve"
        },
    }
    assert_recorded("schemas", cases)


async def test_answers_of_the_mcp_server(tmp_path: Path) -> None:
    config = AgentConfig(output_folder=tmp_path, input_folder=tmp_path, serve=ServeOptions())
    with open_memory() as kept:
        opened = Opened(House(config, kept, "memory", Counting()), Workers(config.serve))

        async def opening() -> Opened:
            return opened

        answers: dict[str, Any] = {}
        async with Client(MotionServer(opening)) as client:
            tools = (await client.list_tools()).tools
            listed = {
                tool.name: [tool.title, tool.description, tool.annotations, tool.meta] for tool in tools
            }
            for number, (tool, arguments) in enumerate(CALLS, 1):
                result = await client.call_tool(tool, arguments)
                told_text = getattr(result.content[0], "text", "")
                linked = [plain(link.model_dump(exclude_none=True)) for link in result.content[1:]]
                answer = told_text if result.is_error else result.structured_content
                answers[f"{number}. {tool} {json.dumps(arguments)}"] = [answer, *linked]
            resources = [
                [str(each.uri), each.name, each.description, each.mime_type]
                for each in (await client.list_resources()).resources
            ]
            read = {uri: await contents(client, uri) for uri in READ}
        opened.workers.close()
    cases = {"tools": plain(listed), "answers": answers, "resources": resources, "read": read}
    assert_recorded("mcp", told(cases, tmp_path))


async def contents(client: Client, uri: str) -> list[str]:
    """How a resource begins, or why it cannot be read."""
    try:
        [content] = (await client.read_resource(uri)).contents
    except MCPError as error:
        return ["refused", error.error.message]
    whole = getattr(content, "text", None) or base64.b64decode(getattr(content, "blob", "")).decode()
    return [content.mime_type or "", *whole.splitlines()[:2]]


def test_answers_of_the_http_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = AgentConfig(output_folder=tmp_path / "out", input_folder=tmp_path, serve=ServeOptions())
    answers: dict[str, Any] = {}
    with TestClient(create_app(config, Counting()), base_url="http://127.0.0.1") as client:
        for number, (method, path, sent) in enumerate(REQUESTS, 1):
            answer = client.request(method, path, json=sent)
            said = json.dumps(sent) if sent else ""
            answers[f"{number}. {method} {path} {said}".strip()] = [
                answer.status_code,
                untimed(answer.json()) if answer.content else None,
            ]
        paths = client.get("/openapi.json").json()["paths"]
    served = {path: sorted(methods) for path, methods in paths.items()}
    assert_recorded("http", told({"paths": served, "answers": answers}, tmp_path))
