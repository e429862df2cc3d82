"""The list of mutants does not rot, and a run of it says what the tests say."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mutation.reach import ANY, functions_at
from mutation.run import ROOT, Mutant, load_mutants, reach_of, try_mutant

MUTANTS = load_mutants()
SUMS = "def less(a, b):\n    return a - b\n"
PLAIN = Mutant("plus", "Adds instead of taking away.", "sums.py", "a - b", "a + b", ["test_sums.py"])


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_still_fits(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text("utf-8")
    assert mutant.applied_to(text) != text
    assert [test for test in mutant.tests if not (ROOT / test).exists()] == []


def test_names_are_given_once() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert sorted(set(names)) == sorted(names)


def test_a_mutant_that_fits_twice_or_not_at_all_is_refused() -> None:
    for text in ("a - b + (a - b)", "b - a"):
        with pytest.raises(ValueError, match=r"plus: the old text stands [02] times in sums.py"):
            PLAIN.applied_to(text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "test_sums.py").write_text(
        "import sums\n\n\ndef test_less():\n    assert sums.less(3, 1) == 2\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return tmp_path


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        ("a + b", "killed"),
        ("-b + a", "survived"),
        ("a -", "died"),
        ("[0] * 10**13", "killed"),  # a MemoryError in a test is a failure of that test
    ],
)
def test_the_verdict_is_what_the_tests_say(tree: Path, new: str, verdict: str) -> None:
    found, why = try_mutant(replace(PLAIN, new=new), tree, PLAIN.tests, timeout=60)
    assert found == verdict, why
    assert (tree / "sums.py").read_text() == SUMS, "the fault was left in the tree"


def test_a_mutant_that_hangs_has_died(tree: Path) -> None:
    slow = replace(PLAIN, new="less(a, b) if __import__('time').sleep(60) else 0")
    found, why = try_mutant(slow, tree, PLAIN.tests, 5)
    assert (found, why) == ("died", "ran for more than 5 s")


TEXT = """LIMIT = 3


class Sums:
    least = 1

    def less(self, a):
        def inner():
            return a
        return inner()


def more(a):
    return a + 1
"""


@pytest.mark.parametrize(
    ("old", "names"),
    [
        ("LIMIT = 3", {ANY}),
        ("least = 1", {ANY}),
        ("return a\n", {"Sums.less", "Sums.less.<locals>.inner"}),
        ("return inner()", {"Sums.less"}),
        ("return a + 1", {"more"}),
    ],
)
def test_a_place_is_known_by_the_functions_around_it(old: str, names: set[str]) -> None:
    assert functions_at(TEXT, TEXT.index(old)) == names


def test_other_tests_are_those_that_run_the_function_and_pass_as_they_are(tree: Path) -> None:
    (tree / "sums.py").write_text(SUMS + "\n\ndef none():\n    return 0\n")
    for name, body in {
        "near": "assert sums.less(1, 1) == 0",
        "far": "assert sums.none() == 0",
        "failing": "assert sums.less(1, 1)",
    }.items():
        (tree / f"test_{name}.py").write_text(f"import sums\n\n\ndef test_{name}():\n    {body}\n")
    (tree / "tests" / "mutation").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "mutation" / "reach.py", tree / "tests" / "mutation")
    reach = reach_of(tree, ["."], jobs=1)
    assert PLAIN.other_tests(tree, reach) == ["test_near.py"]
    everywhere = replace(PLAIN, old="def less", new="def fewer")
    assert set(everywhere.other_tests(tree, reach)) == {"test_near.py"}
    both = {"test_near.py", "test_sums.py", "test_far.py"}
    assert set(reach.of("sums.py", {ANY})) == both
