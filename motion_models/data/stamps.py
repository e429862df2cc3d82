"""Short names for files and for what something was made from: where one changes, what was kept is stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import InvalidRequestError

_NAME_FILE = "data.txt"


def file_stamp(path: Path) -> str:
    """Changes when a file does."""
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def fingerprint(*parts: object) -> str:
    """A name for what something was made from: plain values, lists of them, and dataclasses of such."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def fingerprint_of_arrays(arrays: Iterable[npt.NDArray[np.generic]]) -> str:
    """A name for the very bits of some arrays and their shapes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def claim_for(folder: Path, name: str) -> None:
    """Keep `folder` for what is made from the data of this name.

    Raises InvalidRequestError where it holds something begun with other data.
    """
    file = folder / _NAME_FILE
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(name + "\n", encoding="utf-8")
    elif file.read_text("utf-8").strip() != name:
        raise InvalidRequestError(
            f"what {folder} holds was begun with other data: use the data it was begun with, another folder, "
            "or remove it"
        )
