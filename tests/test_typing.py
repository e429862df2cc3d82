"""A program that uses the installed package is clean for the type checkers its authors may use."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = Path(__file__).with_name("user_program.py")
#: What an installation is made of; the weights, which have no types, stay behind.
PARTS = ("package", "agent_graph", "tools", "motion_models", "evals")
FILES = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which the package is installed, and not linked, beside what is here."""
    folder = tmp_path_factory.mktemp("user")
    for name in PARTS:
        shutil.copytree(
            ROOT / name,
            folder / "source" / name,
            ignore=shutil.ignore_patterns("*.safetensors", "__pycache__"),
        )
    for name in FILES:
        shutil.copy(ROOT / name, folder / "source" / name)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "env")
    [packages] = (folder / "env" / "lib").glob("*/site-packages")
    here = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "beside.pth").write_text("\n".join([*here, sysconfig.get_path("purelib")]))
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", packages)
    run(sys.executable, "-m", "pip", "install", *options, folder / "source")
    return folder / "env" / "bin" / "python"


def run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "checker",
    [("pyright", "--pythonpath"), ("mypy", "--strict", "--python-executable")],
    ids=lambda checker: checker[0],
)
def test_a_users_program_is_clean(checker: tuple[str, ...], environment: Path, tmp_path: Path) -> None:
    pytest.importorskip(checker[0])
    shutil.copy(PROGRAM, tmp_path)
    run(sys.executable, "-m", *checker, environment, tmp_path / PROGRAM.name, cwd=tmp_path)
