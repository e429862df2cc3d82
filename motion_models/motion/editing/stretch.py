"""A stretch of motion: frames with the path of their root, in coordinates of their own.

Every operation on frames takes a `Stretch` and gives one. A stretch starts at the xz origin facing +Z and
knows some frames more than it shows, before it and after it, so that stretches can be laid one after another
without losing the step between them, and played at any speed, backwards too, to the very end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ...arrays import FloatArray
from .. import features as layout

#: x and z in metres and a heading in radians (0 faces +Z, positive to the left), or a row of them.
Place = npt.NDArray[np.float64]
HERE: Place = np.zeros(3)
#: How many frames a stretch knows of what is before and after it: one at four times the speed, and one more.
MARGIN = 5


@dataclass(frozen=True, eq=False)
class Stretch:
    """T frames of one person, with `MARGIN` frames before and after them: R rows in all.

    joints: (R, 22, 3) metres, Y up. roots: (R, 3), the `Place` of the root in every row, `HERE` in that of
    the first frame. offset: where it starts, seen from where the stretch before it leads to.
    """

    joints: FloatArray
    roots: Place
    offset: Place = field(default_factory=lambda: HERE)

    @property
    def frames(self) -> int:
        return len(self.joints) - 2 * MARGIN

    @property
    def rows(self) -> slice:
        """The rows of the frames that are shown."""
        return slice(MARGIN, MARGIN + self.frames)

    @property
    def shown(self) -> FloatArray:
        """The joints (T, 22, 3) of the frames that are shown."""
        return self.joints[self.rows]

    @property
    def exit(self) -> Place:
        """Where it leads to."""
        return self.roots[MARGIN + self.frames]

    @property
    def poses(self) -> FloatArray:
        """(R, 22, 3): every row as seen from its root's place."""
        return seen_from(self.roots, self.joints)

    def cut(self, start: int, end: int) -> Stretch:
        """The frames from `start` to before `end`, as a stretch of their own."""
        rows = slice(start, end + 2 * MARGIN)
        return settled(self.joints[rows], self.roots[rows])

    def on_path(self, roots: Place) -> Stretch:
        """The same poses on another path (R, 3), seen from where the stretch started before."""
        offset = compose(self.offset, roots[MARGIN])
        return settled(placed(roots, self.poses), roots, offset)


def stretches(features: FloatArray, cuts: Sequence[int], joints: FloatArray | None = None) -> list[Stretch]:
    """Cut decoded features (T, 263) into stretches: [cuts[0], cuts[1]), [cuts[1], cuts[2]), and so on.

    joints: (T, 22, 3), where the features' own were changed, by functions that leave the path of the root.
    """
    longer = _with_margins(features)
    yaw, root = layout.recover_root(longer)
    roots = np.stack([root[:, 0], root[:, 2], yaw], axis=1)
    found = layout.recover_joints(longer).astype(np.float64)
    if joints is not None:
        changed = joints - found[MARGIN:-MARGIN]
        found += np.concatenate([changed[[0] * MARGIN], changed, changed[[-1] * MARGIN]])
    return [
        settled(found[start : end + 2 * MARGIN], roots[start : end + 2 * MARGIN])
        for start, end in pairwise(cuts)
    ]


def _with_margins(features: FloatArray) -> FloatArray:
    """Features (T, 263) with `MARGIN` more rows at either end, which go on as the two rows there do."""
    few = len(features) == 1
    first, second = features[:1], features[:1] if few else features[1:2]
    last, before = features[-1:], features[-1:] if few else features[-2:-1]
    away = np.arange(1, MARGIN + 1)[:, None]
    return np.concatenate([first + away[::-1] * (first - second), features, last + away * (last - before)])


def settled(joints: FloatArray, roots: FloatArray, offset: Place = HERE) -> Stretch:
    """A stretch of frames that stand anywhere: moved to the origin, facing +Z."""
    start = inverse(roots[MARGIN])
    return Stretch(placed(start, joints), compose(start, roots), offset)


# ---------------------------------------------------------------------- places


def compose(place: FloatArray, inner: FloatArray) -> Place:
    """`inner` as seen from `place`, in the coordinates of `place`'s own surroundings; (..., 3)."""
    x, z, yaw = np.moveaxis(np.asarray(place, dtype=np.float64), -1, 0)
    inner = np.asarray(inner, dtype=np.float64)
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.stack(
        [
            x + cos * inner[..., 0] + sin * inner[..., 1],
            z + cos * inner[..., 1] - sin * inner[..., 0],
            yaw + inner[..., 2],
        ],
        axis=-1,
    )


def inverse(place: FloatArray) -> Place:
    """The surroundings as seen from `place`."""
    x, z, yaw = np.moveaxis(np.asarray(place, dtype=np.float64), -1, 0)
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.stack([sin * z - cos * x, -(sin * x + cos * z), -yaw], axis=-1)


def placed(place: FloatArray, joints: FloatArray) -> FloatArray:
    """Joints (T, 22, 3) seen from `place` (3,) or (T, 3), in the coordinates of its surroundings."""
    x, z, yaw = np.broadcast_to(place, (len(joints), 3)).T
    turned = layout.turned(np.asarray(joints, dtype=np.float64), yaw)
    turned[..., 0] += x[:, None]
    turned[..., 2] += z[:, None]
    return turned


def seen_from(place: FloatArray, joints: FloatArray) -> FloatArray:
    """Joints (T, 22, 3) of the surroundings, as seen from `place`."""
    return placed(inverse(place), joints)
