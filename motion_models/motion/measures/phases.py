"""Where one thing ends and another begins in a motion: stretches of going, turning, staying, being low.

Same input and conventions as `kinematics.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...arrays import FloatArray
from ..features import FPS
from .events import Span, runs
from .kinematics import heading, pelvis_heights, smooth, speeds

#: Pelvis lower than this (metres): sitting, kneeling, lying.
LOW = 0.65
#: Faster than this (metres a second) is going somewhere, and turning (degrees a second) on the spot.
GOING, TURNING = 0.4, 45.0
#: A joint that moves faster than this (metres a second) as the body does not is doing something.
ACTING = 0.5
#: Nothing shorter than this is a phase of its own, frames (1 s).
LEAST = 20


def phases(joints: FloatArray) -> list[Span]:
    """A motion (T, 22, 3) as stretches in each of which one kind of thing goes on; they cover all of it."""
    if len(joints) < 2 * LEAST:
        return [(0, len(joints))]
    kinds = _kinds(joints)
    while len(spans := _spans(kinds)) > 1:
        first, last = min(spans, key=lambda span: span[1] - span[0])
        if last - first >= LEAST:
            break
        beside = [n for n in (first - 1, last) if 0 <= n < len(kinds)]
        lengths = {kinds[n]: next(b - a for a, b in spans if a <= n < b) for n in beside}
        kinds[first:last] = max(lengths, key=lambda kind: lengths[kind])
    return _spans(kinds)


def _kinds(joints: FloatArray) -> npt.NDArray[np.int64]:
    """What goes on in each frame, as a number; (T,)."""
    low = pelvis_heights(joints) < LOW
    going = np.append(smooth(speeds(joints), 4.0), 0.0) > GOING
    rate = np.abs(np.gradient(np.degrees(heading(joints)))) * FPS
    turning = smooth(rate, 3.0) > TURNING
    local = joints - joints[:, :1]
    fastest = np.linalg.norm(np.gradient(smooth(local, 1.0), axis=0), axis=-1).max(axis=1) * FPS
    acting = smooth(fastest, 5.0) > ACTING
    going[-1] = going[-2]
    return np.select([low, going, turning, acting], [1, 2, 3, 4], default=0)


def _spans(kinds: npt.NDArray[np.int64]) -> list[Span]:
    return sorted(span for kind in np.unique(kinds) for span in runs(kinds == kind))
