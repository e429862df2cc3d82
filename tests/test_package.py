"""The face of the package."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import motion_agent
import pytest

ROOT = Path(__file__).parents[1]


def test_version_and_names() -> None:
    assert motion_agent.__version__ == version("motion-agent")
    for name in motion_agent.__all__:
        assert getattr(motion_agent, name)
    assert "agent" in (motion_agent.__doc__ or "")


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        motion_agent.nothing  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_servers_are_installed_and_imported_by_choice() -> None:
    """Neither what `pip install motion-agent` brings nor what agent and commands import has any of them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    servers = ("fastapi", "uvicorn", "mcp", "motionmcp", "ag-ui-langgraph", "starlette")
    assert not [line for line in project["dependencies"] if line.startswith(servers)]
    program = (
        "import sys, motion_agent.agent_graph.graph, motion_agent.agent_graph.hosts.middleware\n"
        "import motion_agent.agent_graph.cli.commands\n"
        "print(sorted({'fastapi', 'uvicorn', 'mcp', 'motionmcp', 'ag_ui_langgraph'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_folder_of_code_is_installed() -> None:
    """An editable install finds what is not listed too, a wheel does not."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    tops = ("agent_graph", "tools", "motion_models", "evals")
    folders = [init.parent.relative_to(ROOT) for top in tops for init in (ROOT / top).rglob("__init__.py")]
    assert sorted(listed) == sorted(["motion_agent", *(f"motion_agent.{'.'.join(f.parts)}" for f in folders)])
