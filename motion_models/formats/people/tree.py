"""The joints of a skeleton as a tree in its rest pose, with the questions that finding a person asks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import FloatArray
from .naming import plain_names

#: Joints that a file may have; the largest bodies with fingers and faces have a few hundred.
MOST_JOINTS = 4096


class Tree:
    """Plain names, parents and rest positions (J, 3) of a skeleton."""

    def __init__(self, names: Sequence[str], parents: Sequence[int], rest: FloatArray) -> None:
        self.names = plain_names(names)
        self.parents = list(parents)
        self.rest = np.asarray(rest, dtype=np.float64)
        self.below: list[list[int]] = [[] for _ in parents]
        for joint, parent in enumerate(parents):
            if parent >= 0:
                self.below[parent].append(joint)
        self.lengths = [self.distance(j, p) if p >= 0 else 0.0 for j, p in enumerate(parents)]
        self._reach = self._reaches()

    def distance(self, joint: int, other: int) -> float:
        return float(np.linalg.norm(self.rest[joint] - self.rest[other]))

    def path(self, joint: int) -> list[int]:
        """From the root down to `joint`."""
        path = [joint]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        return path[::-1]

    def children(self, joint: int) -> list[int]:
        return self.below[joint]

    def reach(self, joint: int) -> float:
        """Length of the longest chain below `joint`."""
        return self._reach[joint]

    def _reaches(self) -> list[float]:
        reach = [0.0] * len(self.parents)
        for joint in range(len(self.parents) - 1, 0, -1):
            parent = self.parents[joint]
            if parent >= 0:
                reach[parent] = max(reach[parent], reach[joint] + self.lengths[joint])
        return reach

    def chain(self, joint: int) -> list[int]:
        """The longest chain that begins with `joint`, down to its end."""
        chain = [joint]
        while below := self.below[chain[-1]]:
            chain.append(max(below, key=lambda child: self.lengths[child] + self._reach[child]))
        return chain

    def furthest(self, joint: int) -> int:
        """The end of the longest chain below `joint`, bones without length left out; the joint when none."""
        chain = self.chain(joint)
        while len(chain) > 1 and self.lengths[chain[-1]] < 1e-9:
            chain.pop()
        return chain[-1]

    def is_below(self, joint: int, other: int) -> bool:
        return other in self.path(joint)
