"""Thousands of wrong and odd calls to a server, over HTTP and over MCP: none may break it.

    python tests/fuzz_server.py [HTTP CALLS] [MCP CALLS] [SEED ...]

Every seed makes so many calls to a server of its own; at the end stands what all of them made. Each minute a
line tells how it goes on. HTTP calls are made by schemathesis from the server's own OpenAPI description, of
plain garbage, and of wrong MMCP requests. No answer may be a 5xx. Afterwards the log may hold no traceback,
nothing may be in work still, and no file may have been touched outside the server's folder.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import string
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from servers import Server, serving

T = TypeVar("T")
#: Calls of one kind that are on their way at the same time, seconds each may take, and between two lines.
AT_ONCE, PATIENCE, MINUTE = 4, 120, 60
#: Short motions, so that calls which happen to be right take little time.
ENVIRONMENT = {"MOTION_AGENT_MAX_SECONDS": "2", "MOTION_AGENT_MAX_PEOPLE": "2"}
#: What strings in calls are made of: names that exist, paths, surrogates, zeros, and much of it.
ODD = (
    "", " ", "walk", "a person walks", "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "$1", "\x00",
    "\ud800", "🕺" * 40, "a" * 5000, "NaN", "-1", "{{7*7}}", "motion://x/glb", "<script>", "current",
    "%2e%2e%2f", "\r\nX: y",
)  # fmt: skip


@dataclass
class Progress:
    """How it goes on: calls that were answered, of each kind."""

    answered: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        made = ", ".join(f"{kind} {count}" for kind, count in self.answered.items())
        return f"{(time.monotonic() - self.started) / 60:.1f} min: {made or 'the server loads'}"

    @contextmanager
    def told(self) -> Iterator[None]:
        """A line each minute."""
        ended = threading.Event()

        def tell() -> None:
            while not ended.wait(MINUTE):
                print(self, flush=True)

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


async def answers(kind: str, calls: Iterator[Callable[[], Awaitable[T]]], progress: Progress) -> Counter[T]:
    """What came of calls, some of which are on their way at the same time."""
    outcomes: Counter[T] = Counter()

    async def send() -> None:
        for call in calls:
            outcomes[await call()] += 1
            progress.answered[kind] += 1

    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    return outcomes


async def status(client: httpx.AsyncClient, path: str, **request: Any) -> int:
    """The status of what is posted, whose answer is read to its end."""
    return (await client.post(path, **request)).status_code


async def first_status(client: httpx.AsyncClient, path: str, **request: Any) -> int:
    """The same where the answer may be a stream without an end, which is left."""
    async with client.stream("POST", path, **request) as answer:
        return answer.status_code


def odd_value(rng: random.Random, depth: int = 0) -> Any:
    """Any JSON value, mostly a wrong one."""
    kinds: list[Any] = [
        lambda: rng.choice(ODD),
        lambda: "".join(rng.choices(string.printable, k=rng.randrange(20))),
        lambda: rng.choice([0, -1, 1, 2**63, -(2**70), 10**400, 0.5, 1e308, float("nan"), float("inf")]),
        lambda: rng.choice([None, True, False]),
    ]
    if depth < 3:
        kinds += [
            lambda: [odd_value(rng, depth + 1) for _ in range(rng.randrange(4))],
            lambda: {str(odd_value(rng, 9))[:30]: odd_value(rng, depth + 1) for _ in range(rng.randrange(4))},
        ]
    return rng.choice(kinds)()


def near_value(rng: random.Random, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A value that nearly fits a JSON schema: right in most places, odd in some."""
    if rng.random() < 0.12:
        return odd_value(rng)
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return near_value(rng, root.get("$defs", {}).get(name, {}), root)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "anyOf" in schema:
        return near_value(rng, rng.choice(schema["anyOf"]), root)
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            wanted = [name for name in properties if name in schema.get("required", ()) or rng.random() < 0.4]
            return {name: near_value(rng, properties[name], root) for name in wanted if rng.random() > 0.05}
        case "array":
            return [near_value(rng, schema.get("items", {}), root) for _ in range(rng.randrange(4))]
        case "integer":
            return rng.choice([0, 1, 2, -1, 7, 10**6])
        case "number":
            return rng.choice([0.2, 0.5, 1, 2, -3, 180, 1e9])
        case "boolean":
            return rng.random() < 0.5
    return rng.choice(["a person walks", "a person waves", "walk", *ODD])


