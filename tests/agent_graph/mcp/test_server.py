"""The MCP server with the SDK's client: over stdio as clients start it, over HTTP, and in this process."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.mcp.install import CLIENTS, entry
from motion_agent.agent_graph.mcp.server import MotionServer, Opened
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.house import House
from motion_agent.agent_graph.serving.workers import Workers
from servers import KEYS, serving

WALK = {"description": "a person walks", "seconds": 2, "name": "stroll"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
#: The command in a process of its own, which says when the first of its packages is to be imported.
INTERRUPTIBLE = """
import sys

class Told:
    def find_spec(self, name, path, target=None):
        if name == "typer":
            sys.meta_path.remove(self)
            print("begins", file=sys.stderr, flush=True)

sys.meta_path.insert(0, Told())
from motion_agent.agent_graph.cli import main
main()
"""


@asynccontextmanager
async def connected(folder: Path, **settings: Any) -> AsyncIterator[Client]:
    """A client of a server in this process, over a backend without a model."""
    config = AgentConfig(output_folder=folder, serve=ServeOptions(), **settings)
    with open_memory() as kept:
        opened = Opened(House(config, kept, "memory", FakeBackend()), Workers(config.serve))

        async def opening() -> Opened:
            return opened

        async with Client(MotionServer(opening)) as client:
            yield client
        opened.workers.close()


async def call(client: Client, tool: str, /, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    assert json.loads(result.content[0].text) == result.structured_content  # pyright: ignore[reportAttributeAccessIssue]
    return result.structured_content


async def fault(client: Client, tool: str, /, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text  # pyright: ignore[reportAttributeAccessIssue]


async def test_as_a_desktop_client_starts_it(tmp_path: Path) -> None:
    """The command that `mcp install` writes, over stdio, with the weights that ship."""
    started = entry(CLIENTS["claude"], tmp_path / "out")
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    parameters = StdioServerParameters(
        command=started["command"], args=started["args"], env=environment, cwd=tmp_path
    )
    async with Client(stdio_client(parameters), read_timeout_seconds=200) as client:
        made = await call(client, "create_motion", description="a person walks forward", seconds=2)
        described = await call(client, "describe_motion", motion_id=made["motion_id"])
        assert "walk" in described["caption"]
        assert described["measured"]["whole"]["path_m"] > 0.5
        written = await call(client, "export_motion", motion_id=made["motion_id"], formats=["bvh"])
        [file] = written["files"]
        assert Path(file).parent == tmp_path / "out" and Path(file).read_text().startswith("HIERARCHY")
    async with Client(stdio_client(parameters), read_timeout_seconds=200) as client:
        known = await call(client, "list_motions")  # a client that is started anew finds its motions
        assert [motion["motion_id"] for motion in known["motions"]] == [made["motion_id"]]
        text = (await client.read_resource(f"motion://{made['motion_id']}/bvh")).contents[0]
        assert base64.b64decode(text.blob).startswith(b"HIERARCHY")  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.skipif(sys.platform == "win32", reason="no program can be told of it there")
@pytest.mark.parametrize("after", ["its first import", "2 s", "an answer"])
def test_ctrl_c_ends_it_though_its_input_stays_open(tmp_path: Path, after: str) -> None:
    """Before anything is loaded, while that is being done, and when it waits for the next request."""
    command = [sys.executable, "-c", INTERRUPTIBLE, "mcp", "--out", str(tmp_path)]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        assert process.stdin and process.stdout and process.stderr
        assert process.stderr.readline() == "begins\n"
        if after == "2 s":
            time.sleep(2)
        elif after == "an answer":
            process.stdin.write(json.dumps(PING) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"jsonrpc": "2.0", "id": 1, "result": {}}
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert (process.stdout.read(), process.stderr.read()) == ("", "stopped\n")


@pytest.mark.parametrize("over", [[], ["--http", "--port", "0"]], ids=["stdio", "http"])
def test_a_model_that_cannot_be_loaded_ends_it_with_one_line(over: list[str], tmp_path: Path) -> None:
    """Though its input stays open and nobody has asked for anything."""
    command = [sys.executable, "-m", "motion_agent.agent_graph.cli", "mcp", "--backend", "none", *over]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, **pipes) as process:
        assert process.stdout and process.stderr
        assert process.wait(200) == 1
        assert process.stdout.read() == ""
        told = process.stderr.read()
        assert told.startswith("error: no motion model at none") and told.count("\n") == 1


async def test_over_http_each_key_has_its_own(server: Any) -> None:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    keys = {"ada": "ada-key-0123456789", "ben": "ben-key-0123456789"}

    @asynccontextmanager
    async def client_of(person: str) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {keys[person]}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{server.address}/mcp", http_client=http)) as client,
        ):
            yield client

    async with client_of("ada") as ada, client_of("ben") as ben:
        made = await call(ada, "create_motion", description="a person jumps", name="leap over http")
        assert "does not exist" in await fault(ben, "preview_motion", motion_id=made["motion_id"])
        listed = [resource.uri for resource in (await ben.list_resources()).resources]
        assert f"motion://{made['motion_id']}/glb" not in listed
        assert (await call(ada, "undo_or_redo", action="restore", motion_id="leap over http"))["motion_id"]


@pytest.mark.parametrize("keys", [{}, KEYS])
async def test_the_command_serves_over_http(tmp_path: Path, keys: dict[str, str]) -> None:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    environment = {"MOTION_AGENT_SERVE__KEYS": json.dumps(keys)}
    with serving(tmp_path, "--http", "--memory", "memory", command="mcp", environment=environment) as server:
        headers = {"Authorization": f"Bearer {keys['ada']}"} if keys else {}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=90) as http,
            Client(streamable_http_client(server.address, http_client=http)) as client,
        ):
            made = await call(client, "create_motion", description="a person jumps", seconds=1)
            assert made["motion_id"]
        assert await asyncio.to_thread(server.stop) == 0
        assert server.log.splitlines()[1:] == ["stopped"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="no port is shared here")
async def test_any_process_of_several_answers_whichever_answered_before(tmp_path: Path) -> None:
    """Also a client of the older protocol, which begins with a session where there is one."""
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    new_connections = httpx2.Limits(max_keepalive_connections=0)  # any process may get the next one
    environment = {"MOTION_AGENT_SERVE__KEYS": json.dumps(KEYS)}
    headers = {"Authorization": f"Bearer {KEYS['ada']}"}
    with serving(tmp_path, "--workers", "2", environment=environment) as server:
        made: list[str] = []
        for mode in ("legacy", "auto"):
            async with (
                httpx2.AsyncClient(headers=headers, timeout=90, limits=new_connections) as http,
                Client(
                    streamable_http_client(f"{server.address}/mcp", http_client=http),
                    mode=mode,
                    read_timeout_seconds=90,
                ) as client,
            ):
                assert len((await client.list_tools()).tools) == 10
                for number in range(8):
                    walk = {"description": "a person walks", "seconds": 1, "name": f"{mode} {number}"}
                    made.append((await call(client, "create_motion", **walk))["motion_id"])
                    shown = await client.call_tool("preview_motion", {"motion_id": made[-1]})
                    assert [block.type for block in shown.content] == ["text", "image"]
                back = await call(client, "undo_or_redo", action="undo")
                assert back["motion_id"] == made[-2]
                listed = {resource.uri for resource in (await client.list_resources()).resources}
                assert {f"motion://{motion_id}/glb" for motion_id in made} <= listed
        assert len(set(made)) == 16
        async with httpx2.AsyncClient() as nobody:
            assert (await nobody.post(f"{server.address}/mcp", json=PING)).status_code == 401
        assert await asyncio.to_thread(server.stop) == 0
        assert server.log.splitlines()[1:] == ["stopped"]


async def test_tools_are_named_for_tasks_and_say_what_they_do(tmp_path: Path) -> None:
    async with connected(tmp_path) as client:
        assert client.instructions is not None and "preview_motion" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert {"create_motion", "stitch_motions", "edit_motion", "describe_motion", "preview_motion"} <= set(
        tools
    )
    for tool in tools.values():
        assert tool.description and tool.title and tool.input_schema["type"] == "object"
        assert not {"generate_motion", "compose_sequence"} & set(tool.description.split())
    assert tools["preview_motion"].meta == {"ui": {"resourceUri": "ui://motion-agent/viewer.html"}}
    hints = tools["list_motions"].annotations
    assert hints is not None and hints.read_only_hint and not hints.destructive_hint


async def test_making_stitching_editing_and_going_back(tmp_path: Path) -> None:
    async with connected(tmp_path) as client:
        made = await client.call_tool("create_motion", WALK)
        link = made.content[1]
        assert link.type == "resource_link" and link.name == "stroll"
        both = await call(
            client, "stitch_motions", segments=[{"motion_id": "stroll"}, {"description": "a person waves"}]
        )
        assert len(both["segments"]) == 2
        twice = await call(
            client, "edit_motion", motion_id="stroll", operations='[{"op": "repeat", "times": 2}]'
        )
        assert twice["seconds"] == 4  # some clients write a list as a text that holds it
        assert (await call(client, "undo_or_redo", action="undo"))["motion_id"] == both["motion_id"]
        assert (await call(client, "undo_or_redo", action="redo"))["motion_id"] == twice["motion_id"]


async def test_a_preview_is_a_picture_and_the_viewers_data(tmp_path: Path) -> None:
    async with connected(tmp_path) as client:
        await call(client, "create_motion", **WALK)
        shown = await client.call_tool("preview_motion", {"motion_id": "stroll"})
        assert [block.type for block in shown.content] == ["text", "image"]
        assert base64.b64decode(shown.content[1].data).startswith(b"\x89PNG")  # pyright: ignore[reportAttributeAccessIssue]
        data = shown.meta["motion-agent/viewer"]  # pyright: ignore[reportOptionalSubscript]
        assert data["people"][0]["frames"] == 40
        page = (await client.read_resource("ui://motion-agent/viewer.html")).contents[0]
        assert page.mime_type == "text/html;profile=mcp-app"


async def test_motions_are_resources(tmp_path: Path) -> None:
    async with connected(tmp_path) as client:
        made = await call(client, "create_motion", **WALK)
        uris = {resource.uri: resource for resource in (await client.list_resources()).resources}
        uri = f"motion://{made['motion_id']}/glb"
        assert uris[uri].name == "stroll" and "skill://motion-agent/SKILL.md" in uris
        content = (await client.read_resource(uri)).contents[0]
        assert base64.b64decode(content.blob)[:4] == b"glTF"  # pyright: ignore[reportAttributeAccessIssue]
        for wrong, told in (
            (f"motion://{made['motion_id']}/exe", "no format"),
            ("motion://zz/glb", "does not"),
        ):
            with pytest.raises(MCPError, match=told):
                await client.read_resource(wrong)


async def test_what_is_shown_has_the_body_and_the_bones_of_the_settings(tmp_path: Path) -> None:
    surfaces = []
    for settings in ({}, {"body": "mannequin", "bone_names": "mixamo"}):
        async with connected(tmp_path, **settings) as client:
            made = await call(client, "create_motion", **WALK)
            shown = await client.call_tool("preview_motion", {"motion_id": made["motion_id"]})
            surfaces.append(shown.meta["motion-agent/viewer"]["people"][0]["skin"])  # pyright: ignore[reportOptionalSubscript]
            content = (await client.read_resource(f"motion://{made['motion_id']}/bvh")).contents[0]
            text = base64.b64decode(content.blob).decode()  # pyright: ignore[reportAttributeAccessIssue]
    assert text.splitlines()[1] == "ROOT mixamorig:Hips"
    assert surfaces[0]["parts"] != surfaces[1]["parts"]


async def test_errors_are_errors_in_one_line(tmp_path: Path) -> None:
    async with connected(tmp_path, max_seconds=10) as client:
        assert "descripton: Extra inputs" in await fault(client, "create_motion", descripton="a walk")
        assert "motion zz does not exist" in await fault(client, "preview_motion", motion_id="zz")
        assert "at most 10 s" in await fault(client, "create_motion", description="a walk", seconds=60)
        assert "outside the folder" in await fault(client, "describe_motion", path="/etc/passwd")
        deep: list[Any] = []
        for _ in range(40):
            deep = [deep]
        assert "nested more than" in await fault(client, "stitch_motions", segments=deep)
        for text in (await fault(client, "explode"), await fault(client, "create_motion")):
            assert "\n" not in text and "Traceback" not in text
