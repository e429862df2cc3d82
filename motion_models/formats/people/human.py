"""The 22 joints of a person in any skeleton: where each stands, and what had to be estimated.

Whatever the source, what is found are the marks that `motion.body` brings to HumanML3D's joints: the top of
the chest as spine3, `neck` halfway from there to the skull, `head` the crown. A role that names suggest is
taken only where the rest pose agrees: the crown of the head lies above the skull in line with the trunk,
whatever eyes, jaws, tongues and odd bone ends a file has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...arrays import Float32Array, FloatArray
from ...errors import InvalidMotionError
from ...motion.body import with_humanml3d_trunk
from ...motion.skeleton import JOINT_NAMES
from .roles import LIMB_ROLES, SIDES, Roles, find_roles
from .skeletons import AnimatedSkeleton, Point
from .tree import MOST_JOINTS, Tree

#: Joint names of the CMU database as BVH: the joint that stands at the end of each bone.
CMU_NAMES = {
    "pelvis": "hips", "left_hip": "leftupleg", "right_hip": "rightupleg", "spine1": "spine",
    "left_knee": "leftleg", "right_knee": "rightleg", "spine2": "spine1", "left_ankle": "leftfoot",
    "right_ankle": "rightfoot", "spine3": "neck", "left_foot": "lefttoebase", "right_foot": "righttoebase",
    "neck": "neck1", "head": "head end", "left_shoulder": "leftarm", "right_shoulder": "rightarm",
    "left_elbow": "leftforearm", "right_elbow": "rightforearm", "left_wrist": "lefthand",
    "right_wrist": "righthand",
}  # fmt: skip
#: Share of the way from pelvis to the base of the neck where spine1 and spine2 stand.
_SPINE_SHARES = {"spine1": 1 / 3, "spine2": 2 / 3}
#: A crown lies within this angle of the trunk's line at rest, and this far from the skull, in legs.
_MOST_TILT, _CROWN_LENGTHS = 30.0, (0.03, 0.6)
#: In lengths of a leg: the height of the head, and how far the ball of the foot lies before and under the
#: ankle.
_HEAD_HEIGHT, _FOOT_BEFORE, _FOOT_UNDER = 0.22, 0.15, 0.07
#: A hand's wrist lies as far from the elbow as that from the shoulder, nearly.
_FOREARM = 0.95
#: The crown where joints have no rotations: as far above the skull as this share of the way up the neck.
_CROWN_OF_NECK = 1.3

#: A mark as a weighted sum of points.
Mark = dict[Point, float]


@dataclass
class Human:
    """How the 22 joints of a person are found in a skeleton.

    points and weights (22, K): each joint as a weighted sum of points of the skeleton. own_trunk: whether the
    trunk is HumanML3D's already. notes: what was estimated.
    """

    points: list[Point]
    weights: FloatArray
    own_trunk: bool
    notes: list[str] = field(default_factory=list)

    def joints(self, positions: FloatArray) -> Float32Array:
        """Positions of the points (T, K, 3) -> the 22 joints (T, 22, 3)."""
        marks = np.einsum("jk,tkc->tjc", self.weights.astype(positions.dtype), positions, optimize=True)
        return marks if self.own_trunk else with_humanml3d_trunk(marks)


def find_human(skeleton: AnimatedSkeleton) -> Human:
    """Find the person in a skeleton. Raises InvalidMotionError that lists every joint which is missing."""
    if len(skeleton.parents) > MOST_JOINTS:
        raise InvalidMotionError(
            f"{skeleton.path.name}: {len(skeleton.parents)} joints; at most {MOST_JOINTS} are read"
        )
    tree = Tree(skeleton.names, skeleton.parents, usable_rest(skeleton))
    marks, notes = _by_known_names(tree, skeleton.turns), list[str]()
    own_trunk = marks is not None
    if marks is None:
        marks, notes = _of_roles(tree, skeleton.turns)
    names: list[str] = list(JOINT_NAMES)
    points = sorted({point for mark in marks.values() for point in mark})
    weights = np.zeros((len(names), len(points)))
    for name, mark in marks.items():
        for point, weight in mark.items():
            weights[names.index(name), points.index(point)] = weight
    for name in names:
        if name not in marks:  # collars are put where HumanML3D has them
            weights[names.index(name)] = weights[names.index("spine3")]
    return Human(points, weights, own_trunk and "left_collar" in marks, notes)


def usable_rest(skeleton: AnimatedSkeleton) -> FloatArray:
    """The rest pose, or the first frame of the motion where joints lie on top of each other at rest."""
    rest = skeleton.rest
    lengths = [np.linalg.norm(rest[j] - rest[p]) for j, p in enumerate(skeleton.parents) if p >= 0]
    if not lengths or np.median(lengths) > 1e-6 or not skeleton.frames:
        return rest
    return skeleton.pose([Point(joint) for joint in range(len(rest))], slice(0, 1))[0].astype(np.float64)


def _by_known_names(tree: Tree, turns: bool) -> dict[str, Mark] | None:
    """The joints of a skeleton that uses our 22 names for our body, or CMU's; None for any other."""
    index = {name.lower(): joint for joint, name in reversed(list(enumerate(tree.names)))}
    if all(name in index for name in JOINT_NAMES):
        return _of_our_names(tree, index, turns)
    cmu = {joint: index.get(name) for joint, name in CMU_NAMES.items()}
    if "lhipjoint" not in index or "lowerback" not in index or None in cmu.values():
        return None
    marks = {joint: at(found) for joint, found in cmu.items() if found is not None}
    crown, skull = index["head end"], index["head"]
    tilt = _angle(tree.rest[crown] - tree.rest[skull], tree.rest[index["neck"]] - tree.rest[index["hips"]])
    return marks if tilt <= _MOST_TILT else None


