"""Key poses laid over a motion: what a model was never shown, told by where hands, feet and trunk are.

A `Gesture` is a cycle of poses. The trunk and the arms of the motion turn into each pose and out of the last,
bone by bone; the hips and the feet are moved, and the legs bent to fit (two-bone inverse kinematics). What no
pose speaks of goes on as before, so that somebody can walk with folded arms. All poses here are those of the
left side: `moments` has mirrored those of the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ..skeleton import JOINT, bone_vectors, directions, forward_positions
from .keyposes import Gesture, KeyPose, Reach, Side
from .limbs import blended
from .moments import Moment, between, moments
from .planting import STRETCHED, middle_joint
from .stretch import MARGIN, Place, Stretch, compose, inverse, placed

_Values = npt.NDArray[np.float64]
_Numbers = npt.NDArray[np.int64]
_SIDES: tuple[Side, Side] = ("left", "right")

#: How far along the turn of the trunk each of its bones stands.
_TRUNK = {"spine1": 0.45, "spine2": 0.65, "spine3": 0.85}
#: Where the ball of a foot is that stands square under the body: metres outwards and ahead of its middle.
SQUARE = (0.09, 0.04)
_HIPS = (JOINT["left_hip"], JOINT["right_hip"])
_ARM = ("collar", "shoulder", "elbow", "wrist")
_ABOVE = (
    JOINT["neck"],
    JOINT["head"],
    *(JOINT[f"{side}_{joint}"] for side in _SIDES for joint in _ARM),
)


def posed(
    stretch: Stretch, gesture: Gesture, side: Side, times: int | None = None, sides: Sequence[Side] = ()
) -> Stretch:
    """A motion with a gesture laid over it from its first frame to its last.

    One pose is held in between. Cycles are played `times`, or as often as fits; sides: the acting side of
    each, where they are not all on one. They are hurried to fit the time, or slowed down to fill it, but by
    no more than half: after them the motion goes on as it was, or stays in the last pose.
    """
    gesture = gesture.repeated() if times is not None and times > 1 else gesture
    found = moments(gesture, stretch.frames, side, times, sides)
    poses = list(dict.fromkeys(moment.pose for moment in found))
    numbers = np.array([poses.index(moment.pose) for moment in found])
    own = stretch.poses
    shapes = [_upper_body(own, pose) for pose in poses]
    before, share = between(found, np.arange(len(own)) - MARGIN)
    body: _Values = np.array(own, dtype=np.float64)
    pairs = list(zip(numbers[before].tolist(), numbers[before + 1].tolist(), strict=True))
    for first, second in sorted(set(pairs)):
        rows = np.flatnonzero([pair == (first, second) for pair in pairs])
        body[rows] = blended(shapes[first][rows], shapes[second][rows], share[rows, None, None])
    low = _Lower.of(found).between(before, share)
    body = _with_legs(body, own, low)
    _plant_hands(body, found, before, share, low)
    roots = compose(stretch.roots, low.hips) if gesture.travels else stretch.roots
    return replace(stretch, joints=placed(stretch.roots, placed(low.hips, body)), roots=roots)


def _upper_body(own: FloatArray, pose: KeyPose) -> _Values:
    """Every row of a motion (R, 22, 3), facing +Z, with the trunk, the head and the arms of a pose."""
    vectors = np.array(bone_vectors(own))
    turn = np.radians([pose.bend, pose.twist, -pose.lean])
    for name, part in _TRUNK.items():
        vectors[:, JOINT[name]] = Rotation.from_rotvec(part * turn).apply(vectors[:, JOINT[name]])
    whole = Rotation.from_rotvec(turn)
    for joint in _ABOVE:
        vectors[:, joint] = whole.apply(vectors[:, joint])
    pitch = Rotation.from_rotvec(np.radians([pose.pitch, 0.0, 0.0]))
    for joint in (*_HIPS, *map(JOINT.__getitem__, _TRUNK), *_ABOVE):
        vectors[:, joint] = pitch.apply(vectors[:, joint])
    whole = pitch * whole
    head = Rotation.from_rotvec(np.radians([pose.nod, 0.0, -pose.tilt]))
    vectors[:, JOINT["head"]] = (whole * head * whole.inv()).apply(vectors[:, JOINT["head"]])
    for shoulder in (JOINT["left_shoulder"], JOINT["right_shoulder"]):
        raised = vectors[:, shoulder] + whole.apply([0.0, pose.shrug, 0.0])
        vectors[:, shoulder] = directions(raised) * _lengths(vectors[:, shoulder])
    joints: _Values = np.asarray(forward_positions(own[:, 0], vectors), dtype=np.float64)
    for side, reach in zip(_SIDES, (pose.hand, pose.other_hand), strict=True):
        if reach is not None:
            _reach(joints, reach, side, whole, pose)
    return joints


def _reach(joints: _Values, reach: Reach, side: Side, chest: Rotation, pose: KeyPose) -> None:
    """Bend an arm, in place, so that its wrist is where it should be, or as near as it gets."""
    anchors = {
        "head": JOINT["head"], "chest": JOINT["spine3"], "shoulder": JOINT[f"{side}_shoulder"],
        "hips": JOINT["pelvis"], "other shoulder": JOINT[f"{_other(side)}_shoulder"],
        "ankle": JOINT[f"{side}_ankle"],
    }  # fmt: skip
    still = reach.to in ("hips", "ankle", "floor")
    turn = Rotation.identity() if still else chest
    outward = np.array([_sign(side), 1.0, 1.0])
    # The hips are moved only later, and with them the body and the arm.
    floor = np.array([-pose.sway, pose.drop, -pose.ahead])
    anchor = (
        np.broadcast_to(floor, joints[:, 0].shape) if reach.to == "floor" else joints[:, anchors[reach.to]]
    )
    target = anchor + turn.apply(outward * reach.at)
    pole = np.broadcast_to(turn.apply(outward * reach.elbow), target.shape)
    _bend_arm(joints, side, target, pole)


def _bend_arm(joints: _Values, side: Side, target: FloatArray, pole: FloatArray) -> None:
    """Bring a wrist to a target (R, 3), in place, the elbow along a pole (R, 3)."""
    shoulder, elbow, wrist = (JOINT[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    bones = _lengths(joints[:, elbow] - joints[:, shoulder]), _lengths(joints[:, wrist] - joints[:, elbow])
    length = STRETCHED * (bones[0] + bones[1])
    joints[:, elbow], joints[:, wrist] = _two_bones(joints[:, shoulder], bones, target, pole, length)


def _plant_hands(
    body: _Values, found: Sequence[Moment], before: _Numbers, share: _Values, low: _Lower
) -> None:
    """Keep hands on the floor, in place, on the way from one pose in which they are there to the next."""
    for side in _SIDES:
        reaches = [moment.pose.hand if side == "left" else moment.pose.other_hand for moment in found]
        on_floor = np.array([reach is not None and reach.to == "floor" for reach in reaches])
        rows = np.flatnonzero(on_floor[before] & on_floor[before + 1])
        if len(rows):
            places = np.array([reach.at if reach else (0.0, 0.0, 0.0) for reach in reaches])
            part = share[rows, None]
            at = places[before[rows]] * (1 - part) + places[before[rows] + 1] * part
            target = at * [_sign(side), 1.0, 1.0]
            target[:, [0, 2]] -= low.hips[rows, :2]
            arms = body[rows]
            shoulder, elbow = (arms[:, JOINT[f"{side}_{name}"]] for name in ("shoulder", "elbow"))
            _bend_arm(arms, side, target, elbow - shoulder)
            body[rows] = arms


@dataclass(frozen=True, eq=False)
class _Lower:
    """What M moments say of hips and feet, seen from where a body that faces +Z would stand without them.

    hips, left_foot, right_foot: (M, 3), the `Place` that each has gone to. up: (M, 3) metres up of hips, left
    and right foot. heels: (M, 2) in radians. square: (M, 2), whether the left and the right foot are placed
    from the middle of the body instead, so that legs are stretched behind hands on the floor however
    somebody stood.
    """

    hips: Place
    left_foot: Place
    right_foot: Place
    up: FloatArray
    heels: FloatArray
    square: FloatArray

    @classmethod
    def of(cls, found: Sequence[Moment]) -> _Lower:
        poses, starts = [moment.pose for moment in found], np.array([moment.start for moment in found])
        hips = [(pose.sway, pose.ahead, np.radians(pose.turn)) for pose in poses]
        left = [(pose.foot[0], pose.foot[2], np.radians(pose.foot_turn)) for pose in poses]
        right = [
            (-pose.other_foot[0], pose.other_foot[2], np.radians(pose.other_foot_turn)) for pose in poses
        ]
        lifted = [[pose.on_hands and any(foot) for foot in (pose.foot, pose.other_foot)] for pose in poses]
        return cls(
            compose(starts, np.array(hips)),
            compose(starts, np.array(left)),
            compose(starts, np.array(right)),
            np.array([[-pose.drop, pose.foot[1], pose.other_foot[1]] for pose in poses]),
            np.radians([[pose.heel, pose.other_heel] for pose in poses]),
            np.array(lifted, dtype=np.float64),
        )

    def between(self, before: _Numbers, share: FloatArray) -> _Lower:
        """The same for each row, so far from one of the moments to the next."""
        part = share[:, None]
        values = [getattr(self, field.name) for field in fields(self)]
        return _Lower(*(value[before] * (1 - part) + value[before + 1] * part for value in values))

    @property
    def moves(self) -> bool:
        return any(getattr(self, field.name).any() for field in fields(self))


def _with_legs(body: _Values, own: FloatArray, low: _Lower) -> _Values:
    """Rows with hips and feet moved and the legs bent to fit, as seen from the hips' own place.

    own: the motion before, which has the feet.
    """
    if not low.moves:
        return body
    body = body + low.up[:, :1, None] * [0.0, 1.0, 0.0]
    for number, (side, foot_place) in enumerate(zip(_SIDES, (low.left_foot, low.right_foot), strict=True)):
        hip, knee, ankle, foot = (JOINT[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
        there = compose(inverse(low.hips), foot_place)
        square = low.square[:, [number]] * ([_sign(side) * SQUARE[0], SQUARE[1]] - own[:, foot][:, [0, 2]])
        own_foot = own[:, [ankle, foot]]
        own_foot[..., [0, 2]] += square[:, None]
        stands = placed(there, own_foot)
        stands[..., 1] += low.up[:, [number + 1]]
        ball, sole = stands[:, 1], stands[:, 0] - stands[:, 1]
        across = np.stack([np.cos(there[:, 2]), np.zeros(len(there)), -np.sin(there[:, 2])], axis=-1)
        heel = ball + Rotation.from_rotvec(low.heels[:, [number]] * across).apply(sole)
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
