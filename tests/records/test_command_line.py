"""What the command line prints, and how it ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers import walking
from motion_agent.agent_graph.cli import app
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from records.recording import Counting, assert_recorded
from records.test_conversations import told
from typer.main import get_command
from typer.testing import CliRunner

CHAT = [
    "a person walks for 2 seconds, then jumps", "mirror it", "/list", "/export npz", "/export fbx",
    "/nothing", "", "undo", "call it first", "make a dog bark", "/help", "/quit", "never said",
]  # fmt: skip
#: What is typed as a command, and at its questions.
COMMANDS: list[tuple[str, str]] = [
    ("version --json", ""),
    ("tools", ""),
    ("run 'a person walks for 2 seconds' --format npz --seed 1 --json", ""),
    ("run 'three versions of a jump' --format npy --seed 1 --out jumps", ""),
    ("run 'a person walks' --format fbx", ""),
    ("run 'a person yodels'", ""),
    ("run 'what can you do?'", ""),
    ("run 'what is the person in walk.npz doing?' --format npz", ""),
    ("run 'mirror it' --motion walk.npz --format npz --seed 1", ""),
    ("run 'mirror it' --motion none.npz", ""),
    ("run ' '", ""),
    ("run 'a person walks for 2 seconds' --thread kept --format npz --seed 1", ""),
    ("run 'make it slower' --thread kept --format npz", ""),
    ("threads list", ""),
    ("threads delete kept", ""),
    ("threads delete kept", ""),
    ("run 'make it slower' --thread kept --format npz", ""),
    ("chat --seed 1", "\n".join(CHAT)),
    ("caption walk.npz", ""),
    ("caption walk.npz --json --fps 40", ""),
    ("caption walk.npz --person 2", ""),
    ("caption walk.bvh --up x", ""),
    ("caption walk.txt", ""),
    ("export walk.npz --format bvh,npy --out files", ""),
    ("export walk.npz --format bvh --out files --json", ""),
    ("export walk.npz --format bvh --names nobody", ""),
    ("compare walk.npz", ""),
    ("weights show nowhere", ""),
    ("eval nothing", ""),
]


def settled(text: str) -> list[str]:
    """Lines without frames, blank ones, and how long anything took."""
    plain = re.sub(r"[─│╭╮╰╯┏┓┳┡╇┩┃└┴┘━]", " ", text)
    plain = re.sub(r"\b(loading|motion|files|taken)(\"?:?) \d+\.\d+( s)?", r"\1\2 SOME", plain)
    plain = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "WHEN", plain)
    return [" ".join(line.split()) for line in plain.splitlines() if line.strip()]


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: Counting())
    for name in ("walk.npz", "walk.bvh"):
        save_motion(Motion(walking(60)), tmp_path / name)
    (tmp_path / "walk.txt").write_text("walk")
    cases: dict[str, Any] = {}
    for number, (command, typed) in enumerate(COMMANDS, 1):
        done = CliRunner().invoke(app, split(command), input=typed)
        title = f"{number}. {command}"
        cases[title] = {"exit": done.exit_code, "out": settled(done.stdout), "err": settled(done.stderr)}
        if done.exit_code == 2:  # the rest is the library's
            cases[title]["err"] = cases[title]["err"][-1:]
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.[bng][vpl]*"))
    assert_recorded("commands", told(cases | {"written": written}, tmp_path))


def split(command: str) -> list[str]:
    return [part.strip("'") for part in re.findall(r"'[^']*'|\S+", command)]


def test_options() -> None:
    """Every command with its arguments and options: their names, defaults and what is said of them."""

    def options(command: Any) -> Any:
        if hasattr(command, "commands"):
            return {name: options(inner) for name, inner in command.commands.items()}
        return {
            "about": (command.help or "").splitlines()[:1],
            "options": [
                [*each.opts, *each.secondary_opts, str(each.default), getattr(each, "help", "") or ""]
                for each in command.params
            ],
        }

    assert_recorded("command_options", options(get_command(app)))
