"""Recordings with captions -> a folder in the layout HumanML3D is published in (see `humanml3d`).

Every described stretch of a recording becomes a clip of its own, cut before features are made, as HumanML3D's
own clips were cut from longer recordings; a caption without times describes the whole recording. Whole
recordings go to one split, with all their stretches and mirrored copies.

`prepared.jsonl` in the folder has a line for each finished recording, so a run that was stopped, or is
started again with more files, does only what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ...arrays import Float32Array
from ...english.captions import load_captions
from ...errors import InvalidMotionError, InvalidRequestError, MotionAgentError
from ...motion.features import FPS
from ...motion.representation import HUMANML3D
from ...storage.stamps import file_stamp, fingerprint
from ..cmu import Trial, trial_index, trial_sources
from ..humanml3d import SPLITS, Split
from ..naming import clip_names, counted, split_of_each
from .recordings import AS_WRITTEN, Described, Found, Reading, Recording, find_recordings, motion_files
from .tagging import find_tagger
from .writing import Done, append_log, read_log, remove_stale, write_ids, write_recording, write_statistics

#: Name of the captions that ship with the package, where a table of captions is asked for.
CMU = "cmu"
_VERSION = 2


@dataclass(frozen=True)
class Preparation:
    """What to make: shares of the recordings held out, and whether each clip is mirrored as well.

    reading: what is said of the files' frame rate and axes. It does not apply to CMU's own.
    """

    val: float = 0.05
    test: float = 0.1
    mirror: bool = False
    reading: Reading = AS_WRITTEN

    def __post_init__(self) -> None:
        if min(self.val, self.test) < 0 or not self.val + self.test < 1:
            raise InvalidRequestError(
                f"val ({self.val:g}) and test ({self.test:g}) are shares that leave some for training"
            )


@dataclass(frozen=True)
class Prepared:
    """What was made.

    clips: per split. failed: (recording, reason). kept: recordings an earlier run had done.
    """

    folder: str
    recordings: int
    kept: int
    clips: dict[str, int]
    seconds: float
    tagger: str
    failed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def prepare(
    source: str | Path,
    out: str | Path,
    *,
    captions: str | Path | None = None,
    preparation: Preparation | None = None,
    track: Callable[[Sequence[Recording]], Iterable[Recording]] = iter,
) -> Prepared:
    """Prepare a folder of motion files with captions (see `recordings`), or of CMU trials.

    captions: a table, "cmu" for the captions that ship, or None for text files beside the motion files; CMU
    data without any is taken with the captions that ship, and with their split. track: shows progress.
    Recordings that fail are listed, the others go on. Raises InvalidMotionError when none succeeds, and
    InvalidRequestError for a folder to write that holds `source`.
    """
    source, out, asked = Path(source), Path(out), preparation or Preparation()
    if source.resolve().is_relative_to(out.resolve()):
        raise InvalidRequestError(f"{out} holds the recordings themselves: choose another folder to write to")
    found = gather(source, captions, without=out, reading=asked.reading)
    tagger_name, tagger = find_tagger()
    _make_folder(out)
    known = read_log(out)
    names = clip_names([recording.name for recording in found.recordings])
    done, failed, kept = {}, list(found.unusable), 0
    for recording in track(found.recordings):
        made_from = fingerprint(
            _VERSION, recording.stamp, recording.captions, asked.mirror, tagger_name, names[recording.name]
        )
        before = known.get(recording.name)
        if before is not None and before.made_from == made_from and before.is_complete(out):
            done[recording.name] = before
            kept += 1
            continue
        try:
            clips, lost = write_recording(recording, names[recording.name], out, asked.mirror, tagger)
        except (MotionAgentError, OSError) as error:
            failed.append((recording.name, str(error).removeprefix(f"{Path(recording.name).name}: ")))
            continue
        done[recording.name] = Done(recording.name, made_from, clips, lost)
        append_log(out, done[recording.name])
    if not done:
        some = "; ".join(f"{name}: {reason}" for name, reason in failed[:3])
        raise InvalidMotionError(f"none of the recordings of {source} could be prepared ({some})")
    failed += [(each.recording, reason) for each in done.values() for reason in each.lost]
    remove_stale(out, known, done)
    clips = _write_splits(out, found, done, asked)
    rows = {name: count for each in done.values() for name, count in each.clips.items()}
    seconds = sum(rows.values()) / FPS
    return Prepared(
        str(out), len(done), kept, clips, seconds, tagger_name, failed, found.notes + _notes(rows)
    )


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InvalidRequestError(
            f"{out} can be no folder, as a file is in its place: choose another"
        ) from error


def gather(
    source: Path,
    captions: str | Path | None = None,
    *,
    without: Path | None = None,
    reading: Reading = AS_WRITTEN,
) -> Found:
    """The recordings of a folder: files with captions, or CMU trials. The rest: see `find_recordings`."""
    if captions == CMU or (captions is None and _is_cmu(source)):
        return _cmu_recordings(source)
    table = None if captions is None else Path(captions)
    return find_recordings(source, table, without=without, reading=reading)


# ---------------------------------------------------------------------- CMU


def _is_cmu(source: Path) -> bool:
    """Whether a folder holds trials of the CMU database and no captions of its own."""
    try:
        trials = trial_sources(source)
    except InvalidMotionError:
        return False
    return bool(trials) and not any(path.with_suffix(".txt").is_file() for path in motion_files(source))


def _cmu_recordings(source: Path) -> Found:
    described: dict[str, list[Described]] = {}
    for segment in load_captions():
        described.setdefault(segment.trial, []).extend(
            Described(text, segment.start, segment.end) for text in segment.captions
        )
    index, found = trial_index(), Found()
    whole = fingerprint([(path.name, file_stamp(path)) for path in _cmu_files(source)])
    for trial, load in trial_sources(source).items():
        if trial in described:
            found.recordings.append(
                Recording(
                    trial, partial(_trial_joints, load), tuple(described[trial]), index[trial]["split"], whole
                )
            )
    found.notes.append(
        f"{_are(len(found.recordings), 'recording')} named as CMU trials and got the captions and the split "
        "that ship; for your own, write them beside the files or in a table"
    )
    return found


def _cmu_files(source: Path) -> list[Path]:
    """The files that trials may be read from, in order of name."""
    endings = (".npz", ".asf", ".amc", ".bvh")
    return sorted(path for path in source.rglob("*") if path.suffix in endings and path.is_file())


def _trial_joints(load: Callable[[], Trial]) -> tuple[Float32Array, float]:
    trial = load()
    return trial.joints, trial.skipped


# ---------------------------------------------------------------------- the folder as a whole


def _write_splits(out: Path, found: Found, done: dict[str, Done], asked: Preparation) -> dict[str, int]:
    """Write the splits and, from the training clips, the statistics; the number of clips per split."""
    fixed = {recording.name: recording.split for recording in found.recordings}
    splits = split_of_each({name: fixed[name] for name in done}, asked.val, asked.test)
    members: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for name in sorted(done):
        members[splits[name]] += done[name].clips
    everything = sorted(name for names in members.values() for name in names)
    write_ids(out, {**members, "all": everything})
    write_statistics(out, members["train"] or everything)
    return {split: len(names) for split, names in members.items()}


def _notes(rows: dict[str, int]) -> list[str]:
    short = sum(count < HUMANML3D.min_frames for count in rows.values())
    long = sum(count > HUMANML3D.max_frames for count in rows.values())
    low, high = HUMANML3D.min_frames / FPS, HUMANML3D.max_frames / FPS
    notes = []
    if short:
        notes.append(
            f"{_are(short, 'clip')} shorter than {low:g} s, the published protocol's shortest: training and "
            "evaluation leave such out; train motion-llm and data check take other limits with --frames"
        )
    if long:
        notes.append(
            f"{_are(long, 'clip')} longer than {high:g} s, the published protocol's longest: training and "
            "evaluation leave such out; give their captions a start and an end, or train with --frames"
        )
    return notes


def _are(count: int, noun: str) -> str:
    return f"{counted(count, noun)} {'is' if count == 1 else 'are'}"
