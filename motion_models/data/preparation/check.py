"""What a folder in HumanML3D's or KIT-ML's layout holds, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...errors import MotionAgentError
from ...motion.statistics import Weighting
from ..clips import CaptionedClip
from ..humanml3d import MANIFEST, SPLITS, UNFINISHED, MotionTextFolder, Split, open_motion_text
from ..naming import counted
from ..texts import DescribedSpan, read_texts

#: What stands for statistics that are there and cannot be compared with the clips.
UNKNOWN = "unknown"


@dataclass
class SplitContent:
    """ids: as the split's file lists them. The others count the clips and sub-clips the protocol uses."""

    ids: int = 0
    clips: int = 0
    captions: int = 0
    seconds: float = 0.0


@dataclass
class FolderReport:
    """statistics: their weighting, "unknown" where that cannot be told, None where there are none.

    problems: what keeps the folder from being used as it stands. notes: what one may want to know.
    """

    folder: str
    representation: str
    statistics: str | None
    splits: dict[str, SplitContent] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def check_folder(
    root: str | Path,
    *,
    frames: tuple[int, int] | None = None,
    track: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> FolderReport:
    """Read every file of a folder. frames: as `open_motion_text` takes it. track: shows progress over ids.

    Raises FormatError or InvalidMotionError only when the folder cannot be opened at all.
    """
    folder = open_motion_text(root, statistics="any", frames=frames)
    report = FolderReport(str(root), folder.representation.name, None)
    if folder.is_unfinished:
        report.problems.append(UNFINISHED)
        return report
    _check_statistics(folder, report)
    members: dict[Split, list[str]] = {split: _ids(folder, split, report) for split in SPLITS}
    _check_splits(folder, members, report)
    of = {name: split for split, names in members.items() for name in names}
    report.splits = {split: SplitContent(len(names)) for split, names in members.items()}
    for name in track(list(of)):
        content = report.splits[of[name]]
        for clip in _read_clip(folder, name, report):
            content.clips += 1
            content.captions += len(clip.captions)
            content.seconds += clip.frames / folder.representation.fps
    return report


def _check_statistics(folder: MotionTextFolder, report: FolderReport) -> None:
    try:
        fit = folder.fit
    except MotionAgentError as error:
        report.statistics = UNKNOWN
        report.problems.append(str(error))
        return
    if fit is None:
        report.notes.append("there are no Mean.npy and Std.npy; training computes its own")
        return
    report.statistics = fit.weighting.value
    if not fit.same_data:
        report.problems.append("mean and std are not those of these clips: they belong to other data")
    elif fit.weighting is not Weighting.twice and not (folder.root / MANIFEST).is_file():
        report.notes.append(
            f"the std has {fit.weighting.meaning}; published checkpoints need the one with "
            f"{Weighting.twice.meaning}"
        )


def _ids(folder: MotionTextFolder, split: Split, report: FolderReport) -> list[str]:
    try:
        return folder.ids(split)
    except MotionAgentError as error:
        report.problems.append(str(error))
        return []


def _check_splits(folder: MotionTextFolder, members: dict[Split, list[str]], report: FolderReport) -> None:
    seen: dict[str, Split] = {}
    for split, names in members.items():
        for name in names:
            if name in seen:
                report.problems.append(f"{name} stands in {seen[name]}.txt and in {split}.txt")
            seen[name] = split
        twins = {name.removeprefix("M") for name in names}
        mixed = {other for other in seen if seen[other] != split and other.removeprefix("M") in twins}
        if mixed:
            some = ", ".join(sorted(mixed)[:3])
            report.problems.append(
                f"clips and their mirrored copies are in different splits: {some} ({len(mixed)} in all)"
            )
    left_out = [name for name in folder.ids(None) if name not in seen]
    if left_out:
        some = ", ".join(left_out[:3]) + (", ..." if len(left_out) > 3 else "")
        report.notes.append(f"in no split: {counted(len(left_out), 'clip')} ({some})")


def _read_clip(folder: MotionTextFolder, name: str, report: FolderReport) -> list[CaptionedClip]:
    """What the protocol uses of one id, all of it read; problems go to the report."""
    try:
        frames = len(folder.rows(name).read())
        _check_times(folder, name, frames, read_texts(folder.texts(name)), report)
        return list(folder.clips(name))
    except MotionAgentError as error:
        report.problems.append(str(error))
        return []


def _check_times(
    folder: MotionTextFolder, name: str, frames: int, spans: Sequence[DescribedSpan], report: FolderReport
) -> None:
    if not spans:
        report.problems.append(f"{folder.texts(name)}: holds no caption")
    for span in spans:
        start, stop = span.frames(folder.representation.fps)
        if not span.whole and not start < stop:
            report.notes.append(f"{name}, line {span.line}: {span.start:g} to {span.end:g} s is not used")
        elif start >= frames:
            report.problems.append(
                f"{folder.texts(name)}, line {span.line}: begins at {span.start:g} s, after the clip's end"
            )
