"""Finding the 22 joints in any human skeleton, by the names of its joints and by its shape.

Names decide where they are known: ours (and SMPL's), CMU's, and the usual words of Mixamo, Blender, Unreal,
3ds Max and others (`thigh`, `UpLeg`, `shin`, `clavicle`, ...), whatever their prefixes and spelling. The tree
fills the rest: an unnamed knee is the joint between hip and ankle, a missing toe is the end of the foot.

Whatever the source, what is found are the marks that `motion.body` brings to HumanML3D's joints: the top of
the chest as spine3, `neck` halfway from there to the skull, `head` the crown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..arrays import FloatArray
from ..errors import InvalidMotionError
from ..motion.body import with_humanml3d_trunk
from ..motion.skeleton import JOINT_NAMES

#: Joint names of the CMU database as BVH: the joint that stands at the end of each bone.
CMU_NAMES = {
    "pelvis": "hips", "left_hip": "leftupleg", "right_hip": "rightupleg", "spine1": "spine",
    "left_knee": "leftleg", "right_knee": "rightleg", "spine2": "spine1", "left_ankle": "leftfoot",
    "right_ankle": "rightfoot", "spine3": "neck", "left_foot": "lefttoebase", "right_foot": "righttoebase",
    "neck": "neck1", "head": "head end", "left_shoulder": "leftarm", "right_shoulder": "rightarm",
    "left_elbow": "leftforearm", "right_elbow": "rightforearm", "left_wrist": "lefthand",
    "right_wrist": "righthand",
}  # fmt: skip

#: What a joint is called, without side, spaces or prefix -> its role.
_WORDS = {
    "hip": ("upleg", "upperleg", "legupper", "thigh", "femur", "thighbend"),
    "knee": ("lowleg", "lowerleg", "leglower", "shin", "calf", "tibia", "knee", "shank", "foreleg"),
    "ankle": ("ankle",),
    "toe": ("toe", "toes", "toebase", "toe0", "ball", "toe1", "toeend", "forefoot"),
    "shoulder": ("arm", "uparm", "upperarm", "armupper", "humerus", "shldr", "shldrbend"),
    "collar": ("clavicle", "collar", "collarbone", "shoulderblade"),
    "elbow": ("forearm", "lowarm", "lowerarm", "armlower", "elbow", "radius", "forearmbend"),
    "wrist": ("hand", "wrist"),
    "?hip": ("hip",),
    "?leg": ("leg",),
    "?foot": ("foot",),
    "?shoulder": ("shoulder",),
    "pelvis": ("hips", "pelvis"),
    "neck": ("neck", "neck0", "neck1", "neck01", "lowerneck"),
    "head": ("head", "skull"),
}
_ROLE = {word: role for role, words in _WORDS.items() for word in words}
_LIMB_ROLES = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_PREFIX = re.compile(
    r"^((mixamorig\d*|valvebiped|bip\d*|b|armature|character\d*|def|org|jnt|bone|skel|rig|j|c)[ _.:|\-]+)+",
    re.I,
)

#: Share of the way from pelvis to the base of the neck where spine1 and spine2 stand.
_SPINE_SHARES = {"spine1": 1 / 3, "spine2": 2 / 3}


def map_joints(
    names: Sequence[str], parents: Sequence[int], positions: FloatArray, rest: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Skeleton positions (T, J, 3) and rest pose (J, 3) -> the 22 joints (T, 22, 3) and their rest (22, 3).

    Raises InvalidMotionError that lists every joint which could not be found.
    """
    frames = np.concatenate([rest[None], positions])
    tree = _Tree(names, parents, rest)
    joints = _by_known_names(tree, frames)
    if joints is None:
        joints = _by_words(tree, frames)
    return joints[1:], joints[0]


