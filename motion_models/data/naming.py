"""Names of prepared clips, and the split each recording goes to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import cast

from .humanml3d import Split

#: How the name of a stretch's clip ends, see `stretch_name`.
_STRETCH = re.compile(r"_\d{5,}_\d{5,}$")


def stretch_name(recording: str, start: float, end: float | None) -> str:
    """The name of a stretch's clip: its recording's, with start and end in hundredths of a second."""
    return recording if end is None else f"{recording}_{round(start * 100):05d}_{round(end * 100):05d}"


def clip_names(recordings: Iterable[str]) -> dict[str, str]:
    """A name for each recording (a path below its folder) that serves as a file's name and stands once.

    No name is another's with the M of mirrored clips before it, nor what a stretch of another may be called.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    beginnings: set[str] = set()
    for recording in sorted(recordings):
        plain = re.sub(r"[^\w-]+", "_", str(PurePosixPath(recording).with_suffix(""))).strip("_") or "clip"
        name, number = plain, 1
        while (unmarked := name.removeprefix("M")) in taken | beginnings or _beginning(unmarked) in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(unmarked)
        beginnings.add(_beginning(unmarked))
        names[recording] = name
    return names


def _beginning(name: str) -> str:
    """Of which recording a clip of this name would be a stretch; the name itself where it cannot be one."""
    return _STRETCH.sub("", name)


def split_of_each(fixed: Mapping[str, str | None], val: float, test: float) -> dict[str, Split]:
    """The split of every recording: the fixed one where there is one, else by shares.

    Drawn by a hash of the name, so that it does not depend on order or machine. A share above zero gets at
    least one recording when there are three or more, and one is always left for training.
    """
    free = sorted((name for name, split in fixed.items() if split is None), key=_draw)
    counts = {"val": _count(val, len(free)), "test": _count(test, len(free))}
    while free and sum(counts.values()) >= len(free):
        counts[max(counts, key=counts.__getitem__)] -= 1
    splits = {name: split for name, split in fixed.items() if split is not None}
    for split, count in counts.items():
        splits |= dict.fromkeys(free[:count], split)
        free = free[count:]
    splits |= dict.fromkeys(free, "train")
    return cast(dict[str, Split], splits)


def _draw(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _count(share: float, total: int) -> int:
    at_least = 1 if share > 0 and total >= 3 else 0
    return max(at_least, round(share * total))


def counted(count: int, noun: str) -> str:
    """ "1 clip", "2 clips"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
