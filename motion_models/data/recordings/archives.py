"""Every archive of a data folder as trials: `*.npz` of joints with the `*.json` that describes them.

An archive holds clips by name, each (T, 22, 3), metres, Y up, 20 fps; its description gives for each clip its
split and what is known of it. A clip that is no human body, or that leaves its floor, is refused by name and
with the reason. Archives whose name says "eval" are for measuring only and never come among the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import Float32Array
from ...errors import InvalidMotionError
from ...motion.body import with_humanml3d_trunk
from ..cmu import ARCHIVE, Trial, prepare

Report = Callable[[str], None]

#: Where the description of an archive lies whose name is another than the archive's.
_DESCRIPTIONS = {ARCHIVE: "trials.json", "extra_joints22_20fps.npz": "extra_trials.json"}
#: A recording of standing about says little after this many frames.
_MOST_OF_IDLE = 400
#: Of every so many idle recordings one is held out.
_HELD_OUT_IDLE = 5
_FOR_MEASURING = re.compile(r"(?:^|_)eval(?:_|$)")


@dataclass(frozen=True)
class Archive:
    """One file of joints and what is written about its clips, by their names."""

    path: Path
    clips: dict[str, dict[str, Any]]

    @property
    def for_measuring(self) -> bool:
        return _FOR_MEASURING.search(self.path.stem) is not None

    def joints(self, names: list[str]) -> Iterator[tuple[str, Float32Array]]:
        """The clips of these names that the file holds, as they are stored."""
        with np.load(self.path, allow_pickle=False) as stored:
            for name in names:
                if name in stored.files:
                    yield name, stored[name]


def archives(folder: str | Path) -> list[Archive]:
    """The archives of a folder and of those below it. Raises InvalidMotionError where there is none."""
    folder = Path(folder)
    found = [archive for path in sorted(folder.rglob("*.npz")) if (archive := _open(path)) is not None]
    if not found:
        raise InvalidMotionError(
            f"{folder} holds no archive of recordings: {ARCHIVE} with trials.json, or other .npz files, each "
            "with a .json of its name"
        )
    return found


def holds_archives(folder: str | Path) -> bool:
    """Whether a folder, or one below it, holds archives of recordings."""
    return any(_open(path) is not None for path in Path(folder).rglob("*.npz"))


def _open(path: Path) -> Archive | None:
    description = path.with_name(_DESCRIPTIONS.get(path.name, f"{path.stem}.json"))
    if not description.is_file():
        return None
    try:
        clips = json.loads(description.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidMotionError(f"{description} cannot be read as JSON ({error}): copy it again") from error
    return Archive(path, clips)


def load_recordings(folder: str | Path, *, report: Report = print) -> list[Trial]:
    """The clips of all archives under a folder that may be trained on, each with its split.

    Refused clips are reported one by one. Raises InvalidMotionError where no clip is left.
    """
    return _load([found for found in archives(folder) if not found.for_measuring], folder, report)


def load_measuring(folder: str | Path, *, report: Report = print) -> list[Trial]:
    """The clips under a folder that only measure: archives with "eval" in their name. All are held out."""
    trials = _load([found for found in archives(folder) if found.for_measuring], folder, report)
    return [replace(trial, split="val") for trial in trials]


def measuring_sets(folder: str | Path, *, report: Report = print) -> dict[str, list[Trial]]:
    """What a tokenizer is measured on: by archive its held-out clips, or all of one for measuring only."""
    sets = {}
    for archive in archives(folder):
        clips = _load([archive], folder, report)
        measured = [clip for clip in clips if archive.for_measuring or clip.split == "val"]
        if measured:
            sets[archive.path.stem] = measured
    return sets


def _load(found: list[Archive], folder: str | Path, report: Report) -> list[Trial]:
    trials: list[Trial] = []
    for archive in found:
        wanted = [name for name, about in archive.clips.items() if not about.get("in_place_locomotion")]
        for number, (name, marks) in enumerate(archive.joints(wanted)):
            try:
                trials.append(_trial(name, marks, archive.clips[name], number))
            except InvalidMotionError as error:
                report(f"left out of {archive.path.name}: {error}")
    if not trials:
        raise InvalidMotionError(f"{folder} holds no recording that can be used")
    return trials


def _trial(name: str, marks: Float32Array, about: dict[str, Any], number: int) -> Trial:
    idle = "idle" in str(about.get("description", ""))
    held_out = about.get("split") == "val" or (idle and number % _HELD_OUT_IDLE == 0)
    joints = with_humanml3d_trunk(marks[:_MOST_OF_IDLE] if idle else marks)
    return prepare(name, joints, "val" if held_out else "train", str(about.get("description", name)))
