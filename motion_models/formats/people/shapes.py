"""A person in a tree of joints whose names say nothing: two like chains down, two up, and one between them.

Left and right are told by the way the toes point in the rest pose.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from ...arrays import FloatArray
from .naming import is_end
from .tree import Tree

#: Limbs by side and role, neck, head (None where the neck has no joint above it), pelvis.
Found = tuple[dict[str, dict[str, int]], int, int | None, int]
Pair = tuple[int, int, int]
#: Chains of the two sides differ by this share of their length at most.
_UNLIKE = 0.1
#: A limb is at least this share of the longest chain of the body.
_SHORTEST = 0.3


def roles_by_shape(tree: Tree) -> Found | None:
    """The roles that the shape of a rest pose tells; None where it is no person's."""
    pairs = _pairs(tree)
    for legs, arms in ((a, b) for a in pairs for b in pairs if a is not b):
        if legs[0] == arms[0] or not tree.is_below(arms[0], legs[0]):
            continue
        if any(tree.is_below(arms[0], start) for start in legs[1:]):
            continue
        found = _person(tree, legs, arms)
        if found is not None:
            return found
    return None


def _pairs(tree: Tree) -> list[Pair]:
    """(joint, child, child) of two chains of one length, the longest first."""
    shortest = _SHORTEST * max((tree.reach(joint) for joint in range(len(tree.parents))), default=0.0)
    found: list[tuple[float, Pair]] = []
    for joint in range(len(tree.parents)):
        long = [child for child in tree.children(joint) if tree.reach(child) > shortest / 2]
        for a, b in combinations(long[:12], 2):
            length, other = (tree.lengths[child] + tree.reach(child) for child in (a, b))
            alike = abs(length - other) <= _UNLIKE * max(length, other)
            if alike and length > shortest / 2 and len(tree.chain(a)) == len(tree.chain(b)):
                found.append((length, (joint, a, b)))
    return [pair for _, pair in sorted(found, reverse=True)][:6]


def _person(tree: Tree, legs: Pair, arms: Pair) -> Found | None:
    limbs = [_from_first_joint(tree, tree.chain(start)) for start in (*legs[1:], *arms[1:])]
    necks = [
        child
        for child in tree.children(arms[0])
        if child not in arms[1:] and tree.lengths[child] + tree.reach(child) > 0
    ]
    if not all(limbs) or not necks:
        return None
    left = _left(tree, legs, arms, [limb[2:] for limb in limbs[:2]])
    if left is None:
        return None
    found: dict[str, dict[str, int]] = {"left": {}, "right": {}}
    for names, pair in ((("hip", "knee", "ankle"), limbs[:2]), (("shoulder", "elbow", "wrist"), limbs[2:])):
        on_left = sorted(pair, key=lambda limb: -float(tree.rest[limb[0]] @ left))
        for side, limb in zip(found, on_left, strict=True):
            found[side] |= dict(zip(names, limb, strict=False))
            if names[0] == "hip":
                found[side]["toe"] = _toe(tree, limb[2:])
    neck = max(necks, key=lambda child: tree.lengths[child] + tree.reach(child))
    above = [joint for joint in tree.chain(neck)[1:] if not is_end(tree.names[joint])]
    return found, neck, above[-1] if above else None, legs[0]


def _from_first_joint(tree: Tree, chain: list[int]) -> list[int]:
    """A chain from where its two longest bones in a row begin: from the hip on, or from the shoulder."""
    bones = [tree.lengths[joint] for joint in chain[1:]]
    pairs = [min(a, b) for a, b in pairwise(bones)]
    return chain[int(np.argmax(pairs)) :] if pairs and max(pairs) > 0 else []


def _toe(tree: Tree, foot: list[int]) -> int:
    """The joint of the toes, or the end of the foot, in the chain that begins with the ankle."""
    joints = [joint for joint in foot[1:] if tree.lengths[joint] > 1e-9]
    return joints[0] if joints else foot[0]


def _left(tree: Tree, legs: Pair, arms: Pair, feet: list[list[int]]) -> FloatArray | None:
    """The direction of the left side in the rest pose; None where no foot shows which way it faces."""
    up = tree.rest[arms[0]] - tree.rest[legs[0]]
    forward = sum(tree.rest[foot[-1]] - tree.rest[foot[0]] for foot in feet)
    left = np.cross(up, forward)
    length = float(np.linalg.norm(left))
    return left / length if length > 1e-3 * float(np.linalg.norm(up)) ** 2 else None
