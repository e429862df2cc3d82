"""Which conditions on joints show an action: candidates are held against them besides their numbers."""

from __future__ import annotations

import re

from ..arrays import FloatArray
from ..english.demands import Demands, read_demands
from ..english.families import actions_named, main_action
from ..motion.measures.predicates import check, check_in_order

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
#: Where one action ends and the next begins.
_IN_A_ROW = re.compile(r",? and then |,? then |,? and after that |; afterwards ")


def not_shown(action: str, demands: Demands, joints: FloatArray) -> float:
    """How far a motion is from showing an action, or two in a row: the share of conditions that fail."""
    two = _IN_A_ROW.split(demands.text)
    stages = _stages(*two) if len(two) == 2 else ()
    if any(stages):
        _, outcomes = check_in_order(stages, joints)
    else:
        outcomes = check(() if stages else conditions_of(action, demands), joints)
    return sum(not outcome.met for outcome in outcomes) / max(len(outcomes), 1)


def _stages(first: str, second: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What two actions in a row are known by; a second that is no action of its own is the first again."""
    action = action_in(first)
    return (
        conditions_of(action, read_demands(first)),
        conditions_of(action_in(second) or action, read_demands(second)),
    )


def conditions_of(action: str, demands: Demands) -> tuple[str, ...]:
    """Names of the predicates that show an action, on the side that is asked for."""
    if action == "walk" and (
        demands.turn or demands.path or demands.in_place or demands.direction != "forward"
    ):
        return ()
    side = demands.limb[0] if demands.limb else None
    sided = {"kick": "kicks_{}", "punch": "punches_{}", "wave": "waves_{}", "raise arms": "raises_{}_arm"}
    if action in sided and side is not None:
        return (sided[action].format(side),)
    return SHOWN_BY.get(action, ())


def action_in(caption: str) -> str:
    """The family of action that a caption is about; "" where it names none."""
    named = actions_named(caption)
    return main_action(named) if named else ""
