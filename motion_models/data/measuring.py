"""What a motion measurably does: how far and how fast it goes, how much it turns, how often it jumps.

Angles are the body's heading seen from above: positive is a turn to the left (facing +Z, the left is +X).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, label

from ..arrays import FloatArray, IntArray
from ..motion.features import FPS, facing_directions
from ..motion.skeleton import JOINT, LEFT_FEET, RIGHT_FEET

#: Slower than this is standing (m/s of the smoothed root).
STANDING_SPEED = 0.25
#: Feet this much above their height in standing are in the air, metres.
_FLIGHT_HEIGHT = 0.06
_SMOOTHING_PAD = 12


@dataclass(frozen=True)
class StretchMeasures:
    """What was measured over one stretch of motion.

    forward, left: metres gone along the starting direction of the body and to its left. path: metres of the
    root's way over ground. turn: degrees of heading change, left positive. upright: whether the pelvis kept a
    standing person's height. moving: share of the frames in which the root moved. still_start, still_end:
    seconds of standing at the ends. backward: share of moving frames in which the body went backward.
    sideways: the same for sidesteps.
    """

    seconds: float
    forward: float
    left: float
    path: float
    turn: float
    upright: bool
    moving: float
    still_start: float
    still_end: float
    backward: float
    sideways: float

    @property
    def speed(self) -> float:
        """Mean speed in m/s while moving."""
        return self.path / max(self.seconds * self.moving, 1e-6)

    def mirrored(self) -> StretchMeasures:
        return replace(self, left=-self.left, turn=-self.turn)

    def at_speed(self, factor: float) -> StretchMeasures:
        """The same stretch played `factor` times as fast."""
        return replace(
            self,
            seconds=self.seconds / factor,
            still_start=self.still_start / factor,
            still_end=self.still_end / factor,
        )


class Track:
    """A trial's root over ground, smoothed once, so that many stretches of it are measured cheaply.

    joints: (T, 22, 3) metres at 20 fps.
    """

    def __init__(self, joints: FloatArray) -> None:
        facing = facing_directions(joints.astype(np.float64))
        self.heading = _smooth(np.unwrap(np.arctan2(facing[:, 0], facing[:, 2])))
        self.ground = _smooth(joints[:, 0, [0, 2]].astype(np.float64))
        self.height = joints[:, JOINT["pelvis"], 1]
        self.lean = joints[:, JOINT["head"], 1] - joints[:, JOINT["pelvis"], 1]

    def measure(self, start: int, end: int) -> StretchMeasures:
        """Measure frames [start, end), at least four of them."""
        ground, heading = self.ground[start:end], self.heading[start:end]
        steps = np.diff(ground, axis=0)
        speed = np.linalg.norm(steps, axis=1) * FPS
        moves = speed > STANDING_SPEED
        edge = min(5, len(heading) // 2)
        ahead = _along(steps, heading[:-1])
        aside = _along(steps, heading[:-1] + np.pi / 2)
        first = float(np.median(heading[:edge]))
        net = ground[-1] - ground[0]
        standing = np.flatnonzero(moves)
        return StretchMeasures(
            seconds=(end - start) / FPS,
            forward=float(_along(net[None], np.array([first]))[0]),
            left=float(_along(net[None], np.array([first + np.pi / 2]))[0]),
            path=float(np.linalg.norm(steps, axis=1)[moves].sum()),
            turn=float(np.degrees(np.median(heading[-edge:]) - first)),
            upright=bool(self.height[start:end].min() > 0.7 and self.lean[start:end].min() > 0.3),
            moving=float(moves.mean()),
            still_start=float(standing[0] / FPS) if len(standing) else (end - start) / FPS,
            still_end=float((len(moves) - 1 - standing[-1]) / FPS) if len(standing) else (end - start) / FPS,
            backward=_share(ahead < -0.5 * np.abs(aside), moves),
            sideways=_share(np.abs(aside) > 1.5 * np.abs(ahead), moves),
        )


def _smooth(values: FloatArray) -> FloatArray:
    """Gaussian smoothing (3 frames) along time; the ends stay, being continued by symmetry."""
    pad = min(_SMOOTHING_PAD, len(values) - 1)
    padded = np.pad(values, [(pad, pad)] + [(0, 0)] * (values.ndim - 1), mode="reflect", reflect_type="odd")
    return gaussian_filter1d(padded, 3, axis=0)[pad : pad + len(values)]


def measure(joints: FloatArray) -> StretchMeasures:
    """Measure a whole clip (T, 22, 3) at 20 fps, T >= 4."""
    return Track(joints).measure(0, len(joints))


def _along(vectors: FloatArray, heading: FloatArray) -> FloatArray:
    """Components (N,) of ground vectors (N, 2; x and z) along headings (N,)."""
    return vectors[:, 0] * np.sin(heading) + vectors[:, 1] * np.cos(heading)


def _share(condition: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> float:
    return float(condition[among].mean()) if among.any() else 0.0


@dataclass(frozen=True)
class Jumps:
    """Flights in a clip: how many, the highest rise of the pelvis and the farthest flight, metres."""

    count: int
    height: float
    length: float


def measure_jumps(joints: FloatArray) -> Jumps:
    """Find the flights of a clip (T, 22, 3): both feet off the ground for at least three frames."""
    feet = joints[:, [*LEFT_FEET, *RIGHT_FEET], 1]
    ground = np.percentile(feet, 10, axis=0)
    flying = (feet - ground > _FLIGHT_HEIGHT).all(axis=1)
    regions, count = cast(tuple[IntArray, int], label(flying))
    spans = [np.flatnonzero(regions == i + 1) for i in range(count)]
    spans = [span for span in spans if len(span) >= 3 and span[0] > 0 and span[-1] < len(joints) - 1]
    if not spans:
        return Jumps(0, 0.0, 0.0)
    standing = float(np.percentile(joints[:, 0, 1], 75))
    rises = [float(joints[span, 0, 1].max()) - standing for span in spans]
    flights = [
        float(np.linalg.norm(np.subtract(joints[span[-1], 0, [0, 2]], joints[span[0], 0, [0, 2]])))
        for span in spans
    ]
    return Jumps(len(spans), max(rises), max(flights))
