"""Clips with what may be said of them: what readers of data give and writers take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..arrays import Float32Array
from ..errors import FormatError, InvalidMotionError
from ..motion.features import check_features
from ..motion.representation import Representation
from ..storage.stamps import file_stamp


@dataclass(frozen=True, eq=False)
class Caption:
    """A description. words: "word/POS" as texts files have them, () where none are known."""

    text: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows `start` to `stop` of a .npy file of features, read anew each time they are asked for."""

    path: Path
    start: int
    stop: int
    representation: Representation

    def __len__(self) -> int:
        return self.stop - self.start

    def read(self) -> Float32Array:
        """(T, D) float32. Raises FormatError, or InvalidMotionError for NaN, naming the file."""
        try:
            with self.path.open("rb") as file:
                array = np.load(file, allow_pickle=False)
            return check_features(array[self.start : self.stop], self.representation)
        except InvalidMotionError as error:
            raise InvalidMotionError(f"{self.path}: {error}; make the file again or leave it out") from error
        except (OSError, ValueError, EOFError) as error:
            raise FormatError(f"{self.path}: cannot be read ({error}): copy it again") from error


class CaptionedClip:
    """One clip: `id`, its features (T, D), unnormalised float32, and its captions, at least one.

    Sub-clips have an id of their own. Features may be given as rows of a file; then each access reads them.
    """

    __slots__ = ("_rows", "captions", "id")

    def __init__(self, id: str, features: Float32Array | StoredRows, captions: Sequence[Caption]) -> None:
        self.id = id
        self._rows = features
        self.captions = tuple(captions)

    def __repr__(self) -> str:
        return f"CaptionedClip({self.id!r}, {self.frames} frames, {len(self.captions)} captions)"

    @property
    def features(self) -> Float32Array:
        """(T, D), unnormalised."""
        return self._rows.read() if isinstance(self._rows, StoredRows) else self._rows

    @property
    def stamp(self) -> str:
        """Changes when the file does that the features are read from; "" for those in memory."""
        return file_stamp(self._rows.path) if isinstance(self._rows, StoredRows) else ""

    @property
    def frames(self) -> int:
        """T, without reading the features."""
        return len(self._rows)
