"""The thin distribution for LangChain's users: it builds, it is typed, and it gives what its page shows."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from motion_agent.agent_graph import MotionMiddleware, MotionToolkit

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "packaging" / "langchain-motion-agent"


def test_it_gives_what_its_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    thin = import_module("langchain_motion_agent")
    assert thin.MotionMiddleware is MotionMiddleware and thin.MotionToolkit is MotionToolkit
    page = (FOLDER / "README.md").read_text("utf-8")
    for names in re.findall(r"from langchain_motion_agent import (.+)", page):
        assert set(names.split(", ")) <= set(thin.__all__)


def test_its_version_follows_ours() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    thin = tomllib.loads((FOLDER / "pyproject.toml").read_text("utf-8"))["project"]
    assert thin["version"] == ours["version"]
    assert f"motion-agent>={ours['version']}" in thin["dependencies"]


@pytest.mark.slow
def test_it_builds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(FOLDER)], check=True, timeout=200)
    [wheel] = tmp_path.glob("langchain_motion_agent-*.whl")
    assert "langchain_motion_agent/py.typed" in zipfile.ZipFile(wheel).namelist()
