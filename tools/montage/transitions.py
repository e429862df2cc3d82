"""What leads from one motion over into the next: the way with the lowest boundary cost among several.

A way is a path of the features from the last frame before to the first frame after, made into tokens beside
their neighbours, so that the whole motion is still decoded at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ...motion_models.motion.continuity import jerk, local_steps, sliding
from ...motion_models.motion.features import (
    FRAMES_PER_TOKEN,
    ROOT_VELOCITY_XZ,
    ROOT_YAW_VELOCITY,
    recover_joints,
)
from ..batching import Tokens
from ..services import Services

Features = npt.NDArray[np.floating]
Path = Callable[[Features, Features, npt.NDArray[np.float64]], Features]

#: How much of either motion is looked at, in tokens; what lies further away hardly changes the boundary.
VIEW_TOKENS = 8
#: Frames before and after a way whose smoothness counts too (0.4 s).
EDGE_FRAMES = 8
#: What peak jerk (metres a frame^3) and displacement (metres a frame) are about inside generated actions.
TYPICAL_JERK, TYPICAL_STEP = 0.03, 0.018
#: The speed at either end leads on into a way for so many frames at most; longer, it overshoots.
MOMENTUM_FRAMES = 8


def connecting(services: Services, before: Tokens, after: Tokens, count: int) -> Tokens:
    """`count` tokens that lead from `before` over into `after`, both left as they are."""
    if count == 0:
        return ()
    left, right = before[-VIEW_TOKENS:], after[:VIEW_TOKENS]
    start, end = services.decode_all([left, right])
    ways = list(dict.fromkeys(_encoded(services, start, path, end, count) for path in PATHS))
    costs = boundary_costs(services, [(left, way, right) for way in ways])
    return ways[costs.index(min(costs))]


def boundary_costs(services: Services, boundaries: Sequence[tuple[Tokens, Tokens, Tokens]]) -> list[float]:
    """How rough and slippery the motion is at each boundary (before, way, after).

    Peak jerk and peak displacement, each in units of what it is inside actions, and the share of frames in
    which a foot slides.
    """
    seen = [(before[-VIEW_TOKENS:], way, after[:VIEW_TOKENS]) for before, way, after in boundaries]
    decoded = services.decode_all([left + way + right for left, way, right in seen])
    return [_cost(features, left, way) for features, (left, way, _) in zip(decoded, seen, strict=True)]


def _cost(features: Features, left: Tokens, way: Tokens) -> float:
    """Of the boundary that `way` makes after `left`; features (T, 263) of both and of what follows."""
    joints = recover_joints(features)
    first = max(0, FRAMES_PER_TOKEN * len(left) - EDGE_FRAMES)
    near = slice(first, FRAMES_PER_TOKEN * len(left + way) + EDGE_FRAMES)
    slides = sliding(joints[near], floor=float(joints[..., 1].min()))
    peaks = jerk(joints[near]).max() / TYPICAL_JERK + local_steps(features[near]).max() / TYPICAL_STEP
    return float(peaks + slides.mean())


def _encoded(services: Services, start: Features, path: Path, end: Features, count: int) -> Tokens:
    """The `count` tokens of a path, encoded between its neighbours."""
    shares = np.linspace(0, 1, FRAMES_PER_TOKEN * count + 2)[1:-1, None]
    whole = np.concatenate([start, path(start, end, shares), end]).astype(np.float32)
    first = len(start) // FRAMES_PER_TOKEN
    return services.encode(whole)[first : first + count]


def _straight(start: Features, end: Features, shares: npt.NDArray[np.float64]) -> Features:
    """Every feature at an even pace. shares: how far along each frame lies, in (0, 1); (T, 1)."""
    return (1 - shares) * start[-1] + shares * end[0]


def _curved(start: Features, end: Features, shares: npt.NDArray[np.float64]) -> Features:
    """The cubic that leaves with the speed of the motion before and arrives with that of the one after."""
    t, frames = shares, min(len(shares) + 1, MOMENTUM_FRAMES)
    leaving = (start[-1] - start[-FRAMES_PER_TOKEN]) / (FRAMES_PER_TOKEN - 1) * frames
    arriving = (end[FRAMES_PER_TOKEN - 1] - end[0]) / (FRAMES_PER_TOKEN - 1) * frames
    return (
        (2 * t**3 - 3 * t**2 + 1) * start[-1]
        + (t**3 - 2 * t**2 + t) * leaving
        + (3 * t**2 - 2 * t**3) * end[0]
        + (t**3 - t**2) * arriving
    )


def _slowing(path: Path) -> Path:
    """The same poses while the body slows down towards the middle, so that feet that stand do not slide."""

    def slower(start: Features, end: Features, shares: npt.NDArray[np.float64]) -> Features:
        way, pace = path(start, end, shares), np.abs(2 * shares - 1)
        way[:, ROOT_YAW_VELOCITY] *= pace
        way[:, ROOT_VELOCITY_XZ] *= pace
        return way

    return slower


PATHS: tuple[Path, ...] = (_curved, _straight, _slowing(_curved), _slowing(_straight))
