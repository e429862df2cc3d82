"""Animated skeletons as files hold them, whatever the format, and forward kinematics on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...arrays import Float32Array, FloatArray


class Point(NamedTuple):
    """A point that moves with a joint: its joint, and where it lies from that joint in the rest pose."""

    joint: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)


Pose = Callable[[Sequence[Point], slice], Float32Array]
#: Positions (T or 1, 3) in the parent and matrices (T or 1, 3, 3) of one joint.
Local = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class AnimatedSkeleton:
    """Any animated skeleton, in the file's own units and axes.

    names, parents: of J joints, parents first, -1 for a root. Ends of bones are joints of their own, named
    "<parent> end". rest: (J, 3) positions with no joint turned. pose: points and frames -> where they are,
    (T, K, 3). turns: whether joints have rotations, so that points beside a joint can move with it. up: the
    axis that its format has up, "" where that is not fixed and the rest pose says nothing of it, None where
    the rest pose tells.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    rest: FloatArray
    frames: int
    fps: float
    path: Path
    pose: Pose
    turns: bool = True
    up: str | None = None
    notes: tuple[str, ...] = ()


def ancestors(parents: Sequence[int], joints: Iterable[int]) -> list[int]:
    """Joints with all that they hang on, parents first."""
    needed = set()
    for joint in joints:
        current = joint
        while current >= 0 and current not in needed:
            needed.add(current)
            current = parents[current]
    return sorted(needed)


def posed(
    parents: Sequence[int],
    points: Sequence[Point],
    frames: slice,
    local: Callable[[int, slice], Local],
    rest: Sequence[FloatArray] | None = None,
) -> Float32Array:
    """Where points are in some frames, (T, K, 3): forward kinematics of the joints they need.

    local: a joint and frames -> its position in its parent and its matrix, there. rest: matrices (3, 3) of
    the joints in the rest pose, None where they are not turned there.
    """
    found = np.empty((frames.stop - frames.start, len(points), 3), np.float32)
    world = _world(parents, ancestors(parents, (point.joint for point in points)), frames, local)
    for number, point in enumerate(points):
        where, matrix = world[point.joint]
        offset = _in_joint(point, rest)
        found[:, number] = where if offset is None else where + matrix @ offset
    return found


def _in_joint(point: Point, rest: Sequence[FloatArray] | None) -> FloatArray | None:
    """A point's offset in the frame of its joint; None for the joint itself."""
    if not any(point.offset):
        return None
    offset = np.array(point.offset)
    return offset if rest is None else np.linalg.pinv(rest[point.joint]) @ offset


def _world(
    parents: Sequence[int], needed: Sequence[int], block: slice, local: Callable[[int, slice], Local]
) -> dict[int, Local]:
    world: dict[int, Local] = {}
    for joint in needed:
        where, matrix = local(joint, block)
        if parents[joint] >= 0:
            above, turn = world[parents[joint]]
            where = above + (turn @ where[..., None])[..., 0]
            matrix = turn @ matrix
        world[joint] = where, matrix
    return world


def rest_positions(parents: Sequence[int], offsets: FloatArray) -> FloatArray:
    """Global positions (J, 3) of joints that lie at offsets (J, 3) from their parents, none turned."""
    positions = np.array(offsets, dtype=np.float64)
    for joint, parent in enumerate(parents):
        if parent >= 0:
            positions[joint] += positions[parent]
    return positions


def of_positions(
    names: Sequence[str],
    parents: Sequence[int],
    positions: FloatArray,
    *,
    fps: float,
    path: Path,
    up: str | None = None,
    notes: tuple[str, ...] = (),
) -> AnimatedSkeleton:
    """A skeleton of which only positions (T, J, 3) are known; its first frame stands for the rest pose."""
    known = np.asarray(positions, dtype=np.float32)
    return AnimatedSkeleton(
        names=tuple(names),
        parents=tuple(parents),
        rest=known[0].astype(np.float64),
        frames=len(known),
        fps=fps,
        path=path,
        pose=lambda points, block: known[block][:, [point.joint for point in points]],
        turns=False,
        up=up,
        notes=notes,
    )
