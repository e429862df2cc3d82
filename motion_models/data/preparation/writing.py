"""Files of a folder in HumanML3D's layout, and the log that lets a stopped preparation go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...arrays import Float32Array
from ...english.mirroring import mirror_text
from ...errors import InvalidMotionError
from ...motion.body import motion_fault
from ...motion.features import FPS, from_joints, recover_joints
from ...motion.representation import HUMANML3D
from ...motion.skeleton import mirror_joints
from ...motion.statistics import plain_statistics
from ..clips import Caption
from ..humanml3d import JOINTS, MANIFEST, MEAN, STD, TEXTS, VECTORS
from ..naming import stretch_name
from ..texts import format_texts
from .recordings import Described, Recording
from .tagging import Tagger

#: Five frames of joints give four of features, a token.
_MIN_FRAMES = HUMANML3D.frames_per_token + 1
#: Seconds by which a stretch may reach over the end of its recording.
_OVERHANG = 0.5


@dataclass(frozen=True)
class Done:
    """A finished recording. clips: names and rows (frames of features). lost: stretches it does not have."""

    recording: str
    made_from: str
    clips: dict[str, int]
    lost: Sequence[str] = ()

    def is_complete(self, out: Path) -> bool:
        return all(path.is_file() for name in self.clips for path in _files(out, name))


def write_recording(
    recording: Recording, name: str, out: Path, mirror: bool, tagger: Tagger
) -> tuple[dict[str, int], list[str]]:
    """Write the clips of one recording: their names and rows, and what was said of times it does not have.

    Raises InvalidMotionError when nothing of it can be used.
    """
    joints, offset = recording.load()
    written: dict[str, int] = {}
    lost: list[str] = []
    for (start, end), texts in _stretches(recording.captions).items():
        try:
            clip = _cut(joints, offset, start, end)
        except InvalidMotionError as error:
            lost.append(str(error))
            continue
        part = stretch_name(name, start, end)
        written[part] = _write_clip(out, part, clip, texts, tagger)
        if mirror:
            mirrored = [mirror_text(text) for text in texts]
            written[f"M{part}"] = _write_clip(out, f"M{part}", mirror_joints(clip), mirrored, tagger)
    if not written:
        raise InvalidMotionError("; ".join(lost[:3]))
    return written, lost


def _stretches(captions: Iterable[Described]) -> dict[tuple[float, float | None], list[str]]:
    """Captions by what they describe, to the hundredth of a second that names tell, each once."""
    stretches: dict[tuple[float, float | None], dict[str, None]] = {}
    for caption in captions:
        stretch = round(caption.start or 0.0, 2), None if caption.end is None else round(caption.end, 2)
        stretches.setdefault(stretch, {})[" ".join(caption.text.split())] = None
    return {stretch: list(texts) for stretch, texts in stretches.items()}


def _cut(joints: Float32Array, offset: float, start: float, end: float | None) -> Float32Array:
    """The frames of a stretch, which lasts to the recording's end where `end` is None."""
    recorded = offset + len(joints) / FPS
    if end is not None and end > recorded + _OVERHANG:
        raise InvalidMotionError(f"{start:g} to {end:g} s: the recording ends at {recorded:.2f} s")
    first = max(0, round((start - offset) * FPS))
    cut = joints[first : None if end is None else max(0, round((end - offset) * FPS))]
    if len(cut) < _MIN_FRAMES:
        raise InvalidMotionError(f"{len(cut)} frames at 20 fps are too few, {_MIN_FRAMES} are needed")
    fault = motion_fault(cut)
    if fault is not None:
        whole = (
            ""
            if end is None and not start
            else f"{start:g} to {'the end' if end is None else f'{end:g} s'}: "
        )
        raise InvalidMotionError(f"{whole}{fault}")
    return cut


def _write_clip(out: Path, name: str, joints: Float32Array, texts: Iterable[str], tagger: Tagger) -> int:
    """Write one clip's features, joints and texts; its rows. The floor stays the recording's."""
    rows = from_joints(joints, floor=False)
    vectors, positions, said = _files(out, name)
    _save(vectors, rows)
    _save(positions, recover_joints(rows))
    said.parent.mkdir(exist_ok=True)
    said.write_text(format_texts((Caption(text, tagger(text)), 0.0, 0.0) for text in texts), "utf-8")
    return len(rows)


def _save(path: Path, array: npt.NDArray[np.floating]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        np.save(file, array.astype(np.float32), allow_pickle=False)


def _files(out: Path, name: str) -> tuple[Path, Path, Path]:
    return out / VECTORS / f"{name}.npy", out / JOINTS / f"{name}.npy", out / TEXTS / f"{name}.txt"


def write_ids(out: Path, splits: Mapping[str, Iterable[str]]) -> None:
    """Write `<split>.txt`, an id a line, for each split."""
    for split, names in splits.items():
        (out / f"{split}.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def write_statistics(out: Path, names: Iterable[str]) -> None:
    """Write Mean.npy and Std.npy of some clips, without feature bias, as HumanML3D's preparation does."""
    clips = (np.load(_files(out, name)[0], allow_pickle=False) for name in names)
    mean, std = plain_statistics(clips, HUMANML3D)
    _save(out / MEAN, mean)
    _save(out / STD, std)


# ---------------------------------------------------------------------- the log


def read_log(out: Path) -> dict[str, Done]:
    """Finished recordings by name; a last line that was cut off does not count."""
    path = out / MANIFEST
    known: dict[str, Done] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            each = Done(**json.loads(line))
        except (TypeError, ValueError):
            continue
        known[each.recording] = each
    return known


def append_log(out: Path, done: Done) -> None:
    with (out / MANIFEST).open("a", encoding="utf-8") as file:
        file.write(_line(done))


def remove_stale(out: Path, known: Mapping[str, Done], done: Mapping[str, Done]) -> None:
    """Delete clips of earlier runs that no recording has any more, and leave them out of the log."""
    current = {name for each in done.values() for name in each.clips}
    for name in {name for each in known.values() for name in each.clips} - current:
        for path in _files(out, name):
            path.unlink(missing_ok=True)
    (out / MANIFEST).write_text("".join(_line(each) for each in done.values()), encoding="utf-8")


def _line(done: Done) -> str:
    return json.dumps(asdict(done), ensure_ascii=False) + "\n"
