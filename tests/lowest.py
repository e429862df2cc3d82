"""Print the lowest version of every package that pyproject.toml allows, as constraints for pip.

`make test-lowest` installs them and runs the smoke test. Torch stays at the version the tests run with: older
builds pull gigabytes of CUDA packages.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: The extras a user of the whole product installs; those of developers say nothing about users.
EXTRAS = ("all", "cli", "local", "openai", "postgres", "sqlite", "train", "video")
_BOUND = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,]+\])?\s*>=\s*(?P<version>[\w.]+)")


def lowest(project: dict[str, object]) -> dict[str, str]:
    """Name -> lowest version, of what is installed for users. Raises ValueError for one without a bound."""
    extras = project["optional-dependencies"]
    assert isinstance(extras, dict) and isinstance(project["dependencies"], list)
    found = {}
    for requirement in (*project["dependencies"], *(line for extra in EXTRAS for line in extras[extra])):
        if requirement.startswith("motion-agent"):
            continue
        bound = _BOUND.match(requirement)
        if bound is None:
            raise ValueError(f"{requirement} says no lowest version")
        found[bound["name"]] = bound["version"]
    return found


if __name__ == "__main__":
    pinned = (ROOT / "constraints.txt").read_text("utf-8")
    versions = lowest(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])
    versions["torch"] = re.search(r"^torch==(\S+)", pinned, re.MULTILINE)[1]  # type: ignore[index]
    print("\n".join(f"{name}=={version}" for name, version in versions.items()))
