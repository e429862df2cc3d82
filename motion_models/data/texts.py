"""Texts files of HumanML3D and KIT-ML: one description a line.

A line is `caption#word/POS word/POS ...#from#to`: the caption, its words with their parts of speech, and the
seconds of the clip it describes. Both 0 (or nan) means the whole clip.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import FormatError
from .clips import Caption


@dataclass(frozen=True, eq=False)
class DescribedSpan:
    """One line: a caption and the seconds it is about, both 0 for the whole clip. line: counted from 1."""

    caption: Caption
    start: float
    end: float
    line: int

    @property
    def whole(self) -> bool:
        return self.start == 0.0 and self.end == 0.0

    def frames(self, fps: float) -> tuple[int, int]:
        """First frame and the one after the last, as the published protocol rounds them: down."""
        return int(self.start * fps), int(self.end * fps)


def read_texts(path: Path) -> list[DescribedSpan]:
    """All lines of a texts file. Raises FormatError naming the line that is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: cannot be read ({error}): copy it again, as UTF-8 text") from error
    return parse_texts(text, str(path))


def parse_texts(text: str, source: str) -> list[DescribedSpan]:
    """The lines of a texts file's content; blank ones are left out."""
    numbered = enumerate(text.split("\n"), start=1)
    return [_parse_line(line.strip(), source, number) for number, line in numbered if line.strip()]


def _parse_line(line: str, source: str, number: int) -> DescribedSpan:
    parts = line.rsplit("#", 3)
    if len(parts) != 4:
        raise FormatError(
            f"{source}, line {number}: expected 'caption#word/POS ...#from#to', found {len(parts)} of 4 "
            f"parts in {line[:60]!r}"
        )
    text, words, start, end = parts
    if not text.strip():
        raise FormatError(f"{source}, line {number}: the caption is empty: write one or delete the line")
    caption = Caption(text.strip(), tuple(words.split()))
    return DescribedSpan(caption, _seconds(start, source, number), _seconds(end, source, number), number)


def _seconds(text: str, source: str, number: int) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise FormatError(
            f"{source}, line {number}: {text[:30]!r} is no time in seconds; 0.0 means the whole clip"
        ) from error
    if math.isinf(value) or value < 0:
        raise FormatError(f"{source}, line {number}: {value} s is no time within a clip")
    return 0.0 if math.isnan(value) else value


def format_texts(spans: Iterable[tuple[Caption, float, float]]) -> str:
    """The content of a texts file. Line breaks in a caption become spaces.

    A '#' in a caption needs no escape, since lines are read from their end; in words it is written as '-'.
    """
    lines = []
    for caption, start, end in spans:
        words = " ".join(word.replace("#", "-") for word in caption.words)
        lines.append(f"{' '.join(caption.text.split())}#{words}#{start}#{end}\n")
    return "".join(lines)