class _Tree:
    """Names and parents of a skeleton with the questions the mapping asks."""

    def __init__(self, names: Sequence[str], parents: Sequence[int], rest: FloatArray) -> None:
        self.names = [_strip_prefix(name) for name in names]
        self.parents = list(parents)
        self.lengths = [
            float(np.linalg.norm(rest[j] - rest[p])) if p >= 0 else 0.0 for j, p in enumerate(parents)
        ]
        self.size = float(np.ptp(rest, axis=0).max()) if len(rest) else 0.0

    def index(self) -> dict[str, int]:
        """Lower-case name -> joint; the first of equal names."""
        return {name.lower(): joint for joint, name in reversed(list(enumerate(self.names)))}

    def path(self, joint: int) -> list[int]:
        """From the root down to `joint`."""
        path = [joint]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        return path[::-1]

    def children(self, joint: int) -> list[int]:
        return [child for child, parent in enumerate(self.parents) if parent == joint]

    def furthest(self, joint: int) -> int:
        """The end of the longest chain below `joint`; the joint itself when it has no child."""
        best, reach = joint, 0.0
        stack = [(joint, 0.0)]
        while stack:
            current, length = stack.pop()
            if length > reach + 1e-9:
                best, reach = current, length
            stack.extend((child, length + self.lengths[child]) for child in self.children(current))
        return best


def _strip_prefix(name: str) -> str:
    """'mixamorig:LeftArm' -> 'LeftArm', 'Bip01 L Thigh' -> 'L Thigh', 'Armature|hand.L' -> 'hand.L'."""
    return _PREFIX.sub("", name.strip().rsplit("|", 1)[-1].rsplit(":", 1)[-1])


def _by_known_names(tree: _Tree, frames: FloatArray) -> FloatArray | None:
    """The joints of a skeleton that uses our 22 names, or CMU's; None for any other."""
    index = tree.index()
    if all(name in index for name in JOINT_NAMES):
        return frames[:, [index[name] for name in JOINT_NAMES]]
    cmu = {joint: index.get(name) for joint, name in CMU_NAMES.items()}
    if "lhipjoint" not in index or "lowerback" not in index or None in cmu.values():
        return None
    return assemble({joint: frames[:, source] for joint, source in cmu.items()})


def assemble(found: dict[str, FloatArray]) -> FloatArray:
    """Marks (T, 3) by joint name, collars left out -> the 22 joints (T, 22, 3), the trunk as HumanML3D's."""
    chest = found["spine3"]
    return with_humanml3d_trunk(np.stack([found.get(name, chest) for name in JOINT_NAMES], axis=1))


def _by_words(tree: _Tree, frames: FloatArray) -> FloatArray:
    """The joints of a skeleton with unknown names, from the words in them and from the tree."""
    limbs = {side: _limb_roles(tree, side) for side in ("left", "right")}
    centre = _centre_roles(tree)
    missing = [f"{side} {role}" for side in limbs for role in _LIMB_ROLES if role not in limbs[side]]
    missing += [role for role in ("neck", "head") if role not in centre]
    if missing:
        some = ", ".join(tree.names[:6])
        raise InvalidMotionError(
            f"no human skeleton found: missing {', '.join(missing)} (joints are {some}, ...)"
        )
    found: dict[str, FloatArray] = {}
    for side, roles in limbs.items():
        found |= {f"{side}_{role}": frames[:, joint] for role, joint in roles.items() if role in _LIMB_ROLES}
        found[f"{side}_foot"] = _ball_of_foot(tree, frames, roles)
    pelvis = _pelvis(tree, centre, limbs)
    found["pelvis"] = frames[:, pelvis]
    found |= _trunk(tree, frames, pelvis, centre)
    return assemble(found)


def _limb_roles(tree: _Tree, side: str) -> dict[str, int]:
    """Role -> joint of one side's arm and leg; roles that cannot be told are left out."""
    named: dict[str, int] = {}
    for joint, name in enumerate(tree.names):
        role = _ROLE.get(_word(name, side) or "")
        if role:
            named.setdefault(role, joint)
    _settle(named, "?hip", "hip")
    _settle(named, "?leg", "hip" if "hip" not in named and "knee" in named else "knee")
    _settle(named, "?foot", "toe" if "ankle" in named else "ankle")
    _settle(named, "?shoulder", "collar" if "shoulder" in named else "shoulder")
    _fill_between(tree, named, "hip", "knee", "ankle")
    _fill_between(tree, named, "shoulder", "elbow", "wrist")
    return named


def _settle(named: dict[str, int], word: str, role: str) -> None:
    """Give the joint of an ambiguous word its role, unless that role is taken."""
    joint = named.pop(word, None)
    if joint is not None:
        named.setdefault(role, joint)