def _of_our_names(tree: Tree, index: dict[str, int], turns: bool) -> dict[str, Mark]:
    """The joints of our skeleton, or of SMPL's, whose head joint lies before the neck, under the skull."""
    marks = {name: at(index[name]) for name in JOINT_NAMES}
    up = tree.rest[index["neck"]] - tree.rest[index["pelvis"]]
    if turns and _angle(tree.rest[index["head"]] - tree.rest[index["neck"]], up) > _MOST_TILT:
        leg = tree.distance(index["left_hip"], index["left_knee"])
        leg += tree.distance(index["left_knee"], index["left_ankle"])
        marks["head"] = _beside(index["head"], _unit(up) * leg * _HEAD_HEIGHT)
    return marks


def at(joint: int) -> Mark:
    return {Point(joint): 1.0}


def _between(first: Mark, second: Mark, share: float) -> Mark:
    """The mark a share of the way from the first to the second; more than 1 lies beyond it."""
    mixed = {point: weight * (1 - share) for point, weight in first.items()}
    for point, weight in second.items():
        mixed[point] = mixed.get(point, 0.0) + weight * share
    return mixed


@dataclass(frozen=True)
class _Body:
    """A body at rest. up, forward: unit vectors (3,). leg: its length. turns: see `AnimatedSkeleton`."""

    tree: Tree
    roles: Roles
    up: FloatArray
    forward: FloatArray
    leg: float
    turns: bool
    notes: list[str]

    @classmethod
    def of(cls, tree: Tree, roles: Roles, turns: bool) -> _Body:
        hips = [tree.rest[roles.limbs[side]["hip"]] for side in SIDES]
        up = _unit(tree.rest[roles.neck] - tree.rest[roles.pelvis])
        if not up.any():
            up = _unit(tree.rest[roles.neck] - (hips[0] + hips[1]) / 2)
        left = roles.limbs["left"]
        thigh = tree.distance(left["hip"], left["knee"])
        leg = thigh + (tree.distance(left["knee"], left["ankle"]) if "ankle" in left else thigh)
        return cls(tree, roles, up, _unit(np.cross(hips[0] - hips[1], up)), leg, turns, roles.notes)

    def beside(self, joint: int, offset: FloatArray, what: str) -> Mark:
        """A point that moves with a joint, as it would with the bone that the file does not have."""
        if self.turns:
            return _beside(joint, offset)
        raise InvalidMotionError(
            f"no human skeleton found: nothing below {self.tree.names[joint]!r}, where a {what} should be"
        )


def _beside(joint: int, offset: FloatArray) -> Mark:
    x, y, z = (float(value) for value in offset)
    return {Point(joint, (x, y, z)): 1.0}


def _of_roles(tree: Tree, turns: bool) -> tuple[dict[str, Mark], list[str]]:
    """The marks of a skeleton with unknown names, and what was estimated."""
    body, marks = _Body.of(tree, find_roles(tree), turns), dict[str, Mark]()
    for side in SIDES:
        for role, mark in _limb_marks(body, side).items():
            marks[f"{side}_{role}"] = mark
        marks[f"{side}_foot"] = _ball_of_foot(body, side)
    marks["pelvis"] = at(body.roles.pelvis)
    return marks | _trunk(body), list(dict.fromkeys(body.notes))


