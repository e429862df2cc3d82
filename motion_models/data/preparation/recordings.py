"""Recordings with captions as people have them: motion files, and what happens in each.

Captions of a folder of motion files, one of two:

- `walk.txt` beside `walk.bvh`: a caption a line, or `caption#from#to` with seconds of the file (lines of
  published texts files are read too);
- one table for all, JSON Lines or CSV, with `file` (below the folder; its extension may be left out),
  `caption`, and if wanted `start`, `end` (seconds) and `split` (train, val or test). In JSON Lines
  `captions` may list several. A line that cannot be used is listed, the others go on.

One text file speaks of one recording: of `walk.bvh` and `walk.npy` beside `walk.txt` only the first is taken,
or the same motion would be there twice, perhaps in two splits.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import Float32Array
from ...errors import FormatError, InvalidMotionError
from ...formats import READABLE, UNREAD, read_person, why_unread
from ...motion.body import body_fault
from ...motion.features import FPS
from ...motion.skeleton import resample, retarget
from ...storage.stamps import file_stamp
from ..texts import parse_texts

#: A row of a table, or what is wrong with its line.
_Row = Mapping[Any, Any] | ValueError
_SPLITS = ("train", "val", "test")
#: What is meant as a time, whether or not it is written as a number of seconds: 0,5 or 1:20.
_LIKE_TIME = re.compile(r"\s*\d[\d.,:]*\s*s?\s*")


@dataclass(frozen=True)
class Described:
    """A caption and the seconds of the recording it is about; None, None for all of it."""

    text: str
    start: float | None = None
    end: float | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("the caption is empty")
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together: give both or none")
        start, end = self.start or 0.0, math.inf if self.end is None else self.end
        if not 0 <= start < end or self.end == math.inf:
            raise ValueError(f"{start:g} to {end:g} s is no stretch of time")


@dataclass(frozen=True)
class Reading:
    """What is said of all files of a folder: frames a second and the axis that is up; see `load_motion`."""

    fps: float | None = None
    up: str | None = None


AS_WRITTEN = Reading()


@dataclass(frozen=True, eq=False)
class Recording:
    """One recording to be prepared.

    load: its joints (T, 22, 3) at 20 fps on the target skeleton, the floor at 0; may raise MotionAgentError.
    offset: seconds cut from its start by `load`. stamp: changes when its motion does.
    """

    name: str
    load: Callable[[], tuple[Float32Array, float]]
    captions: tuple[Described, ...]
    split: str | None = None
    stamp: str = ""


@dataclass(frozen=True, eq=False)
class Found:
    """What a folder offers: recordings with captions, and (file, reason) of what cannot be used.

    notes: how the folder was understood, where that is not plain.
    """

    recordings: list[Recording] = field(default_factory=list)
    unusable: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find_recordings(
    folder: Path,
    table: Path | None = None,
    *,
    without: Path | None = None,
    reading: Reading = AS_WRITTEN,
) -> Found:
    """The motion files below `folder` with their captions, from `table` or from text files beside them.

    without: a folder below it that is left out, where what is made of the recordings is written.
    """
    files = [path for path in motion_files(folder) if without is None or not _is_below(path, without)]
    if not files:
        raise FormatError(f"{folder} holds no motion files ({', '.join(READABLE)})")
    found = _from_table(folder, files, table) if table else _from_sidecars(folder, files)
    for path in _files(folder, UNREAD):
        found.unusable.append((path.relative_to(folder).as_posix(), why_unread(path) or ""))
    found.recordings[:] = [_read_as(recording, folder, reading) for recording in found.recordings]
    return found


def _read_as(recording: Recording, folder: Path, reading: Reading) -> Recording:
    if reading == AS_WRITTEN:
        return recording
    path = folder / recording.name
    stamp = f"{recording.stamp} {reading.fps} {reading.up}"
    return replace(recording, load=lambda: load_joints(path, reading), stamp=stamp)


def motion_files(folder: Path) -> list[Path]:
    """Every file below a folder that may hold a motion, in order of name; hidden ones are left out."""
    return _files(folder, READABLE)


def _files(folder: Path, formats: Sequence[str]) -> list[Path]:
    endings = {f".{name}" for name in formats}
    return sorted(path for path in folder.rglob("[!.]*") if path.suffix.lower() in endings and path.is_file())


def _is_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def load_joints(path: Path, reading: Reading = AS_WRITTEN) -> tuple[Float32Array, float]:
    """A motion file as joints (T, 22, 3) at 20 fps on the target skeleton, its lowest point on the floor.

    Raises FormatError or InvalidMotionError, also for a body that no person has.
    """
    person = read_person(path, fps=reading.fps, up=reading.up)
    fault = body_fault(person.joints)
    if fault is not None:
        raise InvalidMotionError(f"{path.name}: {fault}")
    joints = retarget(resample(person.joints, person.fps, FPS))
    joints[..., 1] -= joints[..., 1].min()
    return joints.astype(np.float32), 0.0


def _recording(
    folder: Path, path: Path, captions: Iterable[Described], split: str | None = None
) -> Recording:
    name = path.relative_to(folder).as_posix()
    return Recording(name, lambda: load_joints(path), tuple(captions), split, file_stamp(path))


# ---------------------------------------------------------------------- text files beside the motion


def _from_sidecars(folder: Path, files: list[Path]) -> Found:
    found, chosen = Found(), dict[Path, Path]()
    for path in sorted(files, key=lambda path: READABLE.index(path.suffix.lower().removeprefix("."))):
        chosen.setdefault(path.with_suffix(".txt"), path)
    for path in files:
        name, beside = path.relative_to(folder).as_posix(), path.with_suffix(".txt")
        if not beside.is_file():
            found.unusable.append((name, f"no captions: write {beside.name} beside it, a caption a line"))
            continue
        if chosen[beside] != path:
            found.unusable.append((name, f"{beside.name} speaks of {chosen[beside].name}, which was taken"))
            continue
        try:
            found.recordings.append(_recording(folder, path, read_sidecar(beside)))
        except FormatError as error:
            found.unusable.append((name, str(error)))
    return found


def read_sidecar(path: Path) -> tuple[Described, ...]:
    """The captions of one text file. Raises FormatError naming the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path.name}: cannot be read ({error}): save it as UTF-8 text") from error
    captions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                captions.append(_read_line(line.strip()))
            except ValueError as error:
                raise FormatError(f"{path.name}, line {number}: {error}") from error
    if not captions:
        raise FormatError(f"{path.name}: holds no caption: write one a line")
    return tuple(captions)


