"""Where recorded people come to rest, so that stretches can be cut to begin and end there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..arrays import FloatArray
from .features import FPS

#: Mean speed of the joints in which a body rests, m/s.
REST_SPEED = 0.15
#: How far a cut may move to reach a rest, and how much of the rest is shown, frames.
_REACH, _SHOWN = 12, 4


def resting(joints: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether the body (T, 22, 3) rests, by frame (T,)."""
    if len(joints) < 3:
        return np.zeros(len(joints), dtype=bool)
    speed = np.linalg.norm(np.gradient(joints, axis=0), axis=-1).mean(axis=-1) * FPS
    return gaussian_filter1d(speed, 1.5) < REST_SPEED


def cut_at_rest(rests: npt.NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Frames [first, last) moved out to the rests right before and right after them; else as they are."""
    return _outwards(rests, first, -1, 0), _outwards(rests, last - 1, 1, len(rests) - 1) + 1


def _outwards(rests: npt.NDArray[np.bool_], frame: int, step: int, bound: int) -> int:
    """The frame a little inside the rest that is nearest in one direction; the same frame without one."""
    found = frame
    while not rests[found]:
        if found == bound or abs(found - frame) == _REACH:
            return frame
        found += step
    shown = 0
    while shown < _SHOWN and found != bound and rests[found + step]:
        found += step
        shown += 1
    return found
