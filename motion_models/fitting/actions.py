"""Which conditions on joints show an action: candidates are held against them besides their numbers."""

from __future__ import annotations

from ..arrays import FloatArray
from ..english.demands import Demands
from ..motion.measures.predicates import check

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


def not_shown(action: str, demands: Demands, joints: FloatArray) -> float:
    """How far a motion is from showing an action: the share of its conditions that fail."""
    names = SHOWN_BY.get(action, ())
    if action == "walk" and (
        demands.turn or demands.path or demands.in_place or demands.direction != "forward"
    ):
        names = ()
    if action in ("kick", "punch") and demands.limb is not None:
        names = (f"{action}es_{demands.limb[0]}" if action == "punch" else f"kicks_{demands.limb[0]}",)
    if action == "wave":
        names = (f"waves_{demands.limb[0]}",) if demands.limb else ()
    if action == "raise arms" and demands.limb is not None:
        names = (f"raises_{demands.limb[0]}_arm",)
    outcomes = check(names, joints)
    return sum(not outcome.met for outcome in outcomes) / max(len(outcomes), 1)
