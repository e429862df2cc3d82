"""Which joint plays which role: by the words of names, by the tree between them, or by the tree alone.

Names decide where they are known: our own, SMPL's, CMU's, and the usual words of Mixamo, Blender, Unreal,
3ds Max and others (`thigh`, `UpLeg`, `shin`, `clavicle`, ...), whatever all joints of a file bear besides.
The tree fills the rest: an unnamed knee is the joint between hip and ankle. Where names say nothing, or
what is no body, the tree is asked alone (`shapes`).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from ...errors import InvalidMotionError
from .naming import WORDS, centre_word, is_end, role_of, word_on_side
from .shapes import roles_by_shape
from .tree import Tree

LIMB_ROLES = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
#: What can be estimated where it is missing (`human`).
_ESTIMATED = ("wrist", "ankle")
SIDES = ("left", "right")
#: Left and right bones, and thigh and shin, are about as long as each other.
_MOST_UNEVEN, _LEAST_SHIN, _MOST_SHIN = 1.35, 0.5, 2.0


@dataclass
class Roles:
    """Joints by what they are. limbs: per side, of `LIMB_ROLES` and "toe". head: None where there is none."""

    limbs: dict[str, dict[str, int]]
    neck: int
    head: int | None
    pelvis: int
    notes: list[str] = field(default_factory=list)


def find_roles(tree: Tree) -> Roles:
    """The roles of joints. Raises InvalidMotionError naming what is missing and what is near."""
    named = _by_names(tree)
    if isinstance(named, Roles) and _is_even(tree, named):
        return named
    shaped = roles_by_shape(tree)
    if shaped is not None:
        limbs, neck, head, pelvis = shaped
        return Roles(limbs, neck, head, pelvis, ["its joints were told by their places, not by their names"])
    if isinstance(named, Roles):
        return named
    raise InvalidMotionError(_not_found(tree, named))


def _not_found(tree: Tree, missing: list[str]) -> str:
    words = {word: role for role, known in WORDS.items() for word in known}
    near = [
        f"{name!r} is near to {match[0]!r}"
        for name in tree.names
        if not is_end(name) and (match := difflib.get_close_matches(centre_word(name), words, 1, 0.75))
    ]
    hint = f"; {near[0]}" if near else ""
    some = ", ".join(tree.names[:6])
    return f"no human skeleton found: missing {', '.join(missing)} (joints are {some}, ...{hint})"


def _by_names(tree: Tree) -> Roles | list[str]:
    """The roles by the names, or what is missing."""
    limbs = {side: _limb(tree, side) for side in SIDES}
    centre = _centre(tree, limbs)
    needed = [role for role in LIMB_ROLES if role not in _ESTIMATED]
    missing = [f"{side} {role}" for side in limbs for role in LIMB_ROLES if role not in limbs[side]]
    fatal = [f"{side} {role}" for side in limbs for role in needed if role not in limbs[side]]
    if fatal or "neck" not in centre:
        return missing + [role for role in ("neck", "head") if role not in centre]
    pelvis = centre.get("pelvis", _meeting(tree, limbs, centre["neck"]))
    if pelvis is None:
        return ["pelvis: legs and neck do not meet in one"]
    return Roles(limbs, centre["neck"], centre.get("head"), pelvis)


def _limb(tree: Tree, side: str) -> dict[str, int]:
    """Role -> joint of one side's arm and leg; roles that cannot be told are left out."""
    named: dict[str, int] = {}
    for joint, name in enumerate(tree.names):
        role = role_of(word_on_side(name, side) or "")
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


def _fill_between(tree: Tree, named: dict[str, int], first: str, middle: str, last: str) -> None:
    """When one of three joints in a row has no known name, take it from the path between or around them."""
    if middle not in named and first in named and last in named:
        path = tree.path(named[last])
        if named[first] in path and len(between := path[path.index(named[first]) + 1 : -1]) == 1:
            named[middle] = between[0]
    if last not in named and middle in named:
        children = tree.children(named[middle])
        if len(children) == 1:
            named[last] = children[0]
    if first not in named and middle in named and tree.parents[named[middle]] >= 0 and last in named:
        above = tree.parents[named[middle]]
        if above not in named.values() and tree.lengths[named[middle]] > 0.4 * tree.lengths[named[last]]:
            named[first] = above


def _centre(tree: Tree, limbs: dict[str, dict[str, int]]) -> dict[str, int]:
    """Role -> joint of neck, head, pelvis. A neck without name is the head's parent, or where arms meet."""
    named: dict[str, int] = {}
    for joint, name in enumerate(tree.names):
        word = centre_word(name)
        role = "pelvis" if word == "hip" else role_of(word)
        if role in ("pelvis", "neck", "head") and not is_end(name):
            named.setdefault(role, joint)
    if "head" in named and "neck" not in named and tree.parents[named["head"]] >= 0:
        named["neck"] = tree.parents[named["head"]]
    if "neck" not in named and all("shoulder" in limb for limb in limbs.values()):
        named |= _above_the_arms(tree, [limb["shoulder"] for limb in limbs.values()])
    if "neck" in named and "head" not in named:
        below = [joint for joint in tree.chain(named["neck"])[1:] if not is_end(tree.names[joint])]
        named |= {"head": below[-1]} if below else {}
    return named


def _above_the_arms(tree: Tree, shoulders: list[int]) -> dict[str, int]:
    """The first joint of the chain that leaves the chest between the arms, as the neck."""
    paths = [tree.path(joint) for joint in shoulders]
    shared = [joint for joint in paths[0] if joint in paths[1]]
    if not shared:
        return {}
    others = [joint for joint in tree.children(shared[-1]) if joint not in (*paths[0], *paths[1])]
    others = [joint for joint in others if tree.lengths[joint] > 0]
    return {"neck": max(others, key=tree.reach)} if others else {}


def _meeting(tree: Tree, limbs: dict[str, dict[str, int]], neck: int) -> int | None:
    """The last joint that both legs and the neck hang on."""
    paths = [tree.path(limb["hip"]) for limb in limbs.values()] + [tree.path(neck)]
    shared = [joint for joint in paths[0] if joint in paths[1] and joint in paths[2]]
    return shared[-1] if shared else None


def _is_even(tree: Tree, roles: Roles) -> bool:
    """Whether named limbs have a person's bones: of one length on both sides, a shin like a thigh."""
    bones = {}
    for side, limb in roles.limbs.items():
        for start, end in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            if start in limb and end in limb:
                bones[side, end] = tree.distance(limb[start], limb[end])
    known = [
        (bones.get(("left", end)), bones.get(("right", end))) for end in ("knee", "ankle", "elbow", "wrist")
    ]
    pairs = [(left, right) for left, right in known if left is not None and right is not None]
    if not all(min(pair) > 0 and max(pair) <= _MOST_UNEVEN * min(pair) for pair in pairs):
        return False
    return all(
        _LEAST_SHIN <= bones[side, "ankle"] / bones[side, "knee"] <= _MOST_SHIN
        for side in SIDES
        if (side, "ankle") in bones
    )