def _read_line(line: str) -> Described:
    text, *times = line.rsplit("#", 2)
    seconds = [_number(time) for time in times]
    if len(times) < 2 or None in seconds:
        if len(times) == 2 and all(_LIKE_TIME.fullmatch(time) for time in times):
            raise ValueError(
                f"{'#'.join(times)!r} are no times: write seconds as in '{text.strip()}#0.5#2.25'"
            )
        return Described(line)
    if "/" in text.rpartition("#")[2]:
        span = parse_texts(line, "published texts")[0]
        return (
            Described(span.caption.text) if span.whole else Described(span.caption.text, span.start, span.end)
        )
    return Described(text.strip(), *seconds)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# ---------------------------------------------------------------------- one table


def _from_table(folder: Path, files: list[Path], table: Path) -> Found:
    known: dict[str, Path] = {}
    for path in reversed(files):
        relative = path.relative_to(folder)
        known |= {relative.as_posix(): path, relative.with_suffix("").as_posix(): path}
    found, captions, splits, broken = Found(), {}, {}, set[Path]()
    for number, row in _rows(table):
        name = "" if isinstance(row, ValueError) else str(row.get("file") or "").strip().removeprefix("./")
        path = known.get(name) or known.get(name.replace("\\", "/"))
        try:
            described, split = _read_row(row)
        except (KeyError, TypeError, ValueError) as error:
            found.unusable.append((name or table.name, f"{table.name}, line {number}: {_cause(error)}"))
            broken |= {path} - {None}
            continue
        if path is None:
            found.unusable.append((name, f"named in {table.name}, line {number}, but not below {folder}"))
            continue
        captions.setdefault(path, []).extend(described)
        if splits.setdefault(path, split) != split:
            raise FormatError(f"{table}, line {number}: {name} stands in two splits; keep a file in one")
    for path in sorted(captions):
        found.recordings.append(_recording(folder, path, captions[path], splits[path]))
    for path in files:
        if path not in captions and path not in broken:
            name = path.relative_to(folder).as_posix()
            found.unusable.append((name, f"no captions: {table.name} does not name it"))
    return found


def _rows(table: Path) -> Iterator[tuple[int, _Row]]:
    """(line, row) of a JSON Lines or CSV file. Raises FormatError for a file that is none as a whole."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{table}: cannot be read ({error}): save it as UTF-8 text") from error
    match table.suffix.lower():
        case ".jsonl" | ".ndjson":
            yield from _json_rows(text)
        case ".csv":
            yield from _csv_rows(table, text)
        case ending:
            raise FormatError(f"{table}: captions are read from .jsonl and .csv, not {ending or 'this file'}")


def _csv_rows(table: Path, text: str) -> Iterator[tuple[int, _Row]]:
    # Not strict, it would take all that follows a quote that is never closed for one caption.
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    try:
        if not {"file", "caption"} <= set(reader.fieldnames or ()):
            raise FormatError(
                f"{table}: its first line must name the columns file and caption, with commas between"
            )
        for row in reader:
            yield reader.line_num, {key: value for key, value in row.items() if key is None or _filled(value)}
    except csv.Error as error:
        raise FormatError(f"{table}, line {reader.line_num}: not CSV ({error})") from error


def _filled(value: str | None) -> bool:
    return bool(value and value.strip())


def _json_rows(text: str) -> Iterator[tuple[int, _Row]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                row = ValueError(f"not JSON ({error})")
            known = isinstance(row, dict | ValueError)
            yield number, row if known else ValueError("must be an object with file and caption")


def _read_row(row: _Row) -> tuple[list[Described], str | None]:
    if isinstance(row, ValueError):
        raise row
    if None in row:
        raise ValueError("more fields than columns: put captions that hold a comma in quotes")
    if "file" not in row:
        raise KeyError("file")
    texts = row["captions"] if "captions" in row else [row["caption"]]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise TypeError("caption must be text, captions a list of texts")
    start, end = (None if row.get(key) is None else float(row[key]) for key in ("start", "end"))
    split = row.get("split")
    if split is not None and split not in _SPLITS:
        raise ValueError(f"split must be one of {', '.join(_SPLITS)}, got {split!r}")
    return [Described(text, start, end) for text in texts], split


def _cause(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
