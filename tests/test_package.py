"""The face of the package."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import motion_agent
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def test_version_and_names() -> None:
    assert motion_agent.__version__ == version("motion-agent")
    for name in motion_agent.__all__:
        assert getattr(motion_agent, name)
    assert "agent" in (motion_agent.__doc__ or "")


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        motion_agent.nothing  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("package", "works", "fails"),
    [("langchain", "1.5.2", None), ("peft", "0.18", "0.17"), ("transformers", "5.16", "5.12")],
)
def test_what_is_asked_of_other_packages_is_what_was_seen_to_work(
    package: str, works: str, fails: str | None
) -> None:
    declared = map(Requirement, requires("motion-agent") or [])
    allowed = next(each.specifier for each in declared if each.name == package)
    assert allowed.contains(works)
    assert fails is None or not allowed.contains(fails)


def brought_by(requirements: Iterable[str]) -> set[str]:
    """The names of packages, and of those that they bring, as far as they are installed."""
    found, new = set[str](), [*requirements]
    while new:
        each = Requirement(new.pop())
        name = canonicalize_name(each.name)
        wanted = each.marker is None or each.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found.add(name)
            with suppress(PackageNotFoundError):
                new += requires(name) or []
    return found


@pytest.mark.parametrize("extra", ["serve", "mcp", "ui"])
def test_what_a_server_needs_does_not_come_with_the_package(extra: str) -> None:
    """Neither declared by `pip install motion-agent` itself nor brought by what it declares."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    added = {canonicalize_name(Requirement(line).name) for line in project["optional-dependencies"][extra]}
    added -= {"motion-agent"}
    assert added and not added & brought_by(project["dependencies"])


def test_servers_are_imported_by_choice() -> None:
    """Nothing that agent and commands import has any of them."""
    program = (
        "import sys, motion_agent.agent_graph.graph, motion_agent.agent_graph.hosts.middleware\n"
        "import motion_agent.agent_graph.cli.commands\n"
        "servers = {'fastapi', 'uvicorn', 'mcp', 'motionmcp', 'ag_ui_langgraph', 'gradio'}\n"
        "print(sorted(servers & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("extra", "missing", "arguments"),
    [
        ("cli", "typer", ["--help"]),
        ("cli", "rich", ["run", "a person walks"]),
        ("sqlite", "langgraph.checkpoint.sqlite", ["chat", "--thread", "t"]),
        ("sqlite", "langgraph.store.sqlite", ["threads", "list"]),
        ("serve", "uvicorn", ["serve"]),
        ("mcp", "mcp", ["mcp"]),
    ],
)
def test_a_command_without_its_extra_says_in_one_line_what_to_install(
    extra: str, missing: str, arguments: list[str], tmp_path: Path
) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['motion-agent', *{arguments!r}]\n"
        "from motion_agent.agent_graph.cli import main; main()"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTION_AGENT_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment | {"XDG_DATA_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    assert f"pip install 'motion-agent[{extra}]'" in done.stderr
    assert (done.stdout, done.stderr.count("error: ")) == ("", 1)
    assert "Traceback" not in done.stderr


def test_every_folder_of_code_is_installed() -> None:
    """An editable install finds what is not listed too, a wheel does not."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    tops = ("agent_graph", "tools", "motion_models", "evals")
    folders = [init.parent.relative_to(ROOT) for top in tops for init in (ROOT / top).rglob("__init__.py")]
    assert sorted(listed) == sorted(["motion_agent", *(f"motion_agent.{'.'.join(f.parts)}" for f in folders)])