def schemathesis(address: str, calls: int, seed: int, progress: Progress) -> int:
    """Calls made from the server's description. Raises AssertionError for any that broke it."""
    paths = httpx.get(f"{address}/openapi.json").json()["paths"]
    operations = sum(len(methods) for methods in paths.values())
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
        *("--checks", "not_a_server_error", "--max-examples", str(max(1, calls // operations))),
        *("--phases", "examples,coverage,fuzzing", "--mode", "all", "--seed", str(seed)),
        "--continue-on-failure",
        *("--generation-database", "none", "--request-timeout", str(PATIENCE)),
        *("--suppress-health-check", "all"),  # one worker: on Python 3.11 hypothesis fails with threads
        *("--exclude-path-regex", "/ag-ui"),
    ]
    with tempfile.TemporaryDirectory() as notes:  # which it keeps where it works
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=notes)
    found = re.search(r"(\d+) (?:test cases )?generated", done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    made = int(found[1]) if found else 0
    progress.answered["schemathesis"] += made
    return made


async def garbage(address: str, calls: int, rng: random.Random, progress: Progress) -> Counter[int]:
    """Bodies that fit no schema, to every address that takes one."""
    paths = httpx.get(f"{address}/openapi.json").json()["paths"]
    posts = [path.replace("{thread}", "fuzz") for path, methods in paths.items() if "post" in methods]
    kinds = ["application/json", "application/json", "text/plain", "x"]

    def made(client: httpx.AsyncClient) -> Iterator[Callable[[], Awaitable[int]]]:
        for _ in range(calls):
            body = json.dumps(odd_value(rng)).encode()
            if rng.random() < 0.2:
                body = rng.randbytes(rng.randrange(200))
            headers = {"Content-Type": rng.choice(kinds)}
            yield partial(status, client, rng.choice(posts), content=body, headers=headers)

    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        return await answers("garbage", made(client), progress)


async def raw_mcp(address: str, calls: int, rng: random.Random, progress: Progress) -> Counter[int]:
    """JSON-RPC that no client would send, to /mcp."""
    methods = ("initialize", "tools/call", "resources/read", "tools/list", "prompts/get", "ping", "x", "")

    def made(client: httpx.AsyncClient) -> Iterator[Callable[[], Awaitable[int]]]:
        for _ in range(calls):
            message = {
                "jsonrpc": rng.choice(["2.0", "1.0", None]),
                "id": rng.choice([1, "x", None, odd_value(rng)]),
                "method": rng.choice(methods),
                "params": {"name": "create_motion", "arguments": odd_value(rng), "uri": rng.choice(ODD)},
            }
            if rng.random() < 0.3:
                message["params"] = odd_value(rng)
            headers = {
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "MCP-Protocol-Version": rng.choice(["2025-06-18", "2026-07-28", "x"]),
            }
            yield partial(first_status, client, "/mcp", content=json.dumps(message), headers=headers)

    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        return await answers("raw mcp", made(client), progress)


async def mmcp(address: str, calls: int, rng: random.Random, progress: Progress) -> Counter[int]:
    """Requests of the motion protocol with a thing or two put wrong."""

    def made(client: httpx.AsyncClient, model: dict[str, Any]) -> Iterator[Callable[[], Awaitable[int]]]:
        for _ in range(calls):
            request: dict[str, Any] = {
                "protocol_version": "1.4",
                "model": model["id"],
                "skeleton": model["canonical_skeleton"],
                "segments": [_segment(rng, model) for _ in range(rng.randrange(1, 3))],
                "options": {"seed": rng.choice([None, 1, -5, 2**80]), "loop": rng.random() < 0.15},
                "constraints": [_constraint(rng) for _ in range(rng.choice([0, 0, 1, 3]))],
            }
            for _ in range(rng.choice([0, 0, 1, 2])):
                request[rng.choice([*request, "timing", "constraints", "duration_frames"])] = odd_value(rng)
            yield partial(status, client, "/generate", content=json.dumps(request).encode())

    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        [model] = (await client.get("/capabilities")).json()["models"]
        return await answers("mmcp", made(client, model), progress)


def _segment(rng: random.Random, model: dict[str, Any]) -> dict[str, Any]:
    names = [joint["name"] for joint in model["canonical_skeleton"]["joints"]]
    segments: list[dict[str, Any]] = [
        {"type": "text", "prompt": rng.choice(["a person walks", *ODD]), "duration_frames": 20},
        {"type": "unconditioned", "duration_frames": rng.choice([1, 10, 30])},
        {
            "type": "motion_reference",
            "duration_frames": 20,
            "joint_names": names,
            "rotations": [[[0, 0, 0, rng.choice([1, 0, 1e300])]] * len(names)] * 24,
            "root_positions": [[0, rng.choice([0.9, 1e300, -5]), 0.01 * n] for n in range(24)],
            "fps": rng.choice([20, 30, 1e-9, 1e9]),
        },
    ]
    segment = rng.choice(segments)
    if rng.random() < 0.3:
        segment[rng.choice(list(segment))] = odd_value(rng)
    return segment


def _constraint(rng: random.Random) -> dict[str, Any]:
    """What is asked of single frames, of 20 or so; numbers are mostly such as people mean."""

    def number() -> Any:
        odd = rng.random() < 0.02
        return (
            rng.choice([1e300, 10**400, float("nan")]) if odd else rng.choice([0, 1, -1, rng.uniform(-1, 1)])
        )

    frames = sorted(rng.sample(range(rng.choice([10, 20, 50])), rng.choice([1, 2, 5])))
    path = {"frames": frames, "positions_xz": [[number(), number()] for _ in frames]}
    if rng.random() < 0.3:
        path["heading_radians"] = [number() for _ in frames]
    turns = {
        rng.choice([*["pelvis", "left_knee"] * 4, "tail"]): [number() for _ in range(4)] for _ in range(2)
    }
    fill = rng.choice(["rest", "generate"])
    pose = {"frame": rng.choice(frames), "joint_rotations": turns, "fill_mode": fill}
    if rng.random() < 0.5:
        pose["root_position"] = [number() for _ in range(3)]
    constraint = rng.choice(
        [
            {"type": "root_path"} | path,
            {"type": "pose_keyframe"} | pose,
            {"type": "ground_height", "points": [[number(), number(), 1] for _ in range(3)]},
            {"type": "effector_target", "joint": "head", "frames": [0], "positions": [[0, 1, 0]]},
        ]
    )
    if rng.random() < 0.2:
        constraint[rng.choice(list(constraint))] = odd_value(rng)
    return constraint


async def mcp_calls(address: str, calls: int, rng: random.Random, progress: Progress) -> Counter[str]:
    """Tool calls, and reads of resources, that are nearly right. Raises where the server breaks."""

    def made(client: Client, tools: list[Any]) -> Iterator[Callable[[], Awaitable[str]]]:
        for _ in range(calls):
            if rng.random() < 0.15:
                name, kind = rng.choice(["x", "..", "%2e%2e", *ODD[:6]]), rng.choice(["glb", "x", "../y"])
                yield partial(_read, client, f"motion://{name}/{kind}")
                continue
            tool = rng.choice(tools)
            given = near_value(rng, tool.input_schema, tool.input_schema)
            yield partial(_called, client, tool.name, given if isinstance(given, dict) else {"x": given})

    async with Client(streamable_http_client(f"{address}/mcp")) as client:
        return await answers("mcp", made(client, (await client.list_tools()).tools), progress)


async def _called(client: Client, name: str, given: dict[str, Any]) -> str:
    try:
        result = await client.call_tool(name, sendable(given))
    except Exception as error:  # a protocol error, which is an answer too
        return f"protocol error {getattr(error, 'code', type(error).__name__)}"
    text = result.content[0].text if result.content else ""  # pyright: ignore[reportAttributeAccessIssue]
    assert not result.is_error or text.strip() != f"Error executing tool {name}", (name, given)
    return "error" if result.is_error else "done"


def sendable(value: Any) -> Any:
    """The value without what the SDK's client cannot send: lone surrogates, and numbers that JSON has not."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [sendable(item) for item in value]
        case dict():
            return {sendable(key): sendable(item) for key, item in value.items()}
    return value


async def _read(client: Client, uri: str) -> str:
    try:
        await client.read_resource(uri)
    except Exception as error:
        return f"no resource {getattr(error, 'code', type(error).__name__)}"
    return "read"


def fuzz(folder: Path, http: int, mcp: int, seed: int = 1) -> dict[str, Any]:
    """All of it against one server; what came of it. Raises AssertionError for anything that broke."""
    rng = random.Random(seed)
    around = folder / "around"
    around.mkdir()
    (around / "secret.bvh").write_text("nobody's business")
    home = folder / "home"
    home.mkdir()
    progress = Progress()
    with progress.told(), serving(folder, environment=ENVIRONMENT | {"HOME": str(home)}) as server:
        address = server.address
        beside = ThreadPoolExecutor(1).submit(schemathesis, address, http // 2, seed, progress)
        found: dict[str, Any] = {
            "garbage": asyncio.run(garbage(address, http // 4, rng, progress)),
            "mmcp": asyncio.run(mmcp(address, http // 4, rng, progress)),
            "mcp": asyncio.run(mcp_calls(address, mcp - mcp // 4, rng, progress)),
            "raw mcp": asyncio.run(raw_mcp(address, mcp // 4, rng, progress)),
            "schemathesis": beside.result(),
        }
        _check(server, found, folder)
        assert server.stop() == 0
    return found


def _check(server: Server, found: dict[str, Any], folder: Path) -> None:
    assert "Traceback" not in server.log, server.log[-6000:]
    assert httpx.get(f"{server.address}/health").json()["requests"] == 0
    for kind in ("garbage", "mmcp", "raw mcp"):
        broken = {status: n for status, n in found[kind].items() if status >= 500}
        assert not broken, (kind, broken)
    outside = [
        file for file in folder.rglob("*") if file.is_file() and not file.is_relative_to(folder / "out")
    ]
    assert {file.name for file in outside} == {"secret.bvh", "log.txt"}, outside


def counted(found: dict[str, Any]) -> int:
    """How many calls were made."""
    return sum(what if isinstance(what, int) else what.total() for what in found.values())


def main(http: int = 8000, mcp: int = 2000, *seeds: int) -> None:
    made = 0
    for seed in seeds or (1,):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            found = fuzz(Path(place), http, mcp, seed)
        for kind, what in found.items():
            print(f"seed {seed}: {kind} {what if isinstance(what, int) else dict(what)}")
        made += counted(found)
        print(
            f"seed {seed}: {counted(found)} calls in {(time.monotonic() - started) / 60:.1f} min", flush=True
        )
    print(f"{made} calls in all, and none broke anything")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
