"""Imports between the rooms of the house run one way: down the list of docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("motion_models", "tools", "agent_graph", "evals")
#: Python files a folder may hold, so that a tree can be read at a glance.
MOST_FILES = {"motion_models": 14, "tools": 18, "agent_graph": 18, "evals": 18}


class Arrow(NamedTuple):
    """One import from a file of one room of what lies in another."""

    file: str
    room: str
    imported: str


def modules(root: Path) -> dict[str, Path]:
    """Dotted name, below the repository's root -> file, of all modules and packages of the four packages."""
    found = {}
    for file in sorted(file for package in PACKAGES for file in (root / package).rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def room_of(module: str, files: dict[str, Path]) -> str:
    """The folder a module lies in, or the module itself where it lies loose in a package or is a package."""
    folder = module.rpartition(".")[0]
    return module if files[module].name == "__init__.py" or folder in PACKAGES else folder


def arrows(root: Path) -> Iterator[Arrow]:
    """Every import from one room of another, also those inside functions and of type checkers."""
    files = modules(root)
    for module, file in files.items():
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for target in _targets(node, package):
                known = next((t for t in (target, target.rpartition(".")[0]) if t in files), None)
                if known and room_of(known, files) != room_of(module, files):
                    yield Arrow(str(file.relative_to(root)), room_of(module, files), room_of(known, files))


def _targets(node: ast.AST, package: str) -> Iterator[str]:
    """What an import names, as dotted names below the repository's root."""
    if isinstance(node, ast.ImportFrom) and node.level:
        base = package.split(".")[: len(package.split(".")) - node.level + 1]
        module = ".".join([*base, *([node.module] if node.module else [])])
        yield from (f"{module}.{name.name}" for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("motion_agent."):
        yield from (f"{node.module.removeprefix('motion_agent.')}.{name.name}" for name in node.names)
    elif isinstance(node, ast.Import):
        yield from (n.name.removeprefix("motion_agent.") for n in node.names if "motion_agent." in n.name)


def rooms_in_order() -> list[str]:
    """The rooms as docs/architecture.md lists them, ground floor first."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    table = page.split("<!-- rooms -->")[1]
    return [
        name.replace("/", ".") for name in re.findall(r"^\| `([\w/]+?)(?:\.py)?` \|", table, re.MULTILINE)
    ]


def upward(found: list[Arrow], order: list[str]) -> list[Arrow]:
    floor = {room: number for number, room in enumerate(order)}
    return [arrow for arrow in found if floor[arrow.imported] >= floor[arrow.room]]


def test_the_list_names_every_room_once() -> None:
    files = modules(ROOT)
    rooms = {room_of(module, files) for module in files}
    order = rooms_in_order()
    assert sorted(order) == sorted(set(order))
    assert set(order) == rooms


def test_no_import_runs_back_up() -> None:
    found = list(arrows(ROOT))
    assert len(found) > 300  # or the walk sees nothing
    assert upward(found, rooms_in_order()) == []


def test_nothing_of_the_product_imports_evals() -> None:
    """But the commands that run evals and train their networks, which name them as strings."""
    found = [arrow for arrow in arrows(ROOT) if arrow.imported.startswith("evals")]
    assert [arrow for arrow in found if not arrow.room.startswith("evals")] == []


def test_no_folder_holds_more_files_than_can_be_read_at_a_glance() -> None:
    counts = Counter(file.parent for file in modules(ROOT).values())
    too_full = {
        str(folder.relative_to(ROOT)): count
        for folder, count in counts.items()
        if count > MOST_FILES[folder.relative_to(ROOT).parts[0]]
    }
    assert too_full == {}


def test_the_readme_names_every_folder() -> None:
    """Each package has a paragraph in its architecture part, with every folder below it as `folder/`."""
    readme = (ROOT / "README.md").read_text("utf-8")
    architecture = readme.split("\n## Architecture")[1].split("\n## ")[0]
    unnamed = []
    for package in PACKAGES:
        paragraph = architecture.split(f"- **{package}**")[1].split("\n- **")[0]
        folders = [
            r.split(".", 1)[1].replace(".", "/") for r in rooms_in_order() if r.startswith(f"{package}.")
        ]
        unnamed += [
            f"{package}/{folder}"
            for folder in folders
            if (ROOT / package / folder).is_dir() and f"`{folder}/`" not in paragraph
        ]
    assert unnamed == []


@pytest.mark.parametrize(
    "line",
    [
        "from ..attic.hat import Hat",
        "from motion_agent.tools.attic import hat",
        "import motion_agent.tools.attic.hat",
    ],
)
def test_an_arrow_back_up_is_seen(tmp_path: Path, line: str) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    for room in ("attic", "cellar"):
        (tmp_path / "tools" / room).mkdir()
        (tmp_path / "tools" / room / "__init__.py").touch()
    (tmp_path / "tools" / "__init__.py").touch()
    (tmp_path / "tools" / "attic" / "hat.py").write_text("Hat = int\n")
    (tmp_path / "tools" / "cellar" / "coal.py").write_text(f"def burn():\n    {line}\n")
    found = list(arrows(tmp_path))
    assert [arrow.imported for arrow in found] == ["tools.attic"]
    assert upward(found, ["tools.cellar", "tools.attic"]) == found
    assert upward(found, ["tools.attic", "tools.cellar"]) == []
