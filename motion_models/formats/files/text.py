"""Text files of numbers as tools write them: UTF-8 or UTF-16, comments, decimal commas, wrapped rows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from ...arrays import Float32Array
from ...errors import FormatError
from .options import ReadOptions, check_size

#: Characters that are taken from a file at a time.
_PIECE = 1 << 20
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)|(?<![\d,]),(?=\d)")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: How many of a file's first bytes tell its encoding.
_FIRST = 64


@dataclass
class TextFile:
    """A text file that is read from its beginning to its end; `line` counts the lines that were taken."""

    path: Path
    stream: TextIO
    size: int
    options: ReadOptions
    line: int = 0

    def lines(self) -> Iterator[str]:
        """Line after line, without comments; a line longer than any header is refused."""
        while text := self.stream.readline(_PIECE):
            if len(text) >= _PIECE:
                raise FormatError(f"{self.path.name}, line {self.line + 1}: longer than any line of a header")
            self.line += 1
            yield without_comment(text)

    def numbers(self) -> Iterator[Float32Array]:
        """The numbers of the rest of the file, piece by piece. Raises FormatError naming the line."""
        rest = ""
        while piece := self.stream.read(_PIECE):
            whole, rest = _cut(rest + piece)
            if len(rest) > _PIECE:
                raise FormatError(f"{self.path.name}, line {self.line + 1}: no number is so long")
            yield self._numbers(whole)
            self.options.tell(0.5 * self._read_so_far() / max(self.size, 1))
        yield self._numbers(rest)

    def _read_so_far(self) -> int:
        return self.stream.buffer.tell() if hasattr(self.stream, "buffer") else 0

    def _numbers(self, text: str) -> Float32Array:
        plain = text if "#" not in text else "\n".join(map(without_comment, text.split("\n")))
        words = (plain if "," not in plain else with_points(plain)).split()
        try:
            values = np.array(list(map(float, words)), dtype=np.float64)
        except ValueError as error:
            raise FormatError(self._complaint(text)) from error
        self.line += text.count("\n")
        with np.errstate(over="ignore"):
            return values.astype(np.float32)

    def _complaint(self, text: str) -> str:
        for number, line in enumerate(text.split("\n"), self.line + 1):
            for word in with_points(without_comment(line)).split():
                if not _is_number(word):
                    return f"{self.path.name}, line {number}: {word[:40]!r} is no number"
        return f"{self.path.name}: holds something that is no number"


def open_text(path: Path, options: ReadOptions) -> TextFile:
    """Open a text file of an allowed size. Close its `stream`. Raises FormatError."""
    size = check_size(path, options)
    try:
        with path.open("rb") as file:
            encoding = _encoding(file.read(_FIRST))
        return TextFile(path, path.open(encoding=encoding, errors="replace"), size, options)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error


def without_comment(line: str) -> str:
    """The line up to a '#' that begins it or follows a blank; joints may have one in their names."""
    if "#" not in line:
        return line
    return re.split(r"(?:^|(?<=\s))#", line, maxsplit=1)[0]


def with_points(text: str) -> str:
    """Numbers with decimal commas, or with commas between them, as Python reads numbers."""
    lines = text.split("\n")
    return "\n".join(map(_with_points, lines)) if len(lines) > 1 else _with_points(text)


def _with_points(line: str) -> str:
    if "," not in line:
        return line
    separated = "." in line or any(word.count(",") > 1 for word in line.split())
    return line.replace(",", " ") if separated else _DECIMAL_COMMA.sub(".", line).replace(",", " ")


def _encoding(first: bytes) -> str:
    for mark, name in _MARKS:
        if first.startswith(mark):
            return name
    if first[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if first[:1] == b"\0" and first[1:2] != b"\0" and len(first) > 1 else "utf-8"


def _cut(text: str) -> tuple[str, str]:
    """Text up to its last whole line (or number, where the line is endless), and what is left."""
    at = text.rfind("\n") + 1
    if not at:
        blank = max(text.rfind(" "), text.rfind("\t"))
        at = blank + 1
    return text[:at], text[at:]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