def _limb_marks(body: _Body, side: str) -> dict[str, Mark]:
    """A side's hip, knee, ankle, shoulder, elbow and wrist; the last of a limb is estimated where none is."""
    tree, limb = body.tree, body.roles.limbs[side]
    marks = {role: at(joint) for role, joint in limb.items() if role in LIMB_ROLES}
    for first, middle, last in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")):
        if last in marks:
            continue
        end = tree.furthest(limb[middle])
        if end != limb[middle]:
            marks[last] = at(end)
            body.notes.append(f"there is no {last} joint; the end of the bone was taken")
            continue
        bone = tree.rest[limb[middle]] - tree.rest[limb[first]]
        marks[last] = body.beside(limb[middle], bone * _FOREARM, f"{side} {last}")
        body.notes.append(f"there is no {last} joint; it was estimated from the bone above it")
    return marks


def _ball_of_foot(body: _Body, side: str) -> Mark:
    """The ball of the foot: the toe joint, where the longest chain below the ankle ends, or an estimate."""
    tree, limb = body.tree, body.roles.limbs[side]
    ankle = limb.get("ankle")
    if ankle is not None:
        toe = limb.get("toe", ankle)
        if toe == ankle or tree.distance(toe, ankle) < 1e-6 * body.leg:
            toe = tree.furthest(ankle)
        if toe != ankle:
            return at(toe)
    body.notes.append("there is no joint below the ankle; the ball of the foot was estimated")
    offset = body.leg * (_FOOT_BEFORE * body.forward - _FOOT_UNDER * body.up)
    return body.beside(ankle if ankle is not None else tree.furthest(limb["knee"]), offset, "foot")


def _trunk(body: _Body) -> dict[str, Mark]:
    """Spine, neck and crown along the bent line from the pelvis to the head."""
    roles, path = body.roles, body.tree.path(body.roles.neck)
    line = path[path.index(roles.pelvis) :] if roles.pelvis in path else [roles.pelvis, roles.neck]
    base = at(roles.neck)
    marks = {name: _along(body.tree, line, share) for name, share in _SPINE_SHARES.items()}
    marks["spine3"] = base
    if roles.head is None:
        body.notes.append("there is no head joint; the head was taken to follow the neck")
    skull = roles.neck if roles.head is None else roles.head
    marks["neck"] = _between(base, at(skull), 0.5)
    marks["head"] = _crown(body, skull)
    return marks


def _crown(body: _Body, skull: int) -> Mark:
    """The crown: a child of the head that lies above it at rest, else a point above it."""
    tree, (low, high) = body.tree, (share * body.leg for share in _CROWN_LENGTHS)
    tilts = {
        child: _angle(tree.rest[child] - tree.rest[skull], body.up)
        for child in tree.children(skull)
        if low <= tree.lengths[child] <= high
    }
    most = _MOST_TILT if body.turns else 2 * _MOST_TILT  # without a rest pose, the first frame may look down
    best = min(tilts, key=lambda child: tilts[child], default=None)
    if best is not None and tilts[best] <= most:
        return at(best)
    if body.turns:
        return body.beside(skull, body.up * body.leg * _HEAD_HEIGHT, "crown")
    body.notes.append("there is no crown of the head; it was taken to lie in line with the neck")
    return _between(at(body.roles.neck), at(skull), 1 + _CROWN_OF_NECK)


def _along(tree: Tree, line: Sequence[int], share: float) -> Mark:
    """The mark a share of the way along joints, by the lengths at rest."""
    steps = np.linalg.norm(np.diff(tree.rest[list(line)], axis=0), axis=-1)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    if not reach[-1] > 0:
        raise InvalidMotionError("no human skeleton found: pelvis and neck stand in one place")
    index = int(np.clip(np.searchsorted(reach, share * reach[-1], side="right") - 1, 0, len(steps) - 1))
    weight = (share * reach[-1] - reach[index]) / max(steps[index], 1e-12)
    return _between(at(line[index]), at(line[index + 1]), float(weight))


def _unit(vector: FloatArray) -> FloatArray:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else np.zeros(3)


def _angle(first: FloatArray, second: FloatArray) -> float:
    """Degrees between two directions; 180 where one has no length."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.degrees(np.arccos(np.clip(first @ second / lengths, -1, 1)))) if lengths > 0 else 180.0
