"""Do the tests notice? Every mutant of mutants.toml, one at a time, in a copy of the working tree.

    python tests/mutation/run.py                         all mutants
    python tests/mutation/run.py plan-budget top-p       those whose names begin so
    python tests/mutation/run.py --jobs 4                several at a time

The tests are run on the unchanged copy first: a test that fails anyway notices nothing. After that a mutant

    is killed     when a test fails,
    survives      when all pass,
    has died      when the run ends otherwise: it cannot be imported, hangs, or eats the memory it is given.

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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")
#: What the exit status of pytest says.
VERDICTS = {0: "survived", 1: "killed"}
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
    # The packages come from the copy, by its links, before those that are installed.
    paths = os.pathsep.join([str(tree / "typings"), str(tree / "tests")])
    env = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    options = ["-x", "--no-header", "-p", "no:cacheprovider", *tests]
    command = [sys.executable, "-c", LIMITED, str(MEMORY_GB << 30), *options]
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


def _why(output: str) -> str:
    lines = output.strip().splitlines()
    told = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (told or lines[-1:] or [""])[0]


def try_mutant(mutant: Mutant, tree: Path, timeout: float) -> tuple[str, str]:
    path = tree / mutant.file
    original = path.read_text("utf-8")
    path.write_text(mutant.applied_to(original), "utf-8")
    try:
        return run_tests(tree, mutant.tests, timeout)
    finally:
        path.write_text(original, "utf-8")


def run(mutants: Sequence[Mutant], jobs: int, timeout: float) -> Counter[str]:
    """Try every mutant, `jobs` at a time, each in a copy of its own; tells each verdict as it comes."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            free.put(copy_tree(Path(folder) / str(number) / "tree"))

        def judged(mutant: Mutant) -> tuple[Mutant, str, str]:
            tree = free.get()
            try:
                return mutant, *try_mutant(mutant, tree, timeout)
            finally:
                free.put(tree)

        for mutant, verdict, why in pool.map(judged, mutants):
            counts[verdict] += 1
            print(f"{verdict:9}{mutant.name}: {mutant.fault} [{why}]", flush=True)
    return counts


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
    parser.add_argument("--timeout", type=float, default=300, help="seconds that one run of tests may take")
    asked = parser.parse_args()
    mutants = [m for m in load_mutants() if not asked.names or m.name.startswith(tuple(asked.names))]
    if not mutants:
        parser.error(f"no mutant is named like {' or '.join(asked.names)}")
    check_unchanged(mutants, asked.timeout)
    counts = run(mutants, asked.jobs, asked.timeout)
    share = counts["survived"] / len(mutants)
    print(f"{counts['killed']} killed, {counts['died']} died, {counts['survived']} survived ({share:.0%})")
    sys.exit(share > TOLERATED)


if __name__ == "__main__":
    main()
