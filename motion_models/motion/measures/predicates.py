"""What a prompt promises, as conditions on measured kinematics.

A predicate is a tuple of conditions that must all hold; each condition is a measure and the interval it
must lie in. Thresholds come from real motion: `calibration.py` reports, for every predicate, the share of
captioned CMU segments of that meaning that satisfy it and the share of other segments that do by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from ...arrays import FloatArray
from . import events, limbs
from . import kinematics as k

Sides = Literal["left", "right", "highest", "lowest"]

#: Where a two-part motion may be cut, as shares of its frames.
CUTS = tuple(np.linspace(0.2, 0.8, 13))
#: A part shorter than this (0.4 s) shows nothing.
MIN_PART_FRAMES = 8


@dataclass(frozen=True)
class CheckResult:
    """One condition on one motion: what was measured and whether it lay in the interval."""

    condition: str
    value: float
    met: bool


@dataclass(frozen=True)
class Condition:
    """`low <= measure <= high`; of a two-sided measure one side's value, or the highest or lowest of both."""

    measure: Callable[..., float]
    low: float = -inf
    high: float = inf
    side: Sides | None = None

    def __str__(self) -> str:
        name = self.measure.__name__ + (f"[{self.side}]" if self.side else "")
        low = f"{self.low:g} <= " if self.low > -inf else ""
        return low + name + (f" <= {self.high:g}" if self.high < inf else "")

    def value(self, joints: FloatArray) -> float:
        if self.side is None:
            return float(self.measure(joints))
        if self.side in limbs.SIDES:
            return float(self.measure(joints, self.side))
        pick = max if self.side == "highest" else min
        return float(pick(self.measure(joints, side) for side in limbs.SIDES))

    def __call__(self, joints: FloatArray) -> CheckResult:
        value = self.value(joints)
        return CheckResult(str(self), value, self.low <= value <= self.high)


Predicate = tuple[Condition, ...]
Measure = Callable[..., float]


def at_least(measure: Measure, low: float, side: Sides | None = None) -> Condition:
    return Condition(measure, low=low, side=side)


def at_most(measure: Measure, high: float, side: Sides | None = None) -> Condition:
    return Condition(measure, high=high, side=side)


def between(measure: Measure, low: float, high: float) -> Condition:
    return Condition(measure, low, high)


def occurrences(event: str) -> Measure:
    """The measure that counts one of the `events`: one side's, or without sides all."""

    def count(joints: FloatArray, side: limbs.Side | None = None) -> float:
        return float(len(events.events(joints, event, side)))

    count.__name__ = f"{event}s"
    return count


_AFOOT = at_least(k.pelvis_min, 0.6)
_IN_PLACE = at_most(k.net_metres, 0.6)
_STRAIGHTENS = at_most(k.torso_pitch_end, 25)
_AIRBORNE = (between(k.air_seconds, 0.15, 1.2), at_least(k.jump_metres, 0.11))


def _sided(name: str, make: Callable[[limbs.Side], Predicate]) -> dict[str, Predicate]:
    """The same predicate for both sides: `name` with {side} filled in."""
    return {name.format(side=side): make(side) for side in limbs.SIDES}


def _turns(low: float, high: float) -> Callable[[limbs.Side], Predicate]:
    """A net turn between two angles; turns to the right are negative."""
    return lambda side: (
        between(k.turn_degrees, low, high) if side == "left" else between(k.turn_degrees, -high, -low),
    )


def _kneels(*knees: Condition) -> Predicate:
    """An upright trunk over low hips at the end, and what holds of the knees."""
    return (*knees, between(k.pelvis_end, 0.3, 0.72), at_most(k.torso_pitch_end, 60))


