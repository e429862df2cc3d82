"""When a gesture is in which of its poses: each cycle's poses one after another, hurried or slowed to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..features import FPS
from .keyposes import Gesture, KeyPose, Side, lasting
from .stretch import HERE, MARGIN, Place, compose

#: Cycles are slowed down to fill a longer time, by so much at most.
SLOWEST = 1.5

_STILL = KeyPose()


@dataclass(frozen=True, eq=False)
class Moment:
    """A pose of the left or the right side that is reached at a frame.

    pose: as if the acting side were the left one. start: where its cycle began.
    """

    frame: float
    pose: KeyPose
    start: Place = field(default_factory=lambda: HERE)


def moments(
    gesture: Gesture, frames: int, side: Side, times: int | None, sides: Sequence[Side] = ()
) -> list[Moment]:
    """When each pose is reached and left, from the motion as it is on.

    sides: the acting side of each cycle, where they are not all on one.
    """
    back = 0.0 if gesture.stays else gesture.back * FPS
    around = (lasting(gesture.into) + lasting(gesture.out)) * FPS
    room = max(1.0, frames - 1 - back)
    found = _Row([Moment(0, _STILL)])
    if gesture.is_held:
        pace = min(1.0, 0.5 * room / max(around + gesture.keys[0].seconds * FPS, 1e-6))
        found.add(_on(side, gesture.into), pace)
        [pose] = _on(side, gesture.keys)
        found.reach(pose, pose.seconds * FPS * pace)
        found.reach(pose, max(0.0, room - lasting(gesture.out) * FPS * pace - found.now))
        found.add(_on(side, gesture.out), pace)
        return found.ended(gesture, frames, back)
    count = len(sides) or times or max(1, round((room - around) / (gesture.cycle * FPS)))
    pace = min(room / (count * gesture.cycle * FPS + around), SLOWEST)
    found.add(_on(side, gesture.into), pace)
    for number in range(count):
        acting = sides[number] if sides else side
        if gesture.alternates and number % 2:
            acting = _other(acting)
        found.add(_on(acting, gesture.keys), pace)
        if gesture.travels:
            found.go_on(acting)
    found.add(_on(side, gesture.out), pace)
    return found.ended(gesture, frames, back)


class _Row:
    """Moments one after another. now: the frame of the last; start: where the cycle of the next begins."""

    def __init__(self, moments: list[Moment]) -> None:
        self.moments = moments
        self.now, self.start = moments[-1].frame, HERE

    def reach(self, pose: KeyPose, frames: float) -> None:
        self.now += frames
        self.moments.append(Moment(self.now, pose, self.start))

    def add(self, poses: Sequence[KeyPose], pace: float) -> None:
        """Poses, each reached and held for its time. pace: how many times as long that is."""
        for pose in poses:
            self.reach(pose, pose.seconds * FPS * pace)
            if pose.hold:
                self.reach(pose, pose.hold * FPS * pace)

    def go_on(self, side: Side) -> None:
        """From where the last pose has led."""
        last = self.moments[-1].pose
        self.start = compose(self.start, np.array([last.sway, last.ahead, np.radians(last.turn)]))

    def ended(self, gesture: Gesture, frames: int, back: float) -> list[Moment]:
        """With the way out of the last pose, or in it until past the last row."""
        if gesture.stays:
            self.reach(self.moments[-1].pose, max(0.0, frames - self.now) + MARGIN)
        else:
            self.reach(_STILL, back)
        return self.moments


def between(
    found: Sequence[Moment], frames: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For each frame the number of the moment before it, and how far it is to the next one, eased."""
    at = np.array([moment.frame for moment in found])
    index = np.clip(np.searchsorted(at, frames, side="right") - 1, 0, len(at) - 2)
    share = np.clip((frames - at[index]) / np.maximum(at[index + 1] - at[index], 1e-6), 0.0, 1.0)
    return index, share * share * (3 - 2 * share)


def _on(side: Side, poses: Sequence[KeyPose]) -> list[KeyPose]:
    """Poses as if the acting side were the left one."""
    return [pose if side == "left" else pose.mirrored() for pose in poses]


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"
