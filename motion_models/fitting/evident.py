"""What a motion plainly shows, such as a kick or a bend to the floor: a true caption does not leave it out.

Each finder looks for one thing and says it in plain words, or finds nothing. Its thresholds were set on the
recordings that are learnt from, as they come back from the tokenizer, and so were the families beside it:
theirs are the recordings that show it, so captions of these families may leave it unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..arrays import FloatArray
from ..english.families import actions_named
from ..motion.measures import kinematics as k
from ..motion.measures import limbs
from ..motion.measures.events import events
from ..motion.measures.predicates import holds
from .checks import posture

#: Who sinks by this much and comes up again on the spot has squatted, metres.
SQUAT = 0.28
#: Who stays down for longer than this, seconds, may have sat; down is so near to the lowest, metres.
RESTS, DOWN = 1.0, 0.05
#: Trunks lean over less than this, degrees, of who stands upright; further of who bends down; further still
#: of who is upside down.
UPRIGHT, BENT, UPSIDE_DOWN = 60.0, 65.0, 130.0
#: The head of who bends down sinks by this much, and a hand this near to the floor reaches for it, metres.
HEAD_SINKS, AT_FLOOR = 0.5, 0.35
#: What a kick does: the ankle rises to so much, the other stays under that, metres, at such a speed (metres a
#: second), and the leg has such a share of the movement of both.
KICK_HEIGHT, STANDING_FOOT, KICK_SPEED, KICK_SHARE = 0.37, 0.25, 1.8, 0.75
#: Where a hand that reaches up gets to: so far under the head at most, before the shoulder at least, metres,
#: the arm stretched to such a share of its length; and what share of the movement of both arms is its own.
UNDER_HEAD, BEFORE, STRETCHED, REACH_SHARE = 0.15, 0.25, 0.75, 0.75
#: How far who stays about the spot gets, metres, and how far who sits down sinks.
ABOUT, SINKS = 1.0, 0.2
#: Who jumps brings the pelvis this much over where it begins and ends, metres.
RISE = 0.1
#: Who is faster than this on the whole, metres a second, runs up to the jump.
RUN_UP = 1.9


def squats(joints: FloatArray) -> bool:
    """Whether somebody sinks deep with an upright trunk, and comes up again on the spot, no higher."""
    heights = k.pelvis_heights(joints)
    stays = (heights < heights.min() + DOWN).sum() / k.FPS > RESTS
    upright = k.torso_pitch_max(joints) < UPRIGHT and k.net_metres(joints) < ABOUT / 2
    comes_up = k.pelvis_end(joints) - k.pelvis_min(joints) > SQUAT / 2
    sinks = k.pelvis_dip(joints) > SQUAT and posture(joints[: k.END_FRAMES], joints) == "standing"
    goes_up = max(_rise(joints), abs(k.pelvis_gain(joints))) > RISE
    return bool(sinks and upright and comes_up and not stays and not goes_up)


def kicking(joints: FloatArray) -> limbs.Side | None:
    """The side of a leg that kicks while the person stands about the spot on the other."""
    if k.net_metres(joints) > ABOUT or k.torso_pitch_max(joints) > BENT or not events(joints, "kick"):
        return None
    for side in limbs.SIDES:
        high = limbs.ankle_max(joints, side) > KICK_HEIGHT and limbs.leg_share(joints, side) > KICK_SHARE
        stands = limbs.ankle_max(joints, limbs.other_side(side)) < STANDING_FOOT
        if high and stands and limbs.foot_speed_max(joints, side) > KICK_SPEED:
            return side
    return None


def bends_down(joints: FloatArray) -> bool:
    """Whether somebody who stands about the spot bends down deep and straightens up again."""
    pitches = k.torso_pitches(joints)
    straight = max(pitches[: k.END_FRAMES].mean(), pitches[-k.END_FRAMES :].mean()) < UPRIGHT
    bent = BENT < pitches.max() < UPSIDE_DOWN and straight
    ends = [posture(part, joints) for part in (joints[: k.END_FRAMES], joints[-k.END_FRAMES :])]
    stands = ends == ["standing", "standing"] and k.net_metres(joints) < 1.2 * ABOUT
    return bool(bent and stands and k.head_dip(joints) > HEAD_SINKS)


def reaching(joints: FloatArray) -> limbs.Side | None:
    """The side of the one hand that goes up before the head, the arm stretched, of somebody upright."""
    if k.net_metres(joints) > ABOUT or k.torso_pitch_max(joints) > BENT / 2:
        return None
    for side in limbs.SIDES:
        raised = limbs.wrist_over_head(joints, side) > -UNDER_HEAD
        other_rests = limbs.wrist_over_shoulder(joints, limbs.other_side(side)) < -UNDER_HEAD
        alone = other_rests and limbs.arm_share(joints, side) > REACH_SHARE
        if raised and alone and limbs.hand_strokes(joints, side) < 3 and _stretched(joints, side):
            return side
    return None


def _stretched(joints: FloatArray, side: limbs.Side) -> bool:
    """Whether an arm is stretched up and forward for 0.15 s and longer."""
    forward, up, share = limbs.arm_stretch(joints, side)
    return int(((forward > BEFORE) & (up > 0) & (share > STRETCHED)).sum()) >= 3


def _rise(joints: FloatArray) -> float:
    """How far the pelvis gets over where it begins and ends, metres."""
    return float(k.pelvis_heights(joints).max()) - max(k.pelvis_start(joints), k.pelvis_end(joints))


def _squat(joints: FloatArray) -> str:
    return "a person squats and stands up again" if squats(joints) else ""


def _kick(joints: FloatArray) -> str:
    side = kicking(joints)
    return f"a person kicks with the {side} leg" if side else ""


def _bend(joints: FloatArray) -> str:
    if not bends_down(joints):
        return ""
    lowest = {side: limbs.wrist_min(joints, side) for side in limbs.SIDES}
    low = [side for side in limbs.SIDES if lowest[side] < AT_FLOOR]
    if len(low) == 2 and abs(lowest["left"] - lowest["right"]) < AT_FLOOR / 2:
        return "a person bends down and reaches to the floor with both hands"
    if low:
        side = min(low, key=lambda side: lowest[side])
        return f"a person bends down and reaches to the floor with the {side} hand"
    return "a person bends down and straightens up again"


def _reach(joints: FloatArray) -> str:
    side = reaching(joints)
    return f"a person reaches up with the {side} hand" if side else ""


def _jump(joints: FloatArray) -> str:
    if not holds(["jumps"], joints) or _rise(joints) < RISE:
        return ""
    return "a person runs and jumps" if k.mean_speed(joints) > RUN_UP else "a person jumps"


def _posture(joints: FloatArray) -> str:
    start, end = (posture(part, joints) for part in (joints[: k.END_FRAMES], joints[-k.END_FRAMES :]))
    if (start, end) == ("standing", "sitting") and k.pelvis_rise(joints) < -SINKS and not squats(joints):
        return "a person sits down"
    rises = (start, end) == ("sitting", "standing") and k.pelvis_rise(joints) > SINKS
    return "a person stands up" if rises else ""


@dataclass(frozen=True)
class Evident:
    """find: joints (T, 22, 3) -> a sentence, "" where there is no such thing. told_by: families of action
    (see families.yaml) whose captions tell of it, or need not."""

    find: Callable[[FloatArray], str]
    told_by: frozenset[str]


_ACROBATICS = (
    "cartwheel",
    "dive and roll",
    "flip",
    "swing on a bar",
    "hang from a bar",
    "climb up",
    "climb down",
)
_DANCES = ("dance", "dance pose", "spin around", "leap", "balance on one leg")
_FIGHTS = ("kick", "kick a ball", "karate moves")
_LOW = ("squat", "duck", "kneel", "scoop up", "lean or bend")
#: What can be told so, the surest first.
EVIDENT = (
    Evident(_jump, frozenset((
        "jump", "run and jump", "jump down", "jumping jacks", "hop on one leg", "shoot a basketball",
        *_ACROBATICS, *_DANCES, *_FIGHTS,
    ))),
    Evident(_squat, frozenset(_LOW)),
    Evident(_bend, frozenset((*_LOW, "bend back", "mop the floor", "warm up", "wash oneself"))),
    Evident(_kick, frozenset((*_FIGHTS, *_DANCES))),
    Evident(_posture, frozenset((
        "sit", "sit down", "stand up", "lie on the floor", "jump", "kick", *_LOW, *_ACROBATICS,
    ))),
    Evident(_reach, frozenset((
        "reach", "raise arms", "point", "wave", "beckon", "gesture", "direct traffic", "referee signal",
        "wash windows", "throw", "punch", "shoot a basketball",
    ))),
)  # fmt: skip
#: "Both bent arms" tells of arms, and of nobody who bends.
_BENT = re.compile(r"\bbent (?=\w)")


def shown(joints: FloatArray) -> list[tuple[str, frozenset[str]]]:
    """What a motion plainly shows, in words, and the families whose captions tell of it."""
    found = ((evident.find(joints), evident.told_by) for evident in EVIDENT)
    return [(said, told_by) for said, told_by in found if said]


def untold(text: str, plain: Sequence[tuple[str, frozenset[str]]]) -> int:
    """How much of what is `shown` a caption does not tell of."""
    if not plain:
        return 0
    named = set(actions_named(_BENT.sub("", text)))
    return sum(not named & told_by for _, told_by in plain)
