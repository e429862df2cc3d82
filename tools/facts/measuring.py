"""From joints to facts: existing measures, rounded, and only where they are certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal

from ...motion_models.arrays import FloatArray
from ...motion_models.english.demands import read_demands
from ...motion_models.fitting.checks import DEGREES, posture
from ...motion_models.motion.features import FPS
from ...motion_models.motion.measures import kinematics as k
from ...motion_models.motion.measures import limbs
from ...motion_models.motion.measures.events import EVENTS, first_foot, numbers
from ...motion_models.motion.measures.skating import slid_metres
from .records import Apart, Facts, Measured, Number, PartFacts, Side

#: More parts than this are not told one by one, nor are more pairs of people.
MOST = 6
#: A limb that has this share of the movement of both moves most; that both move is said from so much on,
#: metres a second of one limb's outer joints.
BUSIER, BUSY = 0.7, 0.15
#: Faster than this on the whole, metres a second, a foot swings by low while no other is planted: whether one
#: slides cannot be told.
RUNNING = 1.5
#: A stretch of fewer frames (0.4 s) shows no way, turn or number.
LEAST = 8
#: Events that have fields of their own.
TOLD_APART = {"step", "side step", "jump"}
#: What is counted only where words name it, for it is easily taken for something else.
FAINT = ("hop", "wave", "clap", "nod", "arm raise")
#: Numbers of occurrences that differ by more than 1 and than this share of the greater are not certain.
SPREAD = 0.25
#: Hips over this height, metres, do not sit: a stance of bent legs looks alike.
SEATED = 0.65

Span = tuple[int, int]


def measured_motion(joints: FloatArray, parts: Sequence[tuple[Span, str]]) -> Measured:
    """One person's motion, joints (T, 22, 3) as they are shown: metres, Y up, 20 fps.

    parts: the frames [first, last) of each and its words. They are told where there are 2 to 6 of them.
    """
    whole = facts_of(joints, (0, len(joints)), [words for _, words in parts])
    if not 1 < len(parts) <= MOST:
        return Measured(whole=whole)
    told = [
        PartFacts(
            part=number,
            start=round(span[0] / FPS, 2),
            end=round(span[1] / FPS, 2),
            facts=facts_of(joints, span, [words]),
        )
        for number, (span, words) in enumerate(parts, 1)
        if span[1] - span[0] >= LEAST
    ]
    return Measured(whole=whole, parts=told)


def measured_scene(people: Sequence[FloatArray], own: Sequence[tuple[int, Sequence[str]]]) -> Measured:
    """Several people, joints (T, 22, 3) each in one scene. own: frames and words of each one's own motion."""
    each = [facts_of(joints, (0, frames), words) for joints, (frames, words) in zip(people, own, strict=True)]
    pairs = list(combinations(range(len(people)), 2))
    apart: list[Apart] = []
    for one, other in pairs if len(pairs) <= MOST else []:
        metres = k.distances(people[one], people[other])
        start, end, least = (round(float(m), 2) for m in (metres[0], metres[-1], metres.min()))
        apart.append(Apart(people=(one + 1, other + 1), start_m=start, end_m=end, least_m=least))
    return Measured(people=each, apart=apart)


def facts_of(joints: FloatArray, span: Span, words: Iterable[str]) -> Facts:
    """The facts of the frames [first, last) of one person's motion. words: what the stretch was made from.

    Heights are over the floor of the whole motion: a stretch may be spent in the air.
    """
    first, last = span
    shown = joints[first:last]
    floor = k.floor_height(joints)
    ahead, left = k.displacement(shown)
    straight = k.gone_metres(shown)
    jumps, speed = number_of(shown, "jump"), k.mean_speed(shown)
    return Facts(
        seconds=round(len(shown) / FPS, 2),
        path_m=round(max(k.path_metres(shown), straight), 2),
        straight_m=round(straight, 2),
        ahead_m=round(ahead, 2) + 0.0,
        left_m=round(left, 2) + 0.0,
        mean_speed_m_s=round(speed, 2),
        top_speed_m_s=round(k.max_speed(shown), 2),
        turned_deg=_turned(shown),
        steps=number_of(shown, "step"),
        first_foot=first_foot(shown),
        jumps=jumps,
        jump_height_m=round(k.jump_metres(shown), 2) if jumps else None,
        lowest_hips_m=round(float(k.pelvis_heights(joints)[first:last].min()), 2),
        smallest_knee_deg=round(min(float(limbs.knee_angles(shown, side).min()) for side in limbs.SIDES)),
        left_hand_top_m=round(float(limbs.wrist_heights(joints, "left")[first:last].max()), 2),
        right_hand_top_m=round(float(limbs.wrist_heights(joints, "right")[first:last].max()), 2),
        busier_hand=_busier(shown, "arm"),
        busier_leg=_busier(shown, "leg"),
        greatest_lean_deg=round(k.torso_pitch_max(shown)),
        slide_cm=round(100 * slid_metres(shown, floor)) if speed <= RUNNING else None,
        begins=_posture(shown[: k.END_FRAMES], joints),
        ends=_posture(shown[-k.END_FRAMES :], joints),
        counts=_counts(shown, words),
    )


def number_of(joints: FloatArray, event: str) -> Number | None:
    """How often something happens; the fewest and the most where that is not clear; None where it is open."""
    fewest, most = numbers(joints, event)
    if fewest == most:
        return most
    close = fewest > 0 and most - fewest <= max(1, SPREAD * most)
    return (fewest, most) if close else None


def _posture(end: FloatArray, joints: FloatArray) -> str | None:
    found = posture(end, joints)
    hips = float(end[:, k.PELVIS, 1].mean()) - k.floor_height(joints)
    return None if found == "sitting" and hips > SEATED else found


def _turned(joints: FloatArray) -> int | None:
    """Degrees of the net turn, left positive; None where hips and shoulders tell of different turns."""
    turned = k.turn_degrees(joints)
    agreed = abs(turned - k.hips_turn_degrees(joints)) <= DEGREES
    return round(turned) if agreed else None


def _busier(joints: FloatArray, limb: Literal["arm", "leg"]) -> Side | Literal["both"] | None:
    energies: dict[Side, float] = {side: limbs.limb_energy(joints, side, limb) for side in limbs.SIDES}
    most: Side = "left" if energies["left"] > energies["right"] else "right"
    if energies[most] < BUSY**2:
        return None
    return most if energies[most] >= BUSIER * sum(energies.values()) else "both"


def _counts(joints: FloatArray, words: Iterable[str]) -> dict[str, Number]:
    """What was counted: what the words name, and what everybody who looks on counts alike."""
    named = {read_demands(text).countable for text in words}
    found: dict[str, Number] = {}
    for event in EVENTS.keys() - TOLD_APART:
        number = number_of(joints, event)
        clear = isinstance(number, int) and number > 0 and event not in FAINT
        if number is not None and (clear or event in named):
            found[event] = number
    return dict(sorted(found.items()))
