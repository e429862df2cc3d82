"""Which test files run which functions of the packages: a map of the fast tests, made by running them once.

Loaded into pytest with `-p reach`, this file watches every call and writes what it saw to a file of its own
in the folder that REACH_FOLDER names, one for each process that pytest starts. What tests start by
themselves, such as servers, is not seen, nor is a call whose result is kept from a test before.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import CodeType
from typing import Any, Self

import pytest

FOLDER = "REACH_FOLDER"
#: Whatever stands in a module or a class, and in no function.
ANY = "*"


@dataclass
class Reach:
    """files: the test files that run a function, by "file:qualified name"; seconds: how long each takes.

    failed: those that fail as they are, and can tell nothing.
    """

    files: dict[str, set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def of(self, file: str, names: set[str]) -> list[str]:
        """The test files that run one of these functions of a file (`ANY`: whichever), the fastest first."""
        keys = {f"{file}:{name}" for name in names}
        found = {
            test
            for key, tests in self.files.items()
            if key in keys or (ANY in names and key.partition(":")[0] == file)
            for test in tests
        }
        return sorted(found - self.failed, key=lambda test: self.seconds.get(test, 0.0))

    def add(self, other: Reach) -> None:
        for key, tests in other.files.items():
            self.files.setdefault(key, set()).update(tests)
        for test, seconds in other.seconds.items():
            self.seconds[test] = self.seconds.get(test, 0.0) + seconds
        self.failed |= other.failed

    def write(self, path: Path) -> None:
        files = {key: sorted(tests) for key, tests in self.files.items()}
        told = {"files": files, "seconds": self.seconds, "failed": sorted(self.failed)}
        path.write_text(json.dumps(told), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        told = json.loads(path.read_text("utf-8"))
        files = {key: set(tests) for key, tests in told["files"].items()}
        return cls(files, told["seconds"], set(told["failed"]))


def functions_at(text: str, place: int) -> set[str]:
    """The qualified names of the functions that character `place` of a module stands in, else `ANY`."""
    line = text.count("\n", 0, place) + 1
    return set(_around(ast.parse(text), line, "")) or {ANY}


def _around(node: ast.AST, line: int, inside: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if named and not child.lineno <= line <= (child.end_lineno or 0):
            continue
        if not named:
            yield from _around(child, line, inside)
        elif isinstance(child, ast.ClassDef):
            yield from _around(child, line, f"{inside}{child.name}.")
        else:
            yield f"{inside}{child.name}"
            yield from _around(child, line, f"{inside}{child.name}.<locals>.")


class Watch:
    """The pytest plugin. Only the first line of a call is looked at: what it goes on with is not traced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes: dict[str, set[CodeType]] = {}
        self.reach = Reach()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        test, begun = item.nodeid.partition("::")[0], perf_counter()
        seen = self.codes.setdefault(test, set())

        def called(frame: Any, event: str, argument: Any) -> None:
            seen.add(frame.f_code)

        threading.settrace(called)
        sys.settrace(called)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # pyright: ignore[reportArgumentType]
            self.reach.add(Reach(seconds={test: perf_counter() - begun}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.reach.failed.add(report.nodeid.partition("::")[0])

    def pytest_sessionfinish(self) -> None:
        root, places = os.path.realpath(os.curdir), dict[str, str]()
        for test, codes in self.codes.items():
            for code in codes:
                path = places.setdefault(code.co_filename, os.path.realpath(code.co_filename))
                if path.startswith(root + os.sep):
                    name = Path(path).relative_to(root).as_posix()
                    self.reach.files.setdefault(f"{name}:{code.co_qualname}", set()).add(test)
        self.reach.write(self.folder / f"{os.getpid()}.json")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Watch(Path(os.environ[FOLDER])))
