"""How `motion-agent ui` begins, and when it does not: what is missing, and whom it would let in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from motion_agent.agent_graph import AgentConfig
from motion_agent.agent_graph.errors import ConfigError
from motion_agent.agent_graph.serve_options import ServeOptions
from motion_agent.agent_graph.ui.app import create_ui
from pydantic import SecretStr

#: The command in a process of its own; packages named before `--` cannot be imported there.
COMMAND = """
import sys
at = sys.argv.index("--")
sys.modules |= dict.fromkeys(sys.argv[1:at])
sys.argv[1:] = sys.argv[at + 1:]
from motion_agent.agent_graph.cli import main
main()
"""


def started(folder: Path, *options: str, without: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`motion-agent ui ...` in a folder of its own, to its end."""
    command = [sys.executable, "-c", COMMAND, *without, "--", "ui", "--port", "0", "--memory", "memory"]
    return subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def test_without_gradio_one_line_names_the_extra(tmp_path: Path) -> None:
    done = started(tmp_path, without=("gradio",))
    assert done.returncode == 1 and done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error: the page needs the extra 'ui': pip install 'motion-agent[ui]'")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_without_keys_the_page_starts_on_no_other_address(tmp_path: Path, host: str) -> None:
    done = started(tmp_path, "--host", host)
    assert done.returncode == 1 and done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith(f"error: {host} can be reached by others: set a key for each person first")


async def test_with_keys_it_does_and_lets_nobody_else_in(tmp_path: Path) -> None:
    config = AgentConfig(output_folder=tmp_path, serve=ServeOptions(host="0.0.0.0"))
    with pytest.raises(ConfigError, match="set a key"):
        create_ui(config)
    keys = {"ada": SecretStr("ada-key-0123456789")}
    app = create_ui(config.changed(serve=ServeOptions(host="0.0.0.0", keys=keys)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
        assert (await client.get("/")).status_code == 401
        assert (await client.get("/", auth=("ada", "ada-key-9876543210"))).status_code == 401
        assert (await client.get("/", auth=("ada", "ada-key-0123456789"))).status_code == 200
