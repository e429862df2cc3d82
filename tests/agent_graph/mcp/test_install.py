"""Setting clients up: the one entry is written, and nothing else of the client's settings is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from motion_agent.agent_graph.cli import app
from motion_agent.agent_graph.errors import ConfigError
from motion_agent.agent_graph.mcp.install import CLIENTS, install
from motion_agent.agent_graph.mcp.skill import skill_text
from motion_agent.agent_graph.mcp.tasks import TASKS
from typer.testing import CliRunner


@pytest.mark.parametrize("name", CLIENTS)
def test_an_entry_is_added_to_what_is_there(name: str, tmp_path: Path) -> None:
    client, home, here = CLIENTS[name], tmp_path / "home", tmp_path / "here"
    file = install(client, tmp_path / "out", home, here)
    written = json.loads(file.read_text())
    started = written[client.key]["motion-agent"]
    assert Path(started["command"]).is_absolute() and started["args"][-3:] == [
        "mcp",
        "--out",
        str(tmp_path / "out"),
    ]
    other = {"command": "other"}
    file.write_text(json.dumps({"theme": "dark ☾", client.key: {"other": other, "motion-agent": {}}}))
    before = file.read_text()
    install(client, tmp_path / "out", home, here)
    kept = json.loads(file.read_text())
    assert kept == {"theme": "dark ☾", client.key: {"other": other, "motion-agent": started}}
    assert file.with_name(f"{file.name}.bak").read_text() == before


@pytest.mark.parametrize("text", ['{"servers": {} // mine\n}', "[]", '{"servers": []}', "\x00"])
def test_settings_that_cannot_be_read_stay_as_they_are(text: str, tmp_path: Path) -> None:
    file = tmp_path / ".vscode" / "mcp.json"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError, match="nothing was changed"):
        install(CLIENTS["vscode"], tmp_path / "out", tmp_path, tmp_path)
    assert file.read_text() == text and list(file.parent.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / ".cursor").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be written"):
        install(CLIENTS["cursor"], tmp_path / "out", tmp_path, tmp_path)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["mcp", "install", "vscode", "--out", "motions"])
    assert done.exit_code == 0 and "VS Code" in done.output
    written = json.loads((tmp_path / ".vscode" / "mcp.json").read_text())
    assert written["servers"]["motion-agent"]["args"][-1] == str(tmp_path / "motions")
    assert CliRunner().invoke(app, ["mcp", "install", "emacs"]).exit_code == 2


def test_the_skill_names_every_tool() -> None:
    text = skill_text()
    assert text.startswith("---\nname: motion-agent\ndescription: ")
    missing = {task.name for task in TASKS if f"{task.name}(" not in text}
    assert missing == set() and "preview_motion(" in text
    printed = CliRunner().invoke(app, ["mcp", "skill"])
    assert printed.exit_code == 0 and printed.output.strip() == text.strip()
