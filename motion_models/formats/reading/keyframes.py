"""Key frames between which a format interpolates, and their values at any time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ...errors import FormatError

#: Key times are single precision: a key that comes this much later, in seconds, has come.
_ROUNDED = 1e-4


@dataclass(frozen=True, eq=False)
class Track:
    """times: (K,), seconds, rising. values: (K, N), or (3 K, N) with tangents where it is cubic."""

    times: FloatArray
    values: FloatArray
    interpolation: str

    def check(self, width: int, path: Path) -> None:
        """Raise FormatError where times and values do not fit each other."""
        keys = len(self.values) // 3 if self.interpolation == "CUBICSPLINE" else len(self.values)
        if self.values.shape[1] != width or keys != len(self.times):
            raise FormatError(
                f"{path.name}: {len(self.times)} key times do not fit values of shape {self.values.shape}"
            )
        if (np.diff(self.times) < 0).any():
            raise FormatError(f"{path.name}: the times of key frames do not rise")

    def at(self, times: FloatArray) -> FloatArray:
        """Values (T, N) at times (T,); the first and last value beyond the ends. Quaternions turn evenly."""
        last = len(self.times) - 1
        low = np.clip(np.searchsorted(self.times, times + _ROUNDED, side="right") - 1, 0, last)
        high = np.minimum(low + 1, last)
        span = self.times[high] - self.times[low]
        share = np.clip((times - self.times[low]) / np.where(span > 0, span, 1.0), 0, 1)[:, None]
        share = np.where(span[:, None] > 0, share, 0.0)
        if self.interpolation == "STEP":
            return self.values[low]
        if self.interpolation == "CUBICSPLINE":
            return self._cubic(low, high, share, span[:, None])
        if self.values.shape[1] == 4:
            return _between_turns(self.values[low], self.values[high], share)
        return self.values[low] * (1 - share) + self.values[high] * share

    def _cubic(self, low: np.ndarray, high: np.ndarray, share: FloatArray, span: FloatArray) -> FloatArray:
        into, at, out = (self.values[part::3] for part in range(3))
        s2, s3 = share**2, share**3
        return (
            (2 * s3 - 3 * s2 + 1) * at[low]
            + span * (s3 - 2 * s2 + share) * out[low]
            + (-2 * s3 + 3 * s2) * at[high]
            + span * (s3 - s2) * into[high]
        )


def sampled(track: Track | None, default: FloatArray, times: FloatArray) -> FloatArray:
    """Values (T, N) of a track at times (T,); the default (1, N) where nothing moves."""
    return default[None] if track is None else track.at(times)


def _between_turns(first: FloatArray, second: FloatArray, share: FloatArray) -> FloatArray:
    """Quaternions (T, 4) a share (T, 1) of the way from the first to the second, the shorter way."""
    safe = [
        np.where(np.linalg.norm(each, axis=-1, keepdims=True) > 1e-9, each, [0.0, 0.0, 0.0, 1.0])
        for each in (first, second)
    ]
    start, end = map(Rotation.from_quat, safe)
    step = (start.inv() * end).as_rotvec()
    return (start * Rotation.from_rotvec(step * share)).as_quat()
