"""What captions are judged on: clips as tokens, with the descriptions that count as right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist
from torch import LongTensor

from ....motion_models.arrays import Float32Array
from ....motion_models.backends.protocol import MotionBackend
from ....motion_models.data.clips import Caption
from ....motion_models.data.humanml3d import VECTORS, open_motion_text
from ....motion_models.errors import InvalidRequestError
from ...progress import track
from ..field.evaluator.reference import load_reference, mark_of
from ..recordings.corpus import NOTHING_HELD_OUT, load_clips, split_of

#: Published evaluations take a clip's first three descriptions.
HUMANML3D_REFERENCES = 3
CMU_NOTE = (
    "These clips are not HumanML3D's: their numbers must not stand beside published ones. The last of their "
    "descriptions avoids the words of the others on purpose, so a right description need not score well."
)


@dataclass(frozen=True, eq=False)
class CaptioningItem:
    """One clip. trial: what clips share that are not independent. action: its label, "" where it has none."""

    trial: str
    references: tuple[Caption, ...]
    tokens: LongTensor
    start: float = 0.0
    action: str = ""

    @property
    def words(self) -> str:
        """All references in lower case, parted by ' | '."""
        return " | ".join(caption.text for caption in self.references).lower()


@dataclass(frozen=True, eq=False)
class CaptioningSet:
    """Clips of one source. nearest: for each the caption of the most similar training clip, () if unknown.

    note: what numbers of this set compare with.
    """

    name: str
    items: tuple[CaptioningItem, ...]
    nearest: tuple[str, ...] = ()
    note: str = "These clips are not HumanML3D's: their numbers must not stand beside published ones."


def recorded_set(data: str | Path, backend: MotionBackend, *, progress: bool = True) -> CaptioningSet:
    """The held-out clips of a folder of CMU data, or those of one in HumanML3D's layout: its test split, or
    the validation split where there is no other. Raises InvalidRequestError where nothing is held out."""
    folder = Path(data)
    read = _published if (folder / VECTORS).is_dir() else _cmu
    found = read(folder, backend, progress)
    if not found.items:
        raise InvalidRequestError(NOTHING_HELD_OUT.format(folder))
    return found


def shipped_set(backend: MotionBackend) -> CaptioningSet:
    """The held-out CMU clips whose tokens ship; the most similar training clip is the nearest in the
    evaluator's space. Raises InvalidRequestError for a backend with another codebook, to which these tokens
    mean nothing."""
    reference = load_reference()
    if mark_of(backend) != reference.codebook:
        raise InvalidRequestError(
            f"the clips that ship are tokens of the shipped tokenizer, which {backend.name} does not have: "
            "give recorded motion with --data"
        )
    items = tuple(
        CaptioningItem(segment.trial, captions, tokens, segment.start, segment.action)
        for segment, captions, tokens in zip(
            reference.segments, reference.captions, reference.tokens, strict=True
        )
    )
    found = cdist(reference.real, reference.library).argmin(axis=1)
    captions = tuple(reference.library_captions[place][0] for place in found)
    return CaptioningSet(f"{len(items)} held-out clips of CMU motion capture", items, captions, CMU_NOTE)


def _cmu(data: Path, backend: MotionBackend, progress: bool) -> CaptioningSet:
    clips = load_clips(data)
    held_out, training = ([clip for clip in clips if clip.split == split] for split in ("val", "train"))
    features = [clip.features for clip in held_out]
    items = tuple(
        CaptioningItem(
            trial=clip.trial,
            references=tuple(Caption(text) for text in clip.captions),
            tokens=backend.encode(rows),
            start=clip.start,
            action=clip.action,
        )
        for clip, rows in zip(held_out, features, strict=True)
    )
    library = (clip.features for clip in track(training, "training clips", show=progress))
    found = nearest(features, library) if training else []
    captions = tuple(training[place].captions[0] for place in found)
    return CaptioningSet(f"{len(items)} held-out clips of CMU motion capture", items, captions, CMU_NOTE)


def _published(data: Path, backend: MotionBackend, progress: bool) -> CaptioningSet:
    folder = open_motion_text(data, statistics="any")  # The backend's tokenizer brings its own.
    held_out, training = folder.held_out(), folder.load("train")
    features = [clip.features for clip in track(held_out, "held-out clips", show=progress)]
    items = tuple(
        CaptioningItem(
            # Sub-clips and mirrored clips are of the same recording.
            trial=clip.id.split("#")[0].removeprefix("M"),
            references=clip.captions[:HUMANML3D_REFERENCES],
            tokens=backend.encode(rows),
        )
        for clip, rows in zip(held_out, features, strict=True)
    )
    library = (clip.features for clip in track(training, "training clips", show=progress))
    found = nearest(features, library) if training else []
    captions = tuple(training[place].captions[0].text for place in found)
    note = (
        f"Published numbers on {folder.representation.name} compare only where they name the same protocol, "
        "and where this folder is that dataset, whole."
    )
    kind = split_of(folder, held_out)
    return CaptioningSet(f"{len(items)} {kind} clips of {data.name}", items, captions, note)


def nearest(queries: Sequence[Float32Array], library: Iterable[Float32Array]) -> list[int]:
    """The place in `library` of the motion most like each query, features (T, D) of any length.

    A motion is known by mean and deviation of each feature over time, in units of their spread in `library`.
    """
    known = np.stack([_summary(rows) for rows in library])
    spread = known.std(axis=0) + 1e-6
    known /= spread
    lengths = np.square(known).sum(axis=1)
    found: list[int] = []
    for start in range(0, len(queries), 256):
        some = np.stack([_summary(rows) for rows in queries[start : start + 256]]) / spread
        # Squared distances less the query's own length, which is the same for all of the library.
        found += (lengths - 2 * some @ known.T).argmin(axis=1).tolist()
    return found


def _summary(features: Float32Array) -> npt.NDArray[np.float64]:
    rows = np.asarray(features, dtype=np.float64)
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0)])
