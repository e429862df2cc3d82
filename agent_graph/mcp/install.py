"""Tell MCP clients of the server: one entry in the client's own settings file, everything else as it was."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigError

#: The name of the entry.
NAME = "motion-agent"


@dataclass(frozen=True)
class Client:
    """One program. file: its settings, seen from home and working folder; key: what holds servers in them."""

    title: str
    file: Callable[[Path, Path], Path]
    key: str
    fields: Mapping[str, str]


def _claude(home: Path, _: Path) -> Path:
    if sys.platform == "darwin":
        folder = home / "Library" / "Application Support" / "Claude"
    elif sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "Claude"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "Claude"
    return folder / "claude_desktop_config.json"


CLIENTS = {
    "claude": Client("Claude Desktop", _claude, "mcpServers", {}),
    "claude-code": Client("Claude Code", lambda _, here: here / ".mcp.json", "mcpServers", {"type": "stdio"}),
    "vscode": Client("VS Code", lambda _, here: here / ".vscode" / "mcp.json", "servers", {"type": "stdio"}),
    "cursor": Client("Cursor", lambda home, _: home / ".cursor" / "mcp.json", "mcpServers", {}),
}


def entry(client: Client, out: Path) -> dict[str, Any]:
    """How the client starts the server: by whole paths, as it may have another PATH and working folder."""
    arguments = ["mcp", "--out", str(out)]
    script = Path(sys.executable).with_name("motion-agent")
    module = [sys.executable, "-m", "motion_agent.agent_graph.cli"]
    command = [str(script)] if script.is_file() else module
    return {**client.fields, "command": command[0], "args": [*command[1:], *arguments]}


def install(client: Client, out: Path, home: Path, here: Path) -> Path:
    """Write the entry and return the file. Raises ConfigError for one that cannot be read or written."""
    file = client.file(home, here)
    try:
        settings = _settings(file, client)
        servers = settings.setdefault(client.key, {})
        if not isinstance(servers, dict):
            raise ConfigError(f"{file}: {client.key!r} holds no servers; nothing was changed")
        servers[NAME] = entry(client, out)
        _write(file, json.dumps(settings, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror or error}") from error
    return file


def _settings(file: Path, client: Client) -> dict[str, Any]:
    """What the file holds; nothing where there is none, or an empty one."""
    if not file.exists() or not (text := file.read_text("utf-8-sig")).strip():
        return {}
    try:
        settings = json.loads(text)
    except ValueError as error:
        raise ConfigError(
            f"{file} is not plain JSON ({error}); nothing was changed. Add this under {client.key!r}: "
            f'"{NAME}": {json.dumps(entry(client, Path.home() / NAME))}'
        ) from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{file} holds no settings; nothing was changed")
    return settings


def _write(file: Path, text: str) -> None:
    """The whole file or nothing; what was there before is kept beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.write_text(text, "utf-8")
    if file.exists():
        file.with_name(f"{file.name}.bak").write_bytes(file.read_bytes())
    new.replace(file)
