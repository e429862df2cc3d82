"""Folders of captioned motion in the layout HumanML3D and KIT-ML are published in.

| file | content |
|---|---|
| new_joint_vecs/ID.npy | features (T, 263) or (T, 251), unnormalised |
| texts/ID.txt | descriptions, see `texts` |
| train.txt val.txt test.txt all.txt | an id a line; M... are mirrored clips, ids like any other |
| Mean.npy Std.npy (or meta/mean.npy meta/std.npy) | statistics, optional; see `statistics` |

The published protocol: descriptions without times belong to the whole clip; every other one makes a sub-clip
of its own; what is shorter or longer than the representation's limits is left out. (The published loader also
drops the sub-clips of a clip that is itself too long; no clip of HumanML3D is.)
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from ..arrays import Float32Array
from ..errors import FormatError, InvalidMotionError, InvalidRequestError
from ..motion.representation import Representation, representation_of
from ..motion.statistics import Fit, StatisticsWarning, Weighting, fit_statistics
from .clips import CaptionedClip, StoredRows
from .texts import DescribedSpan, read_texts

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")

VECTORS, TEXTS, JOINTS = "new_joint_vecs", "texts", "new_joints"
MEAN, STD = "Mean.npy", "Std.npy"
#: Written by `data prepare`, whose statistics are therefore known.
MANIFEST = "prepared.jsonl"
UNFINISHED = "not prepared to its end: start motion-agent data prepare again"
_STATISTICS = ((MEAN, STD), ("meta/mean.npy", "meta/std.npy"), ("mean.npy", "std.npy"))
#: Files of clips; those that begin with a dot are what macOS leaves beside them.
_CLIPS = "[!.]*.npy"
#: Clips that statistics are compared with: enough to tell a factor of five.
_SAMPLE = 128


@dataclass(frozen=True)
class MotionTextFolder:
    """A folder in the published layout. Open one with `open_motion_text`.

    skip_missing: leave out ids of a split whose files are missing, instead of refusing. frames: fewest and
    most frames of a clip that is used; the representation's when None.
    """

    root: Path
    representation: Representation
    skip_missing: bool = False
    frames: tuple[int, int] | None = None

    @cached_property
    def mean(self) -> Float32Array | None:
        """(D,), or None where the folder has no statistics."""
        return self._statistics[0]

    @cached_property
    def std(self) -> Float32Array | None:
        """(D,), or None where the folder has no statistics."""
        return self._statistics[1]

    @cached_property
    def fit(self) -> Fit | None:
        """What the folder's statistics are, measured on a sample of its clips; None without statistics."""
        if self.mean is None or self.std is None:
            return None
        names = (self.ids("train") if self.has("train") else []) or self.ids(None)
        chosen = names[:: max(1, len(names) // _SAMPLE)][:_SAMPLE]
        return fit_statistics(self.mean, self.std, self._readable(chosen), self.representation)

    def _readable(self, names: Sequence[str]) -> Iterator[Float32Array]:
        """The rows of those that are there and sound; who reads the others is told of them then."""
        for name in names:
            with suppress(FormatError, InvalidMotionError):
                yield self.rows(name).read()

    def vectors(self, name: str) -> Path:
        return self.root / VECTORS / f"{name}.npy"

    def texts(self, name: str) -> Path:
        return self.root / TEXTS / f"{name}.txt"

    def has(self, split: Split) -> bool:
        """Whether the folder names this split, be it an empty one."""
        return (self.root / f"{split}.txt").is_file()

    @property
    def is_unfinished(self) -> bool:
        """Whether `data prepare` was stopped on its way: the splits are written last."""
        return (self.root / MANIFEST).is_file() and not any(self.has(split) for split in SPLITS)

    def ids(self, split: Split | None) -> list[str]:
        """Ids of a split, in its file's order; without one, of every clip that is there."""
        if split is None:
            return sorted(path.stem for path in (self.root / VECTORS).glob(_CLIPS))
        path = self.root / f"{split}.txt"
        if self.is_unfinished:
            raise FormatError(f"{self.root}: {UNFINISHED}")
        if not path.is_file():
            raise FormatError(f"{path} is missing: it holds one id a line")
        try:
            names = path.read_text(encoding="utf-8-sig").split()
        except (OSError, UnicodeDecodeError) as error:
            raise FormatError(
                f"{path}: the split cannot be read ({error}); it holds one id a line"
            ) from error
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise FormatError(f"{path}: {twice} stands there twice; delete one of the lines")
        return names

    def load(self, split: Split) -> list[CaptionedClip]:
        """The clips and sub-clips of a split that the published protocol uses; features are read on access.

        Raises FormatError for files that are missing or cannot be read, InvalidMotionError for a wrong width.
        """
        names = self.ids(split)
        missing = [
            name for name in names if not (self.vectors(name).is_file() and self.texts(name).is_file())
        ]
        if missing and not self.skip_missing:
            some = ", ".join(missing[:3])
            raise FormatError(
                f"{self.root}: {len(missing)} of {len(names)} clips of {split}.txt lack {VECTORS}/ID.npy or "
                f"{TEXTS}/ID.txt ({some}, ...): complete the folder, or leave them out with skip_missing"
            )
        absent = set(missing)
        return [clip for name in names if name not in absent for clip in self.clips(name)]

    def fits(self, frames: int) -> bool:
        """Whether a clip of so many frames is used."""
        least, most = self.frames or (self.representation.min_frames, self.representation.max_frames)
        return least <= frames <= most

    def held_out(self) -> list[CaptionedClip]:
        """What is evaluated on: the test split, or the validation split of a folder that has no other."""
        return self.load("test" if self.has("test") and self.ids("test") else "val")

    def clips(self, name: str) -> Iterator[CaptionedClip]:
        """What the protocol uses of one id: the whole clip, then its sub-clips "ID#LINE"."""
        rows, spans = self.rows(name), read_texts(self.texts(name))
        whole = [span.caption for span in spans if span.whole]
        if whole and self.fits(len(rows)):
            yield CaptionedClip(name, rows, whole)
        for span in spans:
            part = None if span.whole else self._part(rows, span)
            if part is not None:
                yield CaptionedClip(f"{name}#{span.line}", part, (span.caption,))

    def _part(self, rows: StoredRows, span: DescribedSpan) -> StoredRows | None:
        start, stop = span.frames(self.representation.fps)
        stop = min(stop, len(rows))
        if not self.fits(stop - start):
            return None
        return StoredRows(rows.path, start, stop, self.representation)

    def rows(self, name: str) -> StoredRows:
        """All rows of one id, checked to have the folder's width."""
        frames, width = read_shape(self.vectors(name))
        if width != self.representation.dim:
            raise InvalidMotionError(
                f"{self.vectors(name)}: {width} numbers a frame, the folder's other clips have "
                f"{self.representation.dim} ({self.representation.name}): keep one dataset a folder"
            )
        return StoredRows(self.vectors(name), 0, frames, self.representation)

    @cached_property
    def _statistics(self) -> tuple[Float32Array | None, Float32Array | None]:
        for mean, std in _STATISTICS:
            paths = self.root / mean, self.root / std
            if all(path.is_file() for path in paths):
                read = [_read_statistic(path, self.representation.dim) for path in paths]
                return read[0], read[1]
        return None, None


def open_motion_text(
    root: str | Path,
    *,
    statistics: Weighting | Literal["unweighted", "once", "twice", "any"] | None = None,
    skip_missing: bool = False,
    frames: tuple[int, int] | None = None,
) -> MotionTextFolder:
    """Open a folder in the published layout; what its frames hold is read off its clips.

    skip_missing, frames: see `MotionTextFolder`; other limits than the published ones suit data of your own.

    statistics: which Std.npy is expected. The folder's is compared with its clips: one of other data is
    refused, one of another weighting than expected too, and without an expectation a StatisticsWarning tells
    when it is not the one of published checkpoints. "any" asks no questions.
    Raises FormatError when the folder is none, InvalidRequestError for lengths that cannot be,
    InvalidMotionError for statistics that do not belong to it.
    """
    root = Path(root)
    if not (root / VECTORS).is_dir() or not (root / TEXTS).is_dir():
        raise FormatError(
            f"{root} is no folder of captioned motion: {VECTORS}/ and {TEXTS}/ are expected in it; "
            "motion-agent data prepare makes one from motion files and captions"
        )
    representation = representation_of(_width(root / VECTORS))
    least = representation.frames_per_token
    if frames is not None and not least <= frames[0] <= frames[1]:
        raise InvalidRequestError(f"the fewest frames, {least} or more, come before the most: got {frames}")
    folder = MotionTextFolder(root, representation, skip_missing, frames)
    if statistics != "any":
        check_statistics(folder, None if statistics is None else Weighting(statistics))
    return folder


def check_statistics(folder: MotionTextFolder, expected: Weighting | None) -> None:
    """Refuse statistics of other data or of another weighting; warn of those that are easily confused."""
    fit = folder.fit
    if fit is None:
        return
    if not fit.same_data:
        ratios = ", ".join(f"{ratio:.2g}" for ratio in fit.ratio[3:6])
        raise InvalidMotionError(
            f"{folder.root}: its mean and std are not those of its clips (the clips' deviation of positions, "
            f"rotations and velocities is {ratios} times the file's): put the right files there, or open the "
            'folder with statistics="any" when you know why'
        )
    if expected is not None and fit.weighting is not expected:
        raise InvalidMotionError(
            f"{folder.root}: its std has {fit.weighting.meaning}; expected was {expected.meaning}"
        )
    made_here = (folder.root / MANIFEST).is_file()
    if expected is None and fit.weighting is not Weighting.twice and not made_here:
        warnings.warn(
            f"{folder.root}: its std has {fit.weighting.meaning}: its root features and foot contacts are "
            f"{Weighting.twice.factor / fit.weighting.factor:.0f} times those of T2M-GPT, MDM and "
            "Motion-Agent. Published checkpoints need theirs; for training of your own it is right, then say "
            f'statistics="{fit.weighting}"',
            StatisticsWarning,
            stacklevel=3,
        )


def _width(vectors: Path) -> int:
    """Numbers a frame of the first clip that can be read; the error of the first where none can."""
    failed: FormatError | None = None
    for path in sorted(vectors.glob(_CLIPS)):
        try:
            return read_shape(path)[1]
        except FormatError as error:
            failed = failed or error
    raise failed or FormatError(f"{vectors} holds no .npy files: run the dataset's preparation first")


def read_shape(path: Path) -> tuple[int, int]:
    """Frames and width of a .npy file of features, from its header alone."""
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            reader = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }
            shape: Sequence[int] = reader[version](file)[0]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise FormatError(f"{path}: not a readable .npy file ({error}): copy it again") from error
    if len(shape) != 2:
        raise InvalidMotionError(f"{path}: features must have shape (T, D), got {tuple(shape)}")
    return int(shape[0]), int(shape[1])


def _read_statistic(path: Path, dim: int) -> Float32Array:
    try:
        with path.open("rb") as file:
            array = np.asarray(np.load(file, allow_pickle=False), dtype=np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"{path}: cannot be read ({error}): copy it again") from error
    if array.shape != (dim,) or not np.isfinite(array).all():
        raise InvalidMotionError(f"{path}: {dim} finite numbers are expected, got shape {array.shape}")
    if path.name.lower() == "std.npy" and not (array > 0).all():
        raise InvalidMotionError(f"{path}: every deviation must be more than 0")
    return array