GOING: dict[str, Predicate] = {
    "walks_forward": (
        at_least(k.forward_metres, 0.7),
        between(k.mean_speed, 0.3, 1.95),
        at_least(limbs.step_count, 1),
        _AFOOT,
    ),
    "walks_backward": (at_most(k.forward_metres, -0.25), at_least(k.mean_speed, 0.2), _AFOOT),
    "walks_slowly": (between(k.mean_speed, 0.2, 0.9),),
    "walks_fast": (between(k.mean_speed, 1.2, 2.2),),
    "runs": (at_least(k.mean_speed, 1.6), at_least(k.forward_metres, 1.0)),
    "runs_fast": (at_least(k.mean_speed, 2.5),),
    "speeds_up": (at_least(k.max_speed, 1.4), at_most(k.start_speed, 1.5)),
    "stops": (at_most(k.end_speed, 0.8), at_least(k.max_speed, 1.1)),
    "goes_straight": (at_most(k.turn_size_degrees, 25),),
    "stands_at_ease": (
        at_most(k.net_metres, 0.3),
        at_most(k.motion_energy, 0.25),
        at_most(limbs.wrist_over_shoulder, -0.15, "highest"),
        at_most(k.torso_pitch_max, 20),
        _AFOOT,
    ),
    "stays_in_place": (_IN_PLACE,),
    "stands_still": (at_most(k.net_metres, 0.3), at_most(k.motion_energy, 0.25), _AFOOT),
    "jogs_in_place": (_IN_PLACE, at_least(limbs.foot_alternations, 3), at_most(limbs.arm_raise_count, 1)),
    "walks_in_a_circle": (at_least(k.turn_size_degrees, 180), at_least(k.path_metres, 1.5), _AFOOT),
    "turns_around": (between(k.turn_size_degrees, 110, 260),),
    "spins": (at_least(k.turn_range_degrees, 260),),
    "climbs_up": (at_least(k.pelvis_gain, 0.35),),
    "climbs_down": (at_most(k.pelvis_gain, -0.35),),
    "turns_on_the_spot": (
        at_least(k.turn_size_degrees, 30),
        at_most(k.net_metres, 0.35),
        at_least(limbs.ankle_max, 0.1, "lowest"),
        at_most(limbs.ankle_max, 0.3, "highest"),
        at_most(k.torso_pitch_max, 30),
        at_least(k.pelvis_min, 0.75),
    ),
    "steps_sideways": (
        at_least(k.aside_metres, 0.25),
        at_least(k.aside_share, 0.7),
        at_most(k.turn_range_degrees, 40),
        at_most(k.torso_pitch_max, 45),
        at_least(k.pelvis_min, 0.7),
    ),
    **_sided("turns_{side}", _turns(25, 300)),
    **_sided("turns_{side}_90", _turns(45, 140)),
    **_sided("turns_{side}_180", _turns(115, 275)),
    **_sided("side_steps_{side}", lambda side: (
        at_least(k.left_metres, 0.18) if side == "left" else at_most(k.left_metres, -0.18),
    )),
}  # fmt: skip

JUMPING: dict[str, Predicate] = {
    "jumps": _AIRBORNE,
    "jumps_up": (*_AIRBORNE, at_most(k.net_metres, 0.8)),
    "jumps_forward": (*_AIRBORNE, at_least(k.net_metres, 0.4)),
    "jumps_twice": (at_least(limbs.jump_count, 2),),
    "leaps": (*_AIRBORNE, at_least(k.max_speed, 1.2)),
    "jumping_jacks": (
        at_least(limbs.arm_raise_count, 2),
        at_least(limbs.hand_span_max, 1.1),
        at_least(limbs.feet_apart_max, 0.5),
        at_most(k.net_metres, 0.8),
    ),
    "hops_on_one_foot": (
        at_least(limbs.foot_lift_seconds, 0.8, "highest"),
        at_least(limbs.hop_count, 2),
    ),
}

