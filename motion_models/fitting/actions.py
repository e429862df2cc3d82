"""Which conditions on joints show an action: candidates are held against them besides their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..arrays import FloatArray
from ..english.demands import Demands, read_demands
from ..english.stages import action_of, stages_of
from ..motion.measures.kinematics import torso_pitches
from ..motion.measures.predicates import CheckResult, check, check_in_order

#: Families of action (see families.yaml) -> the predicates that show them.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "walk": ("walks_forward",),
    "walk backward": ("walks_backward",),
    "run": ("runs",),
    "turn": (),
    "jump": ("jumps",),
    "jumping jacks": ("jumping_jacks",),
    "hop on one leg": ("hops_on_one_foot",),
    "leap": ("leaps",),
    "spin around": ("spins",),
    "balance on one leg": ("balances_on_one_leg",),
    "cartwheel": ("cartwheels",),
    "punch": ("punches",),
    "kick": ("kicks",),
    "duck": ("ducks",),
    "squat": ("squats",),
    "sit down": ("sits_down",),
    "sit": ("sits",),
    "lie on the floor": ("lies",),
    "stand up": ("stands_up",),
    "stand": ("stands_still",),
    "raise arms": ("raises_both_arms",),
    "reach": ("reaches_up",),
    "climb up": ("climbs_up",),
    "climb stairs": ("climbs_up",),
    "climb down": ("climbs_down",),
    "dribble a basketball": ("dribbles",),
    "wash windows": ("washes_windows",),
    "mop the floor": ("mops",),
    "drink": ("drinks",),
    "swing a sword": ("swings_sword",),
    "flap arms": ("circles_arms",),
}

#: Actions that are done upright, and words with which they are not.
_UPRIGHT = frozenset({"walk", "walk backward", "run", "step aside", "turn", "stand"})
_STOOPING = re.compile(
    r"\b(?:crouch\w*|stoop\w*|hunch\w*|bent|bends?|bending|lean\w*|duck\w*|sneak\w*|creep\w*|low|old|elder\w*"
    r"|tired\w*|exhaust\w*|sad\w*|limp\w*|zombies?|drunk\w*|uphill)\b"
)
#: An upright body leans by less than this, degrees.
_LEANS = 35.0

#: An action said in words that ask for more than its name: what these are, and what shows it then.
_SAID_AS: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    ("jump", re.compile(r"\bup(?:wards?)?\b(?! (?:onto|on|to|over|the))"), ("jumps_up",)),
    ("jump", re.compile(r"\b(?:forwards?|ahead)\b"), ("jumps_forward",)),
    ("punch", re.compile(r"\b(?:box(?:es|ing)?|boxer|spars?|sparring|jabs|flurry|both (?:fists|hands))\b"),
     ("boxes",)),
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """How far a motion is from showing an action, or two in a row.

    lacking: the share of its conditions that fail. known: whether there are any, for each of two actions.
    """

    lacking: float
    known: bool


def evidence(action: str, demands: Demands, joints: FloatArray, known_by: tuple[str, ...] = ()) -> Evidence:
    """Hold a motion, joints (T, 22, 3), against what its action is known by.

    known_by: the predicates, where there are better ones than those of the whole family.
    """
    if known_by:
        return Evidence(_failing(check(known_by, joints)), known=True)
    stages = stages_of(demands.text)
    if len(stages) != 2:
        conditions = conditions_of(action, demands)
        return Evidence(_failing(check(conditions, joints)), bool(conditions))
    each = [conditions_of(action_of(stage), read_demands(stage)) for stage in stages]
    outcomes = check_in_order(each, joints)[1] if any(each) else ()
    too_short = any(each) and not outcomes
    return Evidence(1.0 if too_short else _failing(outcomes), all(each))


def _failing(outcomes: Sequence[CheckResult]) -> float:
    return sum(not outcome.met for outcome in outcomes) / max(len(outcomes), 1)


def conditions_of(action: str, demands: Demands) -> tuple[str, ...]:
    """Names of the predicates that show an action, on the side that is asked for."""
    if action == "walk" and demands.path == "circle":
        return ("walks_in_a_circle",)
    if action == "walk" and (demands.turn or demands.in_place or demands.direction not in (None, "forward")):
        return ()
    if action == "step aside":
        sideways = demands.direction in ("left", "right")
        return (f"side_steps_{demands.direction}", "goes_straight") if sideways else ()
    if action == "lie on the floor" and demands.lowers:
        return ("lies_down",)
    side = demands.limb[0] if demands.limb else None
    sided = {"kick": "kicks_{}", "punch": "punches_{}", "wave": "waves_{}", "raise arms": "raises_{}_arm"}
    if action in sided and side is not None:
        return (sided[action].format(side),)
    for name, words, predicates in _SAID_AS:
        if action == name and words.search(demands.text):
            return predicates
    return SHOWN_BY.get(action, ())


def stooping(action: str, demands: Demands, joints: FloatArray) -> float:
    """Share of the frames in which somebody bends low over an action that is done upright."""
    if action not in _UPRIGHT or demands.ends not in (None, "standing") or _STOOPING.search(demands.text):
        return 0.0
    return float((torso_pitches(joints) > _LEANS).mean())
