"""Load on a server: many conversations at once for a while, beside one after another.

    python tests/server_load.py [SECONDS] [CONVERSATIONS] [OPTIONS OF motion-agent serve]

Every conversation says something of its own in every turn, and every answer is checked against what was said
in it: none may be lost, and none may be another's. Where there is /proc, the CPU time of a turn is told,
in the server and here: on a machine that does other things it says more than the clock does.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from servers import Server, serving

#: What is asked for in turn; the name makes it this conversation's own.
ACTIONS = ("walks forward", "waves", "jumps", "turns around", "kicks", "sits down")


@dataclass
class Load:
    """What came of it: seconds each turn took, and turns whose answer was wrong or missing.

    served, asking: CPU seconds of the server's processes, and of this one.
    """

    taken: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    wall: float = 0.0
    served: float = 0.0
    asking: float = 0.0

    @property
    def throughput(self) -> float:
        return len(self.taken) / self.wall

    def percentile(self, share: float) -> float:
        return statistics.quantiles(self.taken, n=100, method="inclusive")[round(share * 100) - 1]


async def converse(client: httpx.AsyncClient, number: int, until: float, load: Load) -> None:
    """One conversation until its time is up: a new motion, then a change to it, and so on."""
    thread, turn, made = f"load-{number}", 0, ""
    while time.monotonic() < until:
        action = ACTIONS[(number + turn) % len(ACTIONS)]
        seconds = 2 + (number + turn) % 3
        text = "mirror it" if turn % 3 == 2 else f"a person {action} for {seconds} seconds"
        started = time.monotonic()
        answer = await client.post(f"/v1/threads/{thread}/messages", json={"text": text})
        load.taken.append(time.monotonic() - started)
        wanted = {"parent": made} if text == "mirror it" else {"description": f"a person {action}"}
        fault = _fault(answer, thread, wanted)
        if fault:
            load.wrong.append(f"{thread}: {text!r}: {fault}")
        else:
            made = answer.json()["current"]
        turn += 1


def _fault(answer: httpx.Response, thread: str, wanted: dict[str, Any]) -> str:
    """What is wrong with an answer, "" for nothing. wanted: fields of the one motion that was to be made."""
    if answer.status_code != 200:
        return f"{answer.status_code} {answer.text[:200]}"
    body: dict[str, Any] = answer.json()
    if body["thread"] != thread or len(body["motions"]) != 1:
        return json.dumps(body)[:300]
    [motion] = body["motions"]
    return "" if motion.items() >= wanted.items() else f"{json.dumps(motion)[:300]}, not {wanted}"


async def run(address: str, conversations: int, seconds: float) -> Load:
    """Some conversations at once for some seconds."""
    load = Load()
    limits = httpx.Limits(max_connections=conversations)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        started = time.monotonic()
        until = started + seconds
        await asyncio.gather(*(converse(client, n, until, load) for n in range(conversations)))
        load.wall = time.monotonic() - started
    return load


def measured(server: Server, conversations: int, seconds: float) -> Load:
    """The same on a server of our own, with the CPU time it took."""
    before, own = cpu_seconds(server.process.pid), time.process_time()
    load = asyncio.run(run(server.address, conversations, seconds))
    load.served = cpu_seconds(server.process.pid) - before
    load.asking = time.process_time() - own
    return load


def cpu_seconds(pid: int) -> float:
    """What a process and those it started have used; 0 where nobody can tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used + sum(cpu_seconds(int(child)) for child in started)


def measure(folder: Path, conversations: int, seconds: float, *options: str) -> tuple[Load, Load]:
    """One conversation alone, and many at once, on a server of their own."""
    with serving(folder, *options) as server:
        asyncio.run(run(server.address, conversations, 3))  # so that nobody pays for the first call
        alone = measured(server, 1, seconds / 3)
        together = measured(server, conversations, seconds)
        assert server.stop() == 0
        assert "Traceback" not in server.log, server.log
    return alone, together


def report(alone: Load, together: Load) -> str:
    rows = [
        f"{name}: {len(load.taken)} turns in {load.wall:.1f} s, {load.throughput:.2f} a second, "
        f"p50 {load.percentile(0.5):.2f} s, p95 {load.percentile(0.95):.2f} s, wrong {len(load.wrong)}; "
        f"CPU of a turn: {1000 * load.served / len(load.taken):.0f} ms in the server, "
        f"{1000 * load.asking / len(load.taken):.0f} ms here"
        for name, load in (("one at a time", alone), ("together", together))
    ]
    return "\n".join([*rows, f"throughput: {together.throughput / alone.throughput:.2f} times"])


if __name__ == "__main__":
    wanted = [float(word) for word in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as place:
        many, seconds = int(wanted[1]) if len(wanted) > 1 else 32, wanted[0] if wanted else 60.0
        loads = measure(Path(place), many, seconds, *sys.argv[3:])
    print(report(*loads))
    for fault in loads[1].wrong[:10]:
        print(fault)