POSTURE: dict[str, Predicate] = {
    "squats": (at_least(k.pelvis_dip, 0.25), at_most(k.pelvis_min, 0.7)),
    "crouches": (between(k.pelvis_min, 0.25, 0.7), at_most(k.torso_pitch_max, 100)),
    "squats_twice": (at_least(limbs.squat_count, 2),),
    "sits_down": (
        at_least(limbs.thigh_pitch_end, 50, "highest"),
        at_most(limbs.thigh_pitch_start, 60, "lowest"),
        at_most(k.pelvis_rise, -0.03),
        at_most(k.torso_pitch_end, 75),
    ),
    "sits": (at_least(limbs.thigh_pitch_mean, 50, "highest"), at_most(k.motion_energy, 0.3)),
    "stands_up": (
        at_least(limbs.thigh_pitch_start, 35, "highest"),
        at_most(limbs.thigh_pitch_end, 45, "highest"),
        at_least(k.pelvis_rise, 0.03),
    ),
    "gets_up_from_floor": (at_most(k.pelvis_start, 0.4), at_least(k.pelvis_rise, 0.3)),
    "lies": (at_most(k.pelvis_min, 0.3),),
    "lies_down": (at_least(k.pelvis_start, 0.6), at_most(k.pelvis_end, 0.35)),
    "begins_and_ends_standing": (at_least(k.pelvis_start, 0.7), at_least(k.pelvis_end, 0.7)),
    "push_ups": (at_least(occurrences("push-up"), 1), at_most(k.pelvis_min, 0.45)),
    "ducks": (at_least(k.head_dip, 0.3), at_most(k.torso_pitch_max, 132)),
    "bends_over": (between(k.torso_pitch_max, 60, 125),),
    "bows": (between(k.torso_pitch_max, 25, 115), _STRAIGHTENS, _AFOOT, _IN_PLACE),
    "bows_a_little": (between(k.torso_pitch_max, 14, 45), _STRAIGHTENS, _AFOOT, _IN_PLACE),
    "bows_deeply": (between(k.torso_pitch_max, 55, 125), _STRAIGHTENS, _AFOOT, _IN_PLACE),
    "leans_forward": (between(k.torso_pitch_max, 20, 90), _AFOOT, _IN_PLACE),
    "kneels": _kneels(at_most(limbs.knee_height_end, 0.22, "lowest")),
    "kneels_on_both_knees": _kneels(at_most(limbs.knee_height_end, 0.22, "highest")),
    "kneels_on_one_knee": _kneels(
        at_most(limbs.knee_height_end, 0.22, "lowest"), at_least(limbs.knee_height_end, 0.3, "highest")
    ),
    **_sided("kneels_on_one_knee_{side}", lambda side: _kneels(
        at_most(limbs.knee_height_end, 0.22, side),
        at_least(limbs.knee_height_end, 0.3, limbs.other_side(side)),
    )),
    "picks_up": (
        at_most(limbs.wrist_min, 0.45, "lowest"),
        at_least(limbs.hand_lift_end, 0.3),
        at_least(k.pelvis_end, 0.75),
        _IN_PLACE,
    ),
    **_sided("bends_to_the_{side}", lambda side: (at_least(limbs.lean_max, 22, side), _IN_PLACE)),
    "twists": (at_least(k.torso_twist_degrees, 40), _IN_PLACE),
    "cartwheels": (at_least(k.inverted_seconds, 0.4), at_least(k.torso_pitch_max, 120)),
    "balances_on_one_leg": (at_least(limbs.foot_lift_seconds, 1.2, "highest"), at_most(k.mean_speed, 0.4)),
    "lifts_leg_high": (at_least(limbs.ankle_max, 0.7, "highest"),),
    "kicks": (
        at_least(limbs.ankle_max, 0.35, "highest"),
        at_least(limbs.foot_speed_max, 2.5, "highest"),
    ),
    **_sided("kicks_{side}", lambda side: (
        at_least(limbs.ankle_max, 0.35, side),
        at_least(limbs.foot_speed_max, 2.5, side),
        at_least(limbs.leg_share, 0.5, side),
    )),
}  # fmt: skip

