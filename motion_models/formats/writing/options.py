"""What the writer of a file may choose, and what people in it are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import FormatError
from ...motion.motion import Motion
from ..body import BODIES, Body
from ..people.our_names import NAMES, Names


@dataclass(frozen=True)
class WriteOptions:
    """Choices that the formats have in common; those that a format has no use for are ignored by it.

    body: what GLB files, the viewer and pictures show. names: bone names of GLB and BVH files (see
    `skeleton.bones_of`). apart: the viewer begins with everybody on a spot of his own, to compare
    clips. Raises FormatError for a value that is not known.
    """

    body: Body = "human"
    names: Names = "ours"
    apart: bool = False

    def __post_init__(self) -> None:
        for what, value, known in (("body", self.body, BODIES), ("bone names", self.names, NAMES)):
            if value not in known:
                raise FormatError(f"unknown {what} {value!r}; known are {', '.join(known)}")


DEFAULT = WriteOptions()


def person_names(motions: Sequence[Motion]) -> list[str]:
    """What each person is called, in every format: after the motion, numbered where names are equal."""
    names = [motion.name or "motion" for motion in motions]
    twice = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name} {n}" if name in twice else name for n, name in enumerate(names, 1)]
