"""Short names for files and for what something was made from: where one changes, what was kept is stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt


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