ARMS: dict[str, Predicate] = {
    "punches": (
        at_least(limbs.wrist_speed_max, 1.6, "highest"),
        at_least(limbs.strike_speed, 0.7, "highest"),
        at_least(limbs.reach_forward, 0.3, "highest"),
        at_most(k.mean_speed, 1.1),
    ),
    "boxes": (at_least(limbs.strike_count, 2), at_least(limbs.strike_speed, 0.8, "lowest")),
    "claps": (at_least(occurrences("clap"), 2), at_most(limbs.wrist_over_head, 0.0, "highest")),
    "nods": (at_least(occurrences("nod"), 1), at_most(k.torso_pitch_max, 25), _AFOOT),
    "shrugs": (at_least(limbs.shoulder_rise, 0.03), _AFOOT, _IN_PLACE),
    "waves_a_hand": (
        at_least(occurrences("wave"), 1, "highest"),
        at_least(limbs.wrist_over_shoulder, 0.0, "highest"),
    ),
    **_sided("waves_a_hand_{side}", lambda side: (
        at_least(occurrences("wave"), 1, side),
        at_least(limbs.wrist_over_shoulder, 0.0, side),
        at_least(limbs.arm_share, 0.55, side),
    )),
    "raises_an_arm": (at_least(limbs.wrist_over_shoulder, 0.2, "highest"),),
    **_sided("raises_an_arm_{side}", lambda side: (
        at_least(limbs.wrist_over_shoulder, 0.2, side), at_least(limbs.arm_share, 0.55, side),
    )),
    "points": (at_least(limbs.pointing_seconds, 0.4, "highest"),),
    **_sided("points_{side}", lambda side: (at_least(limbs.pointing_seconds, 0.4, side),)),
    "waves_both": (
        at_least(limbs.wrist_over_shoulder, 0.0, "lowest"),
        at_least(limbs.hand_strokes, 1, "lowest"),
    ),
    "raises_both_arms": (at_least(limbs.wrist_over_shoulder, -0.05, "lowest"), at_most(k.mean_speed, 0.6)),
    "reaches_up": (at_least(limbs.wrist_over_head, 0.1, "highest"), at_most(k.mean_speed, 0.6)),
    "reaches_up_both": (at_least(limbs.wrist_over_head, 0.1, "lowest"),),
    "circles_arms": (at_least(limbs.hand_span_mean, 0.7), at_least(limbs.hand_strokes, 3, "lowest")),
    "washes_windows": (
        at_least(limbs.wrist_over_shoulder, 0.1, "highest"),
        at_least(limbs.reach_forward, 0.35, "highest"),
        at_least(limbs.hand_strokes, 1, "highest"),
        _IN_PLACE,
    ),
    "mops": (
        at_least(limbs.hand_strokes, 4, "lowest"),
        at_most(limbs.wrist_over_shoulder, -0.15, "highest"),
        at_least(k.torso_pitch_max, 25),
    ),
    "swings_sword": (
        at_least(limbs.wrist_speed_max, 1.5, "highest"),
        at_least(limbs.reach_forward, 0.25, "highest"),
        at_least(limbs.wrist_over_shoulder, -0.1, "highest"),
        at_most(limbs.hand_span_mean, 0.8),
        at_most(k.mean_speed, 0.8),
    ),
    "dribbles": (
        at_least(limbs.hand_strokes, 1, "highest"),
        at_most(limbs.wrist_over_shoulder, 0.0, "highest"),
        at_least(limbs.wrist_speed_max, 1.4, "highest"),
    ),
    "drinks": (
        at_most(limbs.hand_to_head, 0.42, "lowest"),
        at_least(limbs.wrist_over_shoulder, 0.1, "highest"),
        at_most(limbs.wrist_over_head, 0.12, "highest"),
        _IN_PLACE,
        at_most(k.torso_pitch_max, 30),
    ),
    "gestures": (at_least(limbs.wrist_speed_max, 0.8, "highest"), _IN_PLACE, _AFOOT),
    **_sided("punches_{side}", lambda side: (
        at_least(limbs.wrist_speed_max, 1.6, side),
        at_least(limbs.strike_speed, 0.7, side),
        at_least(limbs.strike_share, 0.55, side),
    )),
    **_sided("waves_{side}", lambda side: (
        at_least(limbs.hand_strokes, 1, side), at_least(limbs.arm_share, 0.55, side), _IN_PLACE,
    )),
    **_sided("raises_{side}_arm", lambda side: (
        at_least(limbs.wrist_over_shoulder, 0.0, side), at_least(limbs.arm_share, 0.55, side),
    )),
}  # fmt: skip

PREDICATES: dict[str, Predicate] = GOING | JUMPING | POSTURE | ARMS


def check(names: Sequence[str], joints: FloatArray) -> list[CheckResult]:
    """Every condition of the named predicates on one motion."""
    return [condition(joints) for name in names for condition in PREDICATES[name]]


def holds(names: Sequence[str], joints: FloatArray) -> bool:
    """Whether all named predicates hold."""
    return all(outcome.met for outcome in check(names, joints))


def check_in_order(stages: Sequence[Sequence[str]], joints: FloatArray) -> tuple[bool, list[CheckResult]]:
    """Whether the stages happen one after another; with the outcomes of the best cut.

    One stage is checked on the whole motion. Two are checked on the parts before and after a cut, which
    may lie anywhere in the middle (the model decides when one action ends); all outcomes must be met for
    the same cut.
    """
    if len(stages) == 1:
        outcomes = check(stages[0], joints)
        return all(o.met for o in outcomes), outcomes
    first, second = stages
    frames = {round(len(joints) * share) for share in CUTS}
    cuts = sorted(cut for cut in frames if MIN_PART_FRAMES <= cut <= len(joints) - MIN_PART_FRAMES)
    tries = [check(first, joints[:cut]) + check(second, joints[cut:]) for cut in cuts]
    if not tries:
        return False, []
    best = max(tries, key=lambda outcomes: sum(o.met for o in outcomes) / len(outcomes))
    return all(o.met for o in best), best
