"""What the pages say of the code is so: files, functions, modules and links that they name are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "motion_models" / "weights" / "default" / "README.md",
]
#: `some/file.py` from the repository's root, `some/file.py:Class.method`, or a bare `file.py` of any folder
FILE = re.compile(r"`?\b((?:[\w-]+/)*\w+\.py)\b(?::([A-Za-z_][\w.]*))?")
MODULE = re.compile(r"\bmotion_agent(?:\.\w+)+")
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)")


@cache
def definitions(file: Path) -> set[str]:
    """Names a file defines at its top level, and members of its classes as `Class.member`."""
    names: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            members = (n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
            names |= {f"{node.name}.{member.name}" for member in members}
    return names


@cache
def file_names() -> set[str]:
    folders = ("agent_graph", "tools", "motion_models", "evals", "examples", "tests")
    return {file.name for folder in folders for file in (ROOT / folder).rglob("*.py")}


def stale_files(text: str) -> list[str]:
    """Python files a text names that are not there, and functions that are not in them."""
    stale = []
    for path, name in FILE.findall(text):
        there = (ROOT / path).is_file() or path in file_names()
        if not there or (name and name not in definitions(ROOT / path)):
            stale.append(f"{path}:{name}" if name else path)
    return stale


def stale_modules(text: str) -> list[str]:
    """Dotted names under `motion_agent` that cannot be imported."""
    return [name for name in sorted(set(MODULE.findall(text))) if not _found(name)]


def _found(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one."""
    module, _, attribute = name.rpartition(".")
    try:
        import_module(name)
    except ModuleNotFoundError:
        try:
            return hasattr(import_module(module), attribute)
        except ModuleNotFoundError:
            return False
    return True


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_name_only_what_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert stale_files(text) == []
    # The group of entry points is no module.
    assert stale_modules(text.replace("motion_agent.backends", "")) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = [page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md")]
    missing = [str(page) for page in pages if page.name != "README.md" and f"]({page})" not in index]
    assert len(pages) > 10
    assert missing == []


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("see `tools/edit.py:edit_motion`", []),
        ("see `tools/memory.py:MotionMemory.remember`", []),
        ("see `tools/attic.py`", ["tools/attic.py"]),
        ("see `edit.py`, `attic.py`", ["attic.py"]),
        ("see `tools/edit.py:edit_emotion`", ["tools/edit.py:edit_emotion"]),
        ("see `tools/memory.py:MotionMemory.forget`", ["tools/memory.py:MotionMemory.forget"]),
    ],
)
def test_files_and_functions_that_are_gone_are_seen(text: str, stale: list[str]) -> None:
    assert stale_files(text) == stale


def test_modules_that_are_gone_are_seen() -> None:
    text = "motion_agent.tools.create_motion_tools, motion_agent.tools.attic, motion_agent.cellar.hat"
    assert stale_modules(text) == ["motion_agent.cellar.hat", "motion_agent.tools.attic"]
