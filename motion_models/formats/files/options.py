"""What a caller may say about a file that is to be read, and how large it may be."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...errors import FormatError

MEBIBYTE = 1024 * 1024
#: What is read of one file at most, unless the caller says otherwise: an hour of motion in any format.
DEFAULT_MAX_BYTES = 512 * MEBIBYTE
#: Axes of a file that may point up.
UP_AXES = ("x", "y", "z", "-x", "-y", "-z")
FPS_RANGE = (5.0, 1000.0)
#: How many characters of a path an error names.
TOLD_PATH = 300


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read.

    fps: frames a second, whatever the file says. up: the axis that points up, one of `UP_AXES`, where it is
    not to be judged from the motion. person: which one of several, from 1. max_bytes: of the file, and of
    the arrays that are unpacked from it. progress: is told the share done, 0 to 1, of a long read.
    """

    fps: float | None = None
    up: str | None = None
    person: int = 1
    max_bytes: int = DEFAULT_MAX_BYTES
    progress: Callable[[float], object] | None = None

    def __post_init__(self) -> None:
        low, high = FPS_RANGE
        if self.fps is not None and not low <= self.fps <= high:
            raise FormatError(f"a rate of {self.fps:g} frames a second; expected {low:g} to {high:g}")
        if self.up is not None and self.up not in UP_AXES:
            raise FormatError(f"the axis that points up is one of {', '.join(UP_AXES)}, not {self.up!r}")
        if self.person < 1:
            raise FormatError(f"people are numbered from 1, there is no number {self.person}")

    def tell(self, share: float) -> None:
        if self.progress is not None:
            self.progress(min(1.0, max(0.0, share)))


def check_size(path: Path, options: ReadOptions) -> int:
    """The size of a file in bytes. Raises FormatError where it is none that can be read, or too large."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FormatError(f"{_told(path)}: no such file ({reason})") from error
    if not stat.S_ISREG(found.st_mode):
        raise FormatError(f"{_told(path)}: not a regular file; copy what it gives into one")
    check_bytes(found.st_size, path, options)
    return found.st_size


def _told(path: Path) -> str:
    """A path as errors name it: the end of one that is too long to be read."""
    name = str(path)
    return name if len(name) <= TOLD_PATH else f"...{name[-TOLD_PATH:]}"


def check_bytes(size: int, path: Path, options: ReadOptions) -> None:
    """Raise FormatError where something of a file is larger than may be read."""
    if size > options.max_bytes:
        raise FormatError(
            f"{path.name}: {size / MEBIBYTE:.0f} MiB to be read; at most {options.max_bytes / MEBIBYTE:.0f} "
            "are allowed (max_file_megabytes): cut it into shorter files"
        )


def read_bytes(path: Path, options: ReadOptions) -> bytes:
    """All of a file that is small enough. Raises FormatError."""
    check_size(path, options)
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
