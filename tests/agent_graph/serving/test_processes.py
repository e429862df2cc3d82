"""A server of several processes: one port, one memory, and one end."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.cli.serve import served_app
from motion_agent.agent_graph.errors import ConfigError
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.serving.processes import run_processes
from servers import PATIENCE, Server, serving

linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")
#: So that a busy machine carries out what was begun.
LONG_GRACE = {"MOTION_AGENT_SERVE__GRACE": "120"}


def say(server: Server, thread: str, text: str) -> httpx.Response:
    """Over a connection of its own, which any of the processes may get."""
    path = f"{server.address}/v1/threads/{thread}/messages"
    return httpx.post(path, json={"text": text}, timeout=PATIENCE)


def processes(server: Server) -> list[int]:
    """Those that serve: the others that were started have no port."""
    pid = server.process.pid
    started = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for each in started if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text()]


def health(server: Server) -> dict[str, Any]:
    """Of whichever process gets the question."""
    return httpx.get(f"{server.address}/health", timeout=PATIENCE).json()


def refuses(server: Server) -> bool:
    """Whether connections are refused, which is not the same as being left without an answer."""
    try:
        httpx.get(f"{server.address}/health", timeout=2)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:
        return False
    return False


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def all_end(pids: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while any(map(runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(runs, pids))


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_conversations_go_on_in_whichever_process_gets_them(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        workers = processes(server)
        before = {pid: cpu_ticks(pid) for pid in workers}
        made = [say(server, "a", "a person walks for 2 seconds").json()["current"]]
        for _ in range(14):
            answer = say(server, "a", "mirror it").json()
            assert answer["motions"][0]["parent"] == made[-1]
            made.append(answer["current"])
        assert len(workers) == 2 and all(cpu_ticks(pid) > before[pid] for pid in workers)
        assert len(set(made)) == 15
        assert {
            motion["id"] for motion in httpx.get(f"{server.address}/v1/motions").json()["motions"]
        } == set(made)

        with ThreadPoolExecutor(8) as several:
            answers = list(
                several.map(lambda n: say(server, "b", f"a person waves for {n} seconds"), [1, 2, 3] * 8)
            )
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) == {200, 409}, "one turn at a time, in whichever process"
        told = httpx.get(f"{server.address}/v1/threads/b").json()
        users = [message for message in told["messages"] if message["role"] == "user"]
        assert len(users) == len(told["motions"]) == statuses[200], "and none of them is lost"

        assert server.stop() == 0 and all_end(workers)
        assert server.log.rstrip().endswith("stopped") and "Traceback" not in server.log


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_client_that_hangs_up_leaves_nothing_running_in_any_of_them(tmp_path: Path) -> None:
    long = {"text": "; then ".join(["a person walks for 9 seconds"] * 6)}
    streams = {"Accept": "text/event-stream"}
    with serving(tmp_path, "--workers", "2") as server:
        for thread in ("a", "b", "c", "d"):
            path = f"{server.address}/v1/threads/{thread}/messages"
            with httpx.stream("POST", path, json=long, headers=streams, timeout=PATIENCE) as answer:
                assert "event: generating" in answer.iter_lines()
        deadline = time.monotonic() + PATIENCE
        while any(health(server)["requests"] for _ in range(16)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(health(server)["requests"] for _ in range(16))
        before = [cpu_ticks(pid) for pid in processes(server)]
        time.sleep(2)
        assert sum(map(cpu_ticks, processes(server))) - sum(before) < 50, "and no thread goes on"
        for thread in ("a", "b", "c", "d"):
            assert len(say(server, thread, "a person jumps").json()["motions"]) == 1
        assert server.stop() == 0 and "Traceback" not in server.log


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("victim", ["one", "first"])
def test_none_of_them_lives_on_alone(victim: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        workers = processes(server)
        os.kill(workers[0] if victim == "one" else server.process.pid, signal.SIGKILL)
        code = server.process.wait(PATIENCE)
        assert all_end(workers)
        if victim == "one":
            assert code == 1 and "a process of the server ended with -9" in server.log
        assert "Traceback" not in server.log


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_keeps_a_process_from_serving_is_told_once_for_all(tmp_path: Path) -> None:
    nothing = str(tmp_path / "none")
    with (
        pytest.raises(AssertionError, match=r"the server ended with 1: .*no motion model at") as told,
        serving(tmp_path, "--workers", "2", "--backend", nothing),
    ):
        pass
    assert "Traceback" not in str(told.value) and str(told.value).count("no motion model") == 1


@linux
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_in_the_grace_after_a_stop_nobody_new_is_kept_waiting(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--workers", "2", environment=LONG_GRACE) as server,
        ThreadPoolExecutor(1) as other,
    ):
        workers = processes(server)
        answer = other.submit(say, server, "a", "; then ".join(["a person walks for 9 seconds"] * 6))
        while not sum(health(server)["requests"] for _ in range(8)):
            time.sleep(0.02)
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while not refuses(server) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert refuses(server) and any(map(runs, workers)) and not answer.done()
        assert answer.result().status_code == 200 and server.process.wait(PATIENCE) == 0


def test_a_port_that_somebody_listens_on_is_not_shared(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0), reuse_port=True)) as taken:
        options = ServeOptions(port=taken.getsockname()[1], workers=2)
        config = AgentConfig(output_folder=tmp_path, memory=f"sqlite:{tmp_path / 'm'}", serve=options)
        with pytest.raises(ConfigError, match="cannot listen"):
            run_processes(served_app, config, pytest.fail)
