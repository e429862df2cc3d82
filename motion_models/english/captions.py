"""The captions that ship with the package: what happens when in which recording, in four wordings each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import FormatError

#: What ships: captions of the trials that `data.cmu` lists, and of the further clips beside them.
_FILES = ("cmu_captions.jsonl", "extra_captions.jsonl")


@dataclass(frozen=True)
class CaptionedSegment:
    """A described stretch of one trial; `start` and `end` in seconds, `action` the annotator's label.

    captions: wordings of the same stretch, from short to detailed, then a reworded one.
    """

    trial: str
    start: float
    end: float
    action: str
    captions: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise FormatError(
                f"segment of {self.trial}: start {self.start} and end {self.end} are no interval"
            )
        if not self.action or not self.captions or not all(caption.strip() for caption in self.captions):
            raise FormatError(f"segment of {self.trial} at {self.start} s has an empty action or caption")

    @property
    def seconds(self) -> float:
        return self.end - self.start


def load_captions(path: Path | None = None) -> tuple[CaptionedSegment, ...]:
    """Read a JSON-lines file of segments; without a path, those that ship.

    Raises FormatError naming the line that is not a segment.
    """
    return _shipped() if path is None else tuple(_parse(path.read_text("utf-8-sig"), str(path)))


@cache
def _shipped() -> tuple[CaptionedSegment, ...]:
    files = [Path(__file__).with_name(name) for name in _FILES]
    return tuple(segment for file in files for segment in _parse(file.read_text("utf-8"), file.name))


def _parse(text: str, source: str) -> Iterator[CaptionedSegment]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _segment(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"{source}, line {number}: not a captioned segment ({error})") from error


def _segment(record: Mapping[str, object]) -> CaptionedSegment:
    captions = record["captions"]
    if not isinstance(captions, list):
        raise TypeError("captions must be a list")
    return CaptionedSegment(
        trial=str(record["trial"]),
        start=float(record["start"]),  # type: ignore[arg-type]
        end=float(record["end"]),  # type: ignore[arg-type]
        action=str(record["action"]),
        captions=tuple(str(caption) for caption in captions),
    )