def _fill_between(tree: _Tree, named: dict[str, int], first: str, middle: str, last: str) -> None:
    """When one of three joints in a row has no known name, take it from the path between or around them."""
    if middle not in named and first in named and last in named:
        path = tree.path(named[last])
        if named[first] in path and len(between := path[path.index(named[first]) + 1 : -1]) == 1:
            named[middle] = between[0]
    if last not in named and middle in named:
        children = tree.children(named[middle])
        if len(children) == 1 and tree.children(children[0]):
            named[last] = children[0]


def _word(name: str, side: str) -> str | None:
    """The joint word of `name` without its side ('LeftUpLeg', 'thigh.L', 'L Calf', 'lfemur'), else None."""
    letter = side[0]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    tokens = [token.lower() for token in re.split(r"[^A-Za-z0-9]+", spaced) if token]
    for mark in (side, letter):
        if mark in tokens:
            tokens.remove(mark)
            return "".join(tokens)
    joined = "".join(tokens)
    if joined.startswith(side) or joined.endswith(side):
        return joined.removeprefix(side).removesuffix(side)
    return joined[1:] if joined.startswith(letter) and joined[1:] in _ROLE else None


def _centre_roles(tree: _Tree) -> dict[str, int]:
    """Role -> joint of neck, head and pelvis. Where no neck is named it is the head's parent."""
    named: dict[str, int] = {}
    for joint, name in enumerate(tree.names):
        word = re.sub(r"[^a-z0-9]", "", name.lower())
        role = _ROLE.get(word) or _ROLE.get(re.sub(r"\d+$", "", word))
        if word == "hip":
            role = "pelvis"
        if role in ("pelvis", "neck", "head"):
            named.setdefault(role, joint)
    if "head" in named and "neck" not in named and tree.parents[named["head"]] >= 0:
        named["neck"] = tree.parents[named["head"]]
    return named


def _ball_of_foot(tree: _Tree, frames: FloatArray, roles: dict[str, int]) -> FloatArray:
    """The ball of the foot (T, 3): the toe joint, or where the longest chain below the ankle ends."""
    ankle = roles["ankle"]
    toe = roles.get("toe", tree.furthest(ankle))
    if toe != ankle:
        return frames[:, toe]
    raise InvalidMotionError(f"no human skeleton found: nothing below the ankle {tree.names[ankle]!r}")


def _pelvis(tree: _Tree, centre: dict[str, int], limbs: dict[str, dict[str, int]]) -> int:
    """The named pelvis, else the last joint that both legs and the neck hang on."""
    if "pelvis" in centre:
        return centre["pelvis"]
    paths = [tree.path(limbs["left"]["hip"]), tree.path(limbs["right"]["hip"]), tree.path(centre["neck"])]
    shared = [joint for joint in paths[0] if joint in paths[1] and joint in paths[2]]
    if not shared:
        raise InvalidMotionError("no human skeleton found: legs and neck do not meet in one pelvis")
    return shared[-1]


def _trunk(tree: _Tree, frames: FloatArray, pelvis: int, centre: dict[str, int]) -> dict[str, FloatArray]:
    """Spine, neck and crown (T, 3) each, along the bent line from the pelvis to the head."""
    path = tree.path(centre["neck"])
    line = path[path.index(pelvis) :] if pelvis in path else [pelvis, centre["neck"]]
    points = np.stack([frames[:, joint] for joint in line], axis=1)
    base, skull = points[:, -1], frames[:, centre["head"]]
    crown = tree.furthest(centre["head"])
    if not re.search(r"end|top|nub", tree.names[crown], re.I):  # eyes, jaws and hair are no crown
        crown = centre["head"]
    trunk = {name: _along(points, share) for name, share in _SPINE_SHARES.items()}
    trunk["spine3"] = base
    trunk["neck"] = (base + skull) / 2
    trunk["head"] = frames[:, crown] if crown != centre["head"] else skull + 1.3 * (skull - base)
    return trunk


def _along(points: FloatArray, share: float) -> FloatArray:
    """The point (T, 3) a share of the way along polylines (T, N, 3), by the lengths of the first one."""
    steps = np.linalg.norm(np.diff(points[0], axis=0), axis=-1)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    if not reach[-1] > 0:
        raise InvalidMotionError("no human skeleton found: pelvis and neck stand in one place")
    index = int(np.clip(np.searchsorted(reach, share * reach[-1], side="right") - 1, 0, len(steps) - 1))
    weight = (share * reach[-1] - reach[index]) / max(steps[index], 1e-12)
    return points[:, index] * (1 - weight) + points[:, index + 1] * weight
