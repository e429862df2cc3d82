"""Do the tests notice? Every mutant of mutants.toml, one at a time, in a copy of the working tree.

    python tests/mutation/run.py                         all mutants
    python tests/mutation/run.py plan-budget top-p       those whose names begin so
    python tests/mutation/run.py --jobs 4                several at a time
    python tests/mutation/run.py --reach FILE            keep the map of the tests, described below
    python tests/mutation/run.py --others tests/tools    look for other tests there only

The tests named by a mutant are run on the unchanged copy first: a test that fails anyway notices nothing.
What passes them with a mutant put in is tried again, with all other fast test files that run the function in
which it stands (any function of its file, where it stands in none). Which these are is seen by running the
fast tests once with every call watched (`reach.py`), for twice the time of the processor. So a mutant

    is killed            when a test fails that it names,
    is killed elsewhere  when another one fails,
    survives             when all fast tests pass that come by,
    has died             when the run ends otherwise: it cannot be imported, hangs, or eats all its memory.

A mutant that has died is no survivor, but no test told what was wrong with it either, so it is counted apart.
The exit status is 1 when more than one mutant in ten survives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

sys.path.insert(0, str(Path(__file__).parent))

from reach import FOLDER, Reach, functions_at

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")
#: What the exit status of pytest says.
VERDICTS = {0: "survived", 1: "killed"}
ELSEWHERE = "killed elsewhere"
#: More survivors than this share fail the run.
TOLERATED = 0.1
#: Gigabytes of addresses a run of tests may take; torch alone reserves some.
MEMORY_GB = 12
#: Runs pytest under a limit, as no option of its own can.
LIMITED = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
except ImportError:  # Windows knows no such limit
    pass
import pytest
sys.exit(pytest.main(sys.argv[2:]))
"""


@dataclass(frozen=True)
class Mutant:
    """A fault: `new` in place of `old`, which stands once in `file`; `tests` should notice."""

    name: str
    fault: str
    file: str
    old: str
    new: str
    tests: list[str]

    def applied_to(self, text: str) -> str:
        """Raises ValueError unless the mutant fits."""
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.name}: the old text stands {text.count(self.old)} times in {self.file}, not once"
            )
        return text.replace(self.old, self.new)

    def other_tests(self, tree: Path, reach: Reach) -> list[str]:
        """The test files it does not name and that come by where it stands, the fastest first."""
        text = (tree / self.file).read_text("utf-8")
        place = next((n for n, (a, b) in enumerate(zip(self.old, self.new, strict=False)) if a != b), 0)
        found = reach.of(self.file, functions_at(text, text.index(self.old) + place))
        return [test for test in found if not any(Path(test).is_relative_to(own) for own in self.tests)]


def load_mutants(path: Path = LIST) -> list[Mutant]:
    with path.open("rb") as file:
        return [Mutant(**entry) for entry in tomllib.load(file)["mutant"]]


