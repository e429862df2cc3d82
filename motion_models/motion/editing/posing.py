"""Key poses laid over a motion: what a model was never shown, told by where hands, feet and trunk are.

A `Gesture` is a cycle of poses. The trunk and the arms of the motion turn into each pose and out of the last,
bone by bone; the hips and the feet are moved, and the legs bent to fit (two-bone inverse kinematics). What no
pose speaks of goes on as before, so that somebody can walk with folded arms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ..features import FPS
from ..skeleton import JOINT, bone_vectors, directions, forward_positions
from .limbs import blended
from .planting import STRETCHED, middle_joint
from .stretch import MARGIN, Stretch, placed

Side = Literal["left", "right"]
#: What a hand's place is measured from; shoulder and ankle are those of its own side.
Anchor = Literal["head", "chest", "shoulder", "other shoulder", "hips", "ankle"]
Point = tuple[float, float, float]
_Values = npt.NDArray[np.float64]
_Numbers = npt.NDArray[np.int64]
_SIDES: tuple[Side, Side] = ("left", "right")

#: How far along the turn of the trunk each of its bones stands.
_TRUNK = {"spine1": 0.45, "spine2": 0.65, "spine3": 0.85}
_ARM = ("collar", "shoulder", "elbow", "wrist")
_ABOVE = (
    JOINT["neck"],
    JOINT["head"],
    *(JOINT[f"{side}_{joint}"] for side in _SIDES for joint in _ARM),
)


@dataclass(frozen=True)
class Reach:
    """Where a wrist is.

    at: metres outwards, up and ahead of the anchor. elbow: which way the elbow points, likewise. What is
    measured from the head, the chest or a shoulder turns with the chest.
    """

    to: Anchor
    at: Point
    elbow: Point = (0.5, -1.0, -0.2)


@dataclass(frozen=True)
class KeyPose:
    """One pose, as it differs from the motion that it is laid over.

    seconds: to get into the pose. hold: seconds in it. bend, lean, twist: of the trunk, degrees forward, and
    to the acting side. nod, tilt: of the head, likewise. hand, other_hand: wrists of the acting side and of
    the other. shrug: metres that the shoulders rise. drop, sway, ahead: of the hips, metres down, to the
    acting side and forward. foot, other_foot: metres outwards, up and forward. heel, other_heel: degrees
    that a heel is lifted about the ball of its foot.
    """

    seconds: float = 0.5
    hold: float = 0.0
    bend: float = 0.0
    lean: float = 0.0
    twist: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    hand: Reach | None = None
    other_hand: Reach | None = None
    shrug: float = 0.0
    drop: float = 0.0
    sway: float = 0.0
    ahead: float = 0.0
    foot: Point = (0.0, 0.0, 0.0)
    other_foot: Point = (0.0, 0.0, 0.0)
    heel: float = 0.0
    other_heel: float = 0.0

    def mirrored(self) -> KeyPose:
        """The same pose with the acting side and the other exchanged."""
        return replace(
            self,
            lean=-self.lean,
            twist=-self.twist,
            tilt=-self.tilt,
            hand=self.other_hand,
            other_hand=self.hand,
            sway=-self.sway,
            foot=self.other_foot,
            other_foot=self.foot,
            heel=self.other_heel,
            other_heel=self.heel,
        )


@dataclass(frozen=True)
class Gesture:
    """A cycle of key poses. alternates: each second cycle is done on the other side.

    times: how many cycles there are by themselves; back: seconds to get out of the last pose. stays: whether
    it ends in its last pose instead.
    """

    keys: tuple[KeyPose, ...]
    alternates: bool = False
    times: int = 1
    back: float = 0.5
    stays: bool = False

    @property
    def cycle(self) -> float:
        """Seconds of one cycle."""
        return sum(key.seconds + key.hold for key in self.keys)

    @property
    def is_held(self) -> bool:
        """Whether it is one pose, which lasts as long as is asked for."""
        return len(self.keys) == 1 and not self.alternates

    def seconds(self, times: int | None = None) -> float:
        """Its natural length, for so many cycles."""
        if times is not None and times > 1 and self.is_held:
            return self.repeated().seconds(times)
        return (times or self.times) * self.cycle + (0.0 if self.stays else self.back)

    def repeated(self) -> Gesture:
        """One pose as a cycle: into it and out of it."""
        out = KeyPose(seconds=self.back)
        return replace(self, keys=(*self.keys, out), stays=False) if self.is_held else self


@dataclass(frozen=True)
class _Moment:
    """A pose that is reached at a frame. number: of the poses that occur, -1 for the motion as it is."""

    frame: float
    number: int


def posed(stretch: Stretch, gesture: Gesture, side: Side, times: int | None = None) -> Stretch:
    """A motion with a gesture laid over it from its first frame to its last.

    One pose is held in between. Cycles are played `times`, or as often as fits. They are hurried to fit the
    time, or slowed down to fill it, but by no more than half: after them the motion goes on as it was, or
    stays in the last pose.
    """
    gesture = gesture.repeated() if times is not None and times > 1 else gesture
    poses = list(gesture.keys)
    if gesture.alternates:
        poses += [key.mirrored() for key in gesture.keys]
    moments = _schedule(gesture, stretch.frames, times)
    own = stretch.poses
    shapes = [own, *(_upper_body(own, pose, side) for pose in poses)]
    before, after, share = _between(moments, np.arange(len(own)) - MARGIN)
    body: _Values = np.array(own, dtype=np.float64)
    for first, second in sorted(set(zip(before.tolist(), after.tolist(), strict=True))):
        rows = np.flatnonzero((before == first) & (after == second))
        body[rows] = blended(shapes[first + 1][rows], shapes[second + 1][rows], share[rows, None, None])
    still = KeyPose()
    low = _Lower.of([still, *poses], side).between(before + 1, after + 1, share)
    return replace(stretch, joints=placed(stretch.roots, _with_legs(body, own, low)))


def _schedule(gesture: Gesture, frames: int, times: int | None) -> list[_Moment]:
    """When each pose is reached and left: numbers of poses, -1 at either end."""
    back = 0.0 if gesture.stays else gesture.back * FPS
    room = max(1.0, frames - 1 - back)
    if gesture.is_held:
        into = min(gesture.keys[0].seconds * FPS, 0.5 * room)
        return [_Moment(0, -1), _Moment(into, 0), _Moment(room, 0), _end(gesture, room + back, frames, 0)]
    cycle = gesture.cycle * FPS
    count = times or max(1, round(room / cycle))
    pace = min(room / (count * cycle), 1.5)
    moments, now = [_Moment(0, -1)], 0.0
    for number in range(count):
        first = len(gesture.keys) * (number % 2) if gesture.alternates else 0
        for index, key in enumerate(gesture.keys):
            now += key.seconds * FPS * pace
            moments.append(_Moment(now, first + index))
            if key.hold:
                now += key.hold * FPS * pace
                moments.append(_Moment(now, first + index))
    return [*moments, _end(gesture, now + back, frames, moments[-1].number)]


def _end(gesture: Gesture, now: float, frames: int, last: int) -> _Moment:
    """Out of the last pose at a frame, or in it until past the last row."""
    return _Moment(max(now, frames) + MARGIN, last) if gesture.stays else _Moment(now, -1)


def _between(moments: Sequence[_Moment], frames: _Numbers) -> tuple[_Numbers, _Numbers, _Values]:
    """For each frame the pose before it, the one after it, and how far it is from one to the other, eased."""
    at = np.array([moment.frame for moment in moments])
    numbers = np.array([moment.number for moment in moments])
    index = np.clip(np.searchsorted(at, frames, side="right") - 1, 0, len(at) - 2)
    share = np.clip((frames - at[index]) / np.maximum(at[index + 1] - at[index], 1e-6), 0.0, 1.0)
    return numbers[index], numbers[index + 1], share * share * (3 - 2 * share)


def _upper_body(own: FloatArray, pose: KeyPose, side: Side) -> _Values:
    """Every row of a motion (R, 22, 3), facing +Z, with the trunk, the head and the arms of a pose."""
    way = _sign(side)
    vectors = np.array(bone_vectors(own))
    turn = np.radians([pose.bend, way * pose.twist, -way * pose.lean])
    for name, part in _TRUNK.items():
        vectors[:, JOINT[name]] = Rotation.from_rotvec(part * turn).apply(vectors[:, JOINT[name]])
    whole = Rotation.from_rotvec(turn)
    for joint in _ABOVE:
        vectors[:, joint] = whole.apply(vectors[:, joint])
    head = Rotation.from_rotvec(np.radians([pose.nod, 0.0, -way * pose.tilt]))
    vectors[:, JOINT["head"]] = (whole * head * whole.inv()).apply(vectors[:, JOINT["head"]])
    for shoulder in (JOINT["left_shoulder"], JOINT["right_shoulder"]):
        raised = vectors[:, shoulder] + whole.apply([0.0, pose.shrug, 0.0])
        vectors[:, shoulder] = directions(raised) * _lengths(vectors[:, shoulder])
    joints: _Values = np.asarray(forward_positions(own[:, 0], vectors), dtype=np.float64)
    hands: Mapping[Side, Reach | None] = {side: pose.hand, _other(side): pose.other_hand}
    for each, reach in hands.items():
        if reach is not None:
            _reach(joints, reach, each, whole)
    return joints


def _reach(joints: _Values, reach: Reach, side: Side, chest: Rotation) -> None:
    """Bend an arm, in place, so that its wrist is where it should be, or as near as it gets."""
    shoulder, elbow, wrist = (JOINT[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    anchors = {
        "head": JOINT["head"], "chest": JOINT["spine3"], "shoulder": shoulder, "hips": JOINT["pelvis"],
        "other shoulder": JOINT[f"{_other(side)}_shoulder"], "ankle": JOINT[f"{side}_ankle"],
    }  # fmt: skip
    turn = Rotation.identity() if reach.to in ("hips", "ankle") else chest
    outward = np.array([_sign(side), 1.0, 1.0])
    target = joints[:, anchors[reach.to]] + turn.apply(outward * reach.at)
    pole = np.broadcast_to(turn.apply(outward * reach.elbow), target.shape)
    bones = _lengths(joints[:, elbow] - joints[:, shoulder]), _lengths(joints[:, wrist] - joints[:, elbow])
    length = STRETCHED * (bones[0] + bones[1])
    joints[:, elbow], joints[:, wrist] = _two_bones(joints[:, shoulder], bones, target, pole, length)


@dataclass(frozen=True, eq=False)
class _Lower:
    """What P poses say of hips and feet: (P, 3) in metres, as the body faces +Z; (P,) of heels in radians."""

    hips: FloatArray
    left_foot: FloatArray
    right_foot: FloatArray
    left_heel: FloatArray
    right_heel: FloatArray

    @classmethod
    def of(cls, poses: Sequence[KeyPose], side: Side) -> _Lower:
        way = _sign(side)
        hips = np.array([[way * pose.sway, -pose.drop, pose.ahead] for pose in poses])
        outward = np.array([way, 1.0, 1.0])
        acting = np.array([pose.foot for pose in poses]) * outward
        other = np.array([pose.other_foot for pose in poses]) * outward * [-1.0, 1.0, 1.0]
        heels = np.radians([[pose.heel, pose.other_heel] for pose in poses])
        feet, lifts = [acting, other], [heels[:, 0], heels[:, 1]]
        left = 0 if side == "left" else 1
        return cls(hips, feet[left], feet[1 - left], lifts[left], lifts[1 - left])

    def between(self, before: _Numbers, after: _Numbers, share: FloatArray) -> _Lower:
        """The same for each row, so far between two of the poses."""
        mixed = []
        for field in fields(self):
            values = getattr(self, field.name)
            part = share.reshape(-1, *[1] * (values.ndim - 1))
            mixed.append(values[before] * (1 - part) + values[after] * part)
        return _Lower(*mixed)


def _with_legs(body: _Values, own: FloatArray, low: _Lower) -> _Values:
    """Rows with hips and feet moved and the legs bent to fit. own: the motion before, which has the feet."""
    moved = [low.hips, low.left_foot, low.right_foot, low.left_heel, low.right_heel]
    if not any(values.any() for values in moved):
        return body
    body = body + low.hips[:, None, :]
    steps, lifts = (low.left_foot, low.right_foot), (low.left_heel, low.right_heel)
    for side, step, lift in zip(_SIDES, steps, lifts, strict=True):
        hip, knee, ankle, foot = (JOINT[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
        ball = own[:, foot] + step
        sole = own[:, ankle] - own[:, foot]
        heel = ball + Rotation.from_rotvec(np.outer(lift, [1.0, 0.0, 0.0])).apply(sole)
        # The knee points where it did, and the more the leg is moved, the more straight ahead.
        moved = (heel - own[:, ankle]) - (body[:, hip] - own[:, hip])
        way = directions(own[:, ankle] - own[:, hip])
        thigh = own[:, knee] - own[:, hip]
        pole = thigh - np.sum(thigh * way, axis=-1, keepdims=True) * way
        pole = pole + _lengths(moved) * [0.06 * _sign(side), -0.4, 1.0]
        bones = _lengths(thigh), _lengths(own[:, ankle] - own[:, knee])
        reach = np.maximum(STRETCHED * (bones[0] + bones[1]), _lengths(own[:, ankle] - own[:, hip]))
        body[:, knee], body[:, ankle] = _two_bones(body[:, hip], bones, heel, pole, reach)
        body[:, foot] = body[:, ankle] + ball - heel
    return body


def _two_bones(
    root: FloatArray,
    bones: tuple[_Values, _Values],
    target: FloatArray,
    pole: FloatArray,
    longest: FloatArray,
) -> tuple[_Values, _Values]:
    """Where the middle and the end of a limb are, (R, 3), with the end at a target or as near as it gets.

    bones: lengths (R, 1) of the upper and the lower one. longest: (R, 1), how far it is stretched at most.
    The middle joint points along the pole.
    """
    upper, lower = bones
    far = np.clip(_lengths(target - root), np.abs(upper - lower) + 1e-3, longest)
    reach = far * directions(target - root)
    return root + middle_joint(reach, pole, upper, lower), root + reach


def _lengths(vectors: FloatArray) -> _Values:
    return np.linalg.norm(vectors, axis=-1, keepdims=True)


def _sign(side: Side) -> float:
    """Which way is outwards on a side: +X is to the left."""
    return 1.0 if side == "left" else -1.0


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"
