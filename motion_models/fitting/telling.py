"""Captions held against joints: which of several a motion does not contradict, and what it plainly shows.

A captioner has seen few motions and fills in what is likely: somebody frozen "runs slowly forward". What can
be measured decides among its candidates; where all are contradicted, the plain words of the measures do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..arrays import FloatArray
from ..english.demands import Demands, read_demands
from ..english.mirroring import mirror_text
from ..english.stages import action_of
from ..motion.measures import kinematics as k
from ..motion.measures import limbs
from ..motion.measures.events import events
from .actions import evidence
from .checks import posture
from .evident import shown, untold

#: Who gets no further than this (metres, along the path) goes nowhere.
NOWHERE = 0.5
#: Speeds (metres a second) below which nobody runs, and above which nobody walks.
SLOWEST_RUN, FASTEST_WALK = 1.2, 2.3
#: Mean speed (metres a second) of all joints, and of the fastest, in a pose that is held; breathing and what
#: the tokenizer adds stay below it.
FROZEN, LIMB_FROZEN = 0.1, 0.3
#: Turns (degrees) that can be seen, and the share of the movement that a named limb has at least.
SEEN_TURN, OWN_SHARE = 25.0, 0.35
#: Who jumps or hops moves the pelvis up and down by this much at least, metres.
BOUNCE = 0.1
#: A wrist this far (metres) above its shoulder belongs to a raised arm.
RAISED = 0.05
#: What a held pose is called.
POSES = {
    "standing": "a person stands still",
    "sitting": "a person sits still",
    "kneeling": "a person kneels",
    "lying": "a person lies still",
}
#: What it costs a caption that nothing measured bears out the action it names.
LACKING = 0.5
#: The likeliest caption is left only for one that is contradicted less by more than this, and any for its
#: mirror image by more than the latter.
MARGIN, MIRRORED = 0.5, 0.75
#: An arm that has this share of the movement of both moves alone.
ALONE = 0.9
_BOTH_ARMS = re.compile(r"\bboth (?:of the |the |his |her |their )?(?:bent )?(?:arms|hands|fists|palms)\b")
_SPLIT = re.compile(r"(,? (?:and then|then|and) |, )")
_TWICE = re.compile(r"\b([a-z]{3,}) \1\b")
_SUBJECT = re.compile(r"^(?:(?:a|the) person|he|she|they) ")


def best_caption(candidates: Sequence[str], joints: FloatArray, *, held: bool = False) -> str:
    """The first caption that a motion, joints (T, 22, 3), contradicts least; the likeliest candidate first.

    Where that one leaves out what is plain to see, this is told in plain words instead: further candidates
    are draws, and no better for happening to name it.

    held: it is known, better than from the joints, that a pose is held from beginning to end.
    """
    if frozen(joints) or (held and k.turn_range_degrees(joints) < 2 * SEEN_TURN):
        return held_pose(joints)
    plain = shown(joints)

    def cost(text: str) -> float:
        return _contradicted(text, joints) + untold(text, plain)

    told = [without_repeats(text) for text in candidates]
    # Left and right may be taken for each other.
    likeliest = min((told[0], mirror_text(told[0])), key=cost)
    if untold(likeliest, plain):
        return plain[0][0]
    costs = [(cost(text) + MARGIN * (number > 0), text) for number, text in enumerate(told)]
    costs += [(cost(turned) + MIRRORED, turned) for text in told if (turned := mirror_text(text)) != text]
    best = min(costs, key=lambda one: one[0])[1]
    return best if cost(best) < 1 else plain_words(joints)


def frozen(joints: FloatArray) -> bool:
    """Whether a pose is held from beginning to end."""
    if len(joints) < 2:
        return True
    limbs_rest = np.linalg.norm(np.diff(k.smooth(joints, 1.0), axis=0), axis=-1).mean(axis=0).max() * k.FPS
    still = k.motion_energy(joints) <= FROZEN and limbs_rest <= LIMB_FROZEN
    turns = k.turn_range_degrees(joints) > SEEN_TURN
    return bool(still and not turns and k.path_metres(joints) <= NOWHERE / 2)


def held_pose(joints: FloatArray) -> str:
    """What a held pose is called: its posture, and the arms that are raised."""
    middle = joints[len(joints) // 3 : len(joints) // 3 + k.END_FRAMES]
    raised = [side for side in limbs.SIDES if limbs.wrist_over_shoulder(middle, side) > RAISED]
    arms = {0: "", 1: f" with the {''.join(raised)} arm raised", 2: " with both arms raised"}
    return POSES[posture(middle, joints)] + arms[len(raised)]


def contradictions(text: str, joints: FloatArray) -> float:
    """How much of a caption a motion contradicts: about 1 for each thing said that is not so, or left out
    though it is plain to see."""
    return _contradicted(text, joints) + untold(text, shown(joints))


def _contradicted(text: str, joints: FloatArray) -> float:
    """How much of what a caption says is not so."""
    demands = read_demands(text)
    wrong = _going(demands, joints) + _turning(demands, joints) + _acting(demands, joints)
    wrong += float(_BOTH_ARMS.search(text) is not None and _one_arm_moves(joints))
    return wrong + LACKING * evidence(action_of(text), demands, joints).lacking


def _one_arm_moves(joints: FloatArray) -> bool:
    return max(limbs.arm_share(joints, side) for side in limbs.SIDES) > ALONE


def _going(demands: Demands, joints: FloatArray) -> float:
    metres, speed = k.path_metres(joints), k.mean_speed(joints)
    if demands.going is None:
        return 0.5 if demands.turn is None and k.net_metres(joints) > 2.0 else 0.0
    if demands.in_place:
        return float(k.net_metres(joints) > 1.0)
    wrong = float(metres < NOWHERE)
    wrong += float(demands.going == "run" and speed < SLOWEST_RUN)
    wrong += float(demands.going == "walk" and speed > FASTEST_WALK)
    forward, left = k.forward_metres(joints), k.left_metres(joints)
    wrong += float(demands.direction == "backward" and forward > 0.2)
    wrong += float(demands.direction == "forward" and forward < -0.2)
    wrong += float(demands.direction == "left" and k.displacement(joints)[1] < 0 and left < 0)
    wrong += float(demands.direction == "right" and k.displacement(joints)[1] > 0 and left > 0)
    return wrong


def _turning(demands: Demands, joints: FloatArray) -> float:
    turned = k.turn_degrees(joints)
    if demands.turn is not None:
        if demands.turn.side is not None:
            return float((turned if demands.turn.side == "left" else -turned) < SEEN_TURN)
        return float(k.turn_range_degrees(joints) < min(90.0, (demands.turn.degrees or 90.0) / 2))
    if demands.path == "circle":
        return float(k.turn_range_degrees(joints) < 90)
    if demands.path == "straight":
        return float(
            abs(turned) > 45
        )  # captions say "straight" of limbs, too: a swing on the way is no fault
    return 0.3 if demands.going is not None and abs(turned) > 70 else 0.0


def _acting(demands: Demands, joints: FloatArray) -> float:
    wrong = 0.0
    if demands.limb is not None:
        wrong += float(limbs.leading_share(joints, *demands.limb) < OWN_SHARE)
    if demands.event in ("jump", "hop"):
        bounces = k.pelvis_heights(joints)
        rises = bounces.max() - max(k.pelvis_start(joints), k.pelvis_end(joints)) > BOUNCE / 2
        wrong += float(not events(joints, "jump") and (np.ptp(bounces) < BOUNCE or not rises))
    elif demands.event == "squat":
        wrong += float(k.pelvis_dip(joints) < 0.15)
    if demands.ends is not None:
        end = posture(joints[-k.END_FRAMES :], joints)
        wrong += float(end != demands.ends and not {end, demands.ends} <= {"sitting", "kneeling"})
    return wrong


def without_repeats(text: str) -> str:
    """A caption whose phrases are each told once: "stands still and then stands still" -> "stands still".

    Nor does a word stand twice in a row.
    """
    pieces = _SPLIT.split(_TWICE.sub(r"\1", text))  # phrase, what joins it to the next, phrase, ...
    kept, told = "", set[str]()
    for number in range(0, len(pieces), 2):
        plain = _SUBJECT.sub("", pieces[number])
        if plain not in told:
            kept += (pieces[number - 1] if kept else "") + pieces[number]
            told.add(plain)
    return kept


def plain_words(joints: FloatArray) -> str:
    """What can be said of a motion by measuring alone."""
    if plain := shown(joints):
        return plain[0][0]
    start = posture(joints[: k.END_FRAMES], joints)
    end = posture(joints[-k.END_FRAMES :], joints)
    if start != end:
        changes = {
            "sitting": "sits down",
            "lying": "lies down",
            "kneeling": "kneels down",
            "standing": "stands up",
        }
        return f"a person {changes[end]}"
    if end != "standing":
        return f"a person {'moves while ' + end}"
    turned, metres, speed = k.turn_degrees(joints), k.path_metres(joints), k.mean_speed(joints)
    if metres >= NOWHERE and speed > 0.25:
        return f"a person {_gait(joints, speed)}{_way(turned)}"
    if abs(turned) >= SEEN_TURN:
        return f"a person turns {'around' if abs(turned) > 140 else 'left' if turned > 0 else 'right'}"
    shares = {side: limbs.arm_share(joints, side) for side in limbs.SIDES}
    arm = max(shares, key=lambda side: shares[side])
    return f"a person moves the {arm} arm" if shares[arm] > 0.75 else "a person moves on the spot"


def _gait(joints: FloatArray, speed: float) -> str:
    forward, left = k.forward_metres(joints), k.left_metres(joints)
    if abs(left) > abs(forward):
        return f"steps to the {'left' if left > 0 else 'right'}"
    if forward < 0:
        return "walks backward"
    return "runs forward" if speed > FASTEST_WALK - 0.4 else "walks forward"


def _way(turned: float) -> str:
    if abs(turned) > 250:
        return " in a circle"
    return "" if abs(turned) < 45 else f" and turns {'left' if turned > 0 else 'right'}"
