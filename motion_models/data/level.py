"""Which stretches of the recordings teach actions on level ground, by where the feet are.

Some recordings go over stairs, bars and stools that the joints do not show, and floors drift. A walk, turn or
wave cut out of them would teach that people stand on air; climbing and hanging are told as what they are.
"""

from __future__ import annotations

import numpy as np

from ..arrays import FloatArray
from ..motion.features import FPS
from ..motion.skeleton import JOINT, LEFT_FEET, RIGHT_FEET

#: Actions that leave the floor for something to stand, sit or hang on.
OFF_THE_FLOOR = frozenset(
    ["climb up", "climb down", "jump down", "climb stairs", "hang from a bar", "swing on a bar"]
)
#: Actions in which feet are up for other reasons than a missing floor: flights, seats, hands on the ground.
_FEET_UP = frozenset(
    [
        "sit", "sit down", "stand up", "lie on the floor", "fall", "flip", "cartwheel", "dive and roll",
        "imitate an animal", "crawl", "push-ups",
    ]
)  # fmt: skip
#: Actions that fly: they begin on the floor, their median says nothing.
_FLIGHTS = frozenset(["jump", "leap", "jumping jacks", "hop on one leg", "run and jump", "spin around"])
#: How high the lowest ankle or toe of a standing body may be in the first frame, and in half of the frames.
MOST_AT_START, MOST_MEDIAN = 0.08, 0.07
#: Height of the lowest foot's joint in standing, and what says that it stands on a floor that lies lower.
_USUAL_FOOT, _DRIFTED = 0.02, (0.05, 0.18)
#: How far from its written start a stretch may begin, to begin on the floor, seconds.
_LATER = 0.4


def lowest_foot(joints: FloatArray) -> FloatArray:
    """Height (T,) of the lowest ankle or toe of (T, 22, 3), metres."""
    return joints[:, [*LEFT_FEET, *RIGHT_FEET], 1].min(axis=1)


def floats(joints: FloatArray, family: str) -> bool:
    """Whether a stretch (T, 22, 3), floor at 0, of an action on the floor is off it."""
    if family in OFF_THE_FLOOR or family in _FEET_UP or not len(joints):
        return False
    feet = lowest_foot(joints)
    if feet[0] > MOST_AT_START:
        return True
    return family not in _FLIGHTS and float(np.median(feet)) > MOST_MEDIAN


def frames_until_floor(joints: FloatArray, family: str) -> int:
    """How many frames later a stretch should begin, so that it begins on the floor; 0 where it may stay."""
    if family in OFF_THE_FLOOR or family in _FEET_UP:
        return 0
    on_floor = np.flatnonzero(lowest_foot(joints[: round(_LATER * FPS) + 1]) <= MOST_AT_START)
    return int(on_floor[0]) if len(on_floor) else 0


def standing_floor(joints: FloatArray) -> float:
    """How high people stand in a clip whose lowest moment is at 0, metres; 0 where that is no floor.

    A toe that dips under the floor for a moment sets all else afloat. Where the feet of an upright body
    hardly ever come near the floor, but stay within a hand's breadth of it, they stand on it.
    """
    upright = joints[:, JOINT["pelvis"], 1] > 0.7
    if upright.mean() < 0.8:
        return 0.0
    usual = float(np.percentile(lowest_foot(joints[upright]), 25))
    return usual - _USUAL_FOOT if _DRIFTED[0] < usual < _DRIFTED[1] else 0.0
