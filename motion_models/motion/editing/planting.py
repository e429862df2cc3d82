"""Feet that stand are held where they stand, by bending the leg: less skating, and nothing under the floor.

The root goes where it went, and what is above the hips stays as it is. A foot stands while its ball is low
and slow. It is held at the place where it lingers most, and comes to it and leaves it within a few frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_closing, binary_opening

from ...arrays import FloatArray
from ..features import FPS
from ..skeleton import JOINT
from .stretch import Stretch

#: A foot stands while its ball is lower than this above the floor (metres) and slower (metres a second).
STANDING_HEIGHT, STANDING_SPEED = 0.07, 0.7
#: Shorter stands are a foot that passes, in frames; gaps as short are noise in one stand.
SHORTEST_STAND = 3
#: Frames within which a foot comes to where it stands, and leaves it.
EASING = 6
#: How far a foot is moved at most (metres): one that slides further was never meant to stand.
FURTHEST = 0.25
#: How much of its length a leg is stretched to at most.
STRETCHED = 0.995

_LEGS = tuple(
    tuple(JOINT[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot")) for side in ("left", "right")
)


def with_held_feet(stretch: Stretch, before: Stretch | None = None) -> Stretch:
    """A stretch on the floor at y = 0 whose standing feet are held. before: see `like` of `planted`."""
    like = None if before is None else before.joints
    return replace(stretch, joints=planted(stretch.joints, like=like))


def planted(
    joints: FloatArray, floor: float = 0.0, like: FloatArray | None = None
) -> npt.NDArray[np.float64]:
    """Joints (T, 22, 3) whose standing feet are held in place. floor: its height in metres.

    like: the same motion before its path was changed, (T, 22, 3), which tells when its feet stand.
    """
    held = np.array(joints, dtype=np.float64)
    known = joints if like is None else like
    for leg in _LEGS:
        ball = held[:, leg[3]]
        moves = np.zeros_like(ball)
        moves[:, [0, 2]] = _corrections(ball, standing(known[:, leg[3]], floor))
        moves[:, 1] = np.maximum(0.0, floor - ball[:, 1])
        _bend(held, leg, moves)
    return held


def standing(ball: FloatArray, floor: float = 0.0) -> npt.NDArray[np.bool_]:
    """The frames (T,) in which the ball of a foot (T, 3) stands."""
    if len(ball) < 2:
        return np.zeros(len(ball), dtype=bool)
    speed = np.linalg.norm(np.gradient(ball[:, [0, 2]], axis=0), axis=-1) * FPS
    still = (ball[:, 1] < floor + STANDING_HEIGHT) & (speed < STANDING_SPEED)
    steady = np.ones(SHORTEST_STAND, dtype=bool)
    return np.asarray(binary_opening(binary_closing(still, steady), steady), dtype=bool)


def _corrections(ball: FloatArray, stands: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How each frame's foot is moved over the ground (T, 2), so that it stands still where it stands."""
    moves, weights = np.zeros((len(ball), 2)), np.zeros(len(ball))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], stands.view(np.int8), [0]])))
    frames = np.arange(len(ball))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        way = ball[start:end][:, [0, 2]]
        offset = np.median(way, axis=0) - way
        offset *= np.minimum(1.0, FURTHEST / np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-9))
        inside = np.clip(frames, start, end - 1) - start
        away = np.maximum(0, np.maximum(start - frames, frames - (end - 1)))
        share = 1 - np.clip(away / (EASING + 1), 0.0, 1.0)
        share = share * share * (3 - 2 * share)
        moves += share[:, None] * offset[inside]
        weights += share
    return moves / np.maximum(weights, 1.0)[:, None]


def _bend(joints: npt.NDArray[np.float64], leg: tuple[int, ...], moves: FloatArray) -> None:
    """Move the ankle and the ball of a leg by `moves` (T, 3), in place, and its knee along."""
    hip, knee, ankle, ball = (joints[:, joint] for joint in leg)
    thigh = np.linalg.norm(knee - hip, axis=-1, keepdims=True)
    shin = np.linalg.norm(ankle - knee, axis=-1, keepdims=True)
    target = ankle + moves
    reach = target - hip
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    most = np.maximum(STRETCHED * (thigh + shin), np.linalg.norm(ankle - hip, axis=-1, keepdims=True))
    reach *= np.minimum(1.0, most / np.maximum(distance, 1e-9))
    changed = (moves != 0).any(axis=-1)
    foot = ball - ankle
    joints[changed, leg[1]] = (hip + middle_joint(reach, knee - hip, thigh, shin))[changed]
    joints[changed, leg[2]] = (hip + reach)[changed]
    joints[changed, leg[3]] = (hip + reach + foot)[changed]


def middle_joint(reach: FloatArray, before: FloatArray, thigh: FloatArray, shin: FloatArray) -> FloatArray:
    """Where a knee is (T, 3), seen from the hip, for an ankle at `reach`: bent the way it was bent before.

    An elbow likewise, seen from the shoulder. before: (T, 3), how it bends; thigh, shin: lengths (T, 1).
    """
    distance = np.maximum(np.linalg.norm(reach, axis=-1, keepdims=True), 1e-9)
    along = reach / distance
    near = (thigh**2 - shin**2 + distance**2) / (2 * distance)
    out = before - np.sum(before * along, axis=-1, keepdims=True) * along
    out /= np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9)
    return near * along + np.sqrt(np.maximum(thigh**2 - near**2, 0.0)) * out
