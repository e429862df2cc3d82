"""What a motion tells of the checks of its segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from ...motion_models.fitting.checks import Check
from ..schemas import CheckRef


def told(segments: Iterable[tuple[str, Sequence[Check]]]) -> list[CheckRef]:
    """The checks of segments, each with its description.

    What neighbours of one description count, they count together: three jumps are three segments.
    """
    refs: list[CheckRef] = []
    for _, group in groupby(segments, key=lambda segment: segment[0]):
        counted: dict[str, CheckRef] = {}
        for check in (check for _, checks in group for check in checks):
            ref = CheckRef(what=check.what, asked=check.asked, reached=check.reached, met=check.met)
            if check.counted:
                counted[check.what] = counted[check.what].plus(ref) if check.what in counted else ref
            else:
                refs.append(ref)
        refs += counted.values()
    return refs
