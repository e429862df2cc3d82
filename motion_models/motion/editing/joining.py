"""Stretches laid one after another: where one does not lead into the next, both give way a little.

What leads on by itself, as two stretches of one motion do, stays as it is to the last bit. Elsewhere position
and speed are made to agree by offsets that die away within `GIVEN_FRAMES` on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...arrays import FloatArray
from ..skeleton import bone_vectors
from .limbs import with_bones
from .shapes import along_steps
from .stretch import HERE, MARGIN, Place, Stretch, compose, inverse, placed, seen_from, settled

#: How many frames on either side of a seam give way (0.4 s).
GIVEN_FRAMES = 8
#: What leads on by itself misses the next stretch by less than this, in metres.
NATURAL = 1e-3
_BEFORE, _AFTER = slice(None, MARGIN), slice(-MARGIN, None)


@dataclass(frozen=True)
class Seam:
    """What has to be made up for between two stretches, each half by one of them.

    jump, bend: of poses, metres and metres a frame (22, 3); growth: of the lengths of bones, metres (22, 1);
    pace: of the steps of the root (3,).
    """

    jump: FloatArray
    bend: FloatArray
    growth: FloatArray
    pace: Place


def joined(parts: Sequence[Stretch], *, ring: bool = False) -> Stretch:
    """One stretch of all of them; with `ring`, the last leads into the first."""
    after = [*parts[1:], parts[0] if ring else None]
    seams = [None if b is None else _seam(a, b) for a, b in zip(parts, after, strict=True)]
    before = [seams[-1] if ring else None, *seams[:-1]]
    given = [_giving(*each) for each in zip(parts, before, seams, strict=True)]
    joints, roots, place = [], [], HERE
    for number, part in enumerate(given):
        share = np.ones(part.frames) if number == 0 else _rising(part.frames)
        starts = compose(place, part.offset * share[:, None])
        start = compose(place, part.offset)
        first, last = number == 0, number == len(given) - 1
        for rows, places in ((_BEFORE, [start] * first), (part.rows, [starts]), (_AFTER, [start] * last)):
            joints += [placed(at, part.joints[rows]) for at in places]
            roots += [compose(at, part.roots[rows]) for at in places]
        place = compose(start, part.exit)
    return settled(np.concatenate(joints), np.concatenate(roots), np.concatenate(roots)[MARGIN])


def _seam(left: Stretch, right: Stretch) -> Seam | None:
    """What `left` misses of leading into `right`; None where it leads on by itself."""
    ends, starts = slice(-MARGIN - 1, -MARGIN + 1), slice(MARGIN, MARGIN + 2)
    ending = seen_from(left.roots[ends], left.joints[ends])
    starting = seen_from(right.roots[starts], right.joints[starts])
    jump = starting[0] - ending[1]
    if np.abs(jump).max() < NATURAL:
        return None
    bend = (starting[1] - starting[0]) - (ending[1] - ending[0])
    growth = _bones(starting[0]) - _bones(ending[1])
    return Seam(jump, bend, growth, _steps(right.roots[starts])[0] - _steps(left.roots[ends])[0])


def _giving(part: Stretch, before: Seam | None, after: Seam | None) -> Stretch:
    """A part that has given half of what its two seams miss."""
    if before is None and after is None:
        return part
    count = max(1, min(GIVEN_FRAMES, part.frames // 2))
    frames, offsets, steps = (
        np.arange(len(part.joints)) - MARGIN,
        np.zeros_like(part.joints),
        _steps(part.roots),
    )
    poses = part.poses
    lengths = _bones(poses)
    for seam, away, side in ((before, frames, -0.5), (after, part.frames - frames, 0.5)):
        if seam is None:
            continue
        share = np.clip(away / count, 0.0, 1.0)[:, None, None]
        value, slope = (1 + 2 * share) * (1 - share) ** 2, count * share * (1 - share) ** 2
        offsets += side * value * seam.jump - 0.5 * slope * seam.bend
        lengths += side * value * seam.growth
        steps += side * (value[:-1, :, 0] if side < 0 else value[1:, :, 0]) * seam.pace
    moved = (offsets != 0).any(axis=(1, 2))
    poses[moved] = with_bones(poses[moved] + offsets[moved], lengths[moved])
    roots = along_steps(steps)
    return Stretch(placed(roots, poses), roots, part.offset)


def _bones(joints: FloatArray) -> FloatArray:
    """Lengths (..., 22, 1) of the bones that end in each joint."""
    return np.linalg.norm(bone_vectors(joints), axis=-1, keepdims=True)


def _steps(roots: Place) -> Place:
    """From each place to the next, seen from the first of the two; (T, 3) of (T + 1, 3)."""
    return compose(inverse(roots[:-1]), roots[1:])


def _rising(frames: int) -> npt.NDArray[np.float64]:
    """From nearly 0 to 1 within `GIVEN_FRAMES`, smoothly; (T,)."""
    share = np.clip((np.arange(frames) + 1) / (GIVEN_FRAMES + 1), 0.0, 1.0)
    return share * share * (3 - 2 * share)