def copy_tree(target: Path) -> Path:
    """The working tree without what git ignores: what is not committed yet is tested as it stands."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_symlink() or source.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)
    return target


def run_tests(tree: Path, tests: Sequence[str], timeout: float) -> tuple[str, str]:
    """The verdict on a tree and the line that tells why."""
    command, env = _pytest(tree, ["-x", *tests])
    with subprocess.Popen(
        command, cwd=tree, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "died", f"ran for more than {timeout:g} s"
    return VERDICTS.get(process.returncode, "died"), _why(output) or f"exit status {process.returncode}"


def reach_of(tree: Path, tests: Sequence[str], jobs: int) -> Reach:
    """What the fast tests of a tree run, as `jobs` processes see it."""
    with tempfile.TemporaryDirectory(prefix="reach-") as folder:
        shared = ["-n", str(jobs)] if jobs > 1 else []
        command, env = _pytest(tree, ["-p", "reach", *shared, *tests])
        watched = env | {
            FOLDER: folder,
            "PYTHONPATH": env["PYTHONPATH"] + os.pathsep + str(tree / "tests/mutation"),
        }
        subprocess.run(command, cwd=tree, env=watched, stdout=subprocess.DEVNULL, check=False)
        found = Reach()
        for path in sorted(Path(folder).glob("*.json")):
            found.add(Reach.read(path))
    return found


def _pytest(tree: Path, options: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """A command that runs pytest on a tree, and its environment."""
    # The packages come from the copy, by its links, before those that are installed.
    paths = os.pathsep.join([str(tree / "typings"), str(tree / "tests")])
    env = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    whole = ["--no-header", "-p", "no:cacheprovider", *options]
    return [sys.executable, "-c", LIMITED, str(MEMORY_GB << 30), *whole], env


def _why(output: str) -> str:
    lines = output.strip().splitlines()
    told = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (told or lines[-1:] or [""])[0]


def try_mutant(mutant: Mutant, tree: Path, tests: Sequence[str], timeout: float) -> tuple[str, str]:
    path = tree / mutant.file
    original = path.read_text("utf-8")
    path.write_text(mutant.applied_to(original), "utf-8")
    try:
        return run_tests(tree, tests, timeout)
    finally:
        path.write_text(original, "utf-8")


def run(mutants: Sequence[Mutant], jobs: int, timeout: float, mapped: Callable[[], Reach]) -> Counter[str]:
    """Try every mutant, `jobs` at a time, each in a copy of its own; tells each verdict as it is found.

    mapped: gives the map of the tests; asked for only where a mutant survives those that it names.
    """
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            free.put(copy_tree(Path(folder) / str(number) / "tree"))

        def judged(mutant: Mutant, tests: Sequence[str]) -> tuple[Mutant, str, str]:
            tree = free.get()
            try:
                return mutant, *try_mutant(mutant, tree, tests, timeout * len(tests))
            finally:
                free.put(tree)

        def told(mutant: Mutant, verdict: str, why: str) -> None:
            counts[verdict] += 1
            print(f"{verdict:17}{mutant.name}: {mutant.fault} [{why}]", flush=True)

        passed = []
        for mutant, verdict, why in pool.map(judged, mutants, [mutant.tests for mutant in mutants]):
            if verdict == "survived":
                passed.append(mutant)
            else:
                told(mutant, verdict, why)
        reach = mapped() if passed else Reach()
        others = [mutant.other_tests(ROOT, reach) for mutant in passed]
        for mutant, tests in zip(passed, others, strict=True):
            if not tests:
                told(mutant, "survived", "no other test comes by")
        again = [(mutant, tests) for mutant, tests in zip(passed, others, strict=True) if tests]
        for mutant, verdict, why in pool.map(judged, *zip(*again, strict=True)) if again else ():
            told(mutant, ELSEWHERE if verdict == "killed" else verdict, why)
    return counts


def map_of(kept: Path | None, others: Sequence[str], jobs: int) -> Reach:
    """The map that is kept in a file, or a new one, which is kept there."""
    if kept is not None and kept.exists():
        return Reach.read(kept)
    with tempfile.TemporaryDirectory(prefix="mapped-") as folder:
        reach = reach_of(copy_tree(Path(folder) / "tree"), others, jobs)
    if kept is not None:
        reach.write(kept)
    return reach


def check_unchanged(mutants: Sequence[Mutant], timeout: float) -> None:
    """Raises SystemExit where the tests fail without any fault put in."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with tempfile.TemporaryDirectory(prefix="unchanged-") as folder:
        verdict, why = run_tests(copy_tree(Path(folder) / "tree"), tests, timeout * len(tests))
    if verdict != "survived":
        raise SystemExit(f"the tests fail as they are, so they can tell nothing: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="beginnings of names; all mutants where none is given")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--timeout", type=float, default=300, help="seconds that a test file may take")
    parser.add_argument(
        "--reach", type=Path, help="the map of the tests: read where it is there, else written"
    )
    parser.add_argument("--others", nargs="+", default=["tests"], help="the tests that are mapped")
    asked = parser.parse_args()
    mutants = [m for m in load_mutants() if not asked.names or m.name.startswith(tuple(asked.names))]
    if not mutants:
        parser.error(f"no mutant is named like {' or '.join(asked.names)}")
    check_unchanged(mutants, asked.timeout)
    mapped = partial(map_of, asked.reach, asked.others, asked.jobs)
    counts = run(mutants, asked.jobs, asked.timeout, mapped)
    share = counts["survived"] / len(mutants)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("killed", ELSEWHERE, "died", "survived"))
    print(f"{told} ({share:.0%})")
    sys.exit(share > TOLERATED)


if __name__ == "__main__":
    main()
