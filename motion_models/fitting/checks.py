"""What of a request's demands a motion keeps: one check for each, measured on its joints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import FloatArray
from ..english.demands import Count, Demands, Turn
from ..english.inflections import plural
from ..motion.measures import kinematics as k
from ..motion.measures import limbs
from ..motion.measures.events import events, numbers
from ..motion.measures.ground import feet_heights, off_floor
from ..motion.skeleton import JOINT

#: How far from a stated number the reached one may lie: a share of metres and of a speed, degrees of a turn.
METRES_SHARE, SPEED_SHARE, DEGREES = 0.10, 0.15, 15.0
#: A length is met to the token, seconds.
SECONDS = 0.2
#: "In a circle" states no angle; this far from a full turn it is still kept.
CIRCLE = 50.0
#: A straight way bends no further than this, degrees.
BEND = 25.0
#: A turn to a side of no stated angle lies between these.
LEAST_TURN, MOST_TURN = 30.0, 200.0
#: Speeds (metres a second) that count as slow, and as fast: at most and at least.
PACES = {("walk", "slow"): 0.95, ("walk", "fast"): 1.4, ("run", "slow"): 2.2, ("run", "fast"): 2.4}
#: How the way down into a posture is called; of standing nobody says so.
GOING_DOWN = {"sitting": "sit down", "lying": "lie down", "kneeling": "kneel down", "standing": "stand"}
#: A knee that is nearer to the floor than this, metres, is knelt on.
KNEELING, KNEES = 0.2, [JOINT["left_knee"], JOINT["right_knee"]]
#: What one misses by when it is not there at all.
ALL = 1.0


@dataclass(frozen=True)
class Check:
    """One demand held against a motion. what: in which unit; miss: by how much, 0 where met, about 1 for all.

    says: what a user is told where it is not met. counted: a number of occurrences, which add up.
    """

    what: str
    asked: float | str
    reached: float | str
    met: bool
    miss: float = 0.0
    says: str = ""
    counted: bool = False


def checks_of(demands: Demands, joints: FloatArray) -> list[Check]:
    """Every demand on one motion, joints (T, 22, 3) as they are rendered: metres, Y up, 20 fps."""
    return [*_quantities(demands, joints), *_manners(demands, joints), *_floor(demands, joints)]


def misfit(checks: list[Check]) -> float:
    """How far a motion is from its demands: 0 where it keeps them all."""
    return float(sum(min(check.miss, 2.0) + (not check.met) for check in checks))


def _quantities(demands: Demands, joints: FloatArray) -> Iterator[Check]:
    if demands.metres is not None:
        yield _metres(demands, demands.metres, joints)
    if demands.direction is not None:
        yield _direction(demands.direction, joints)
    if demands.turn is not None:
        yield _turned(demands.turn, joints)
    if demands.count is not None:
        yield _count(demands.count, joints)
    elif demands.event == "jump":
        jumps = len(events(joints, "jump", None))
        yield _word("event", "jump", "jump" if jumps else "no jump", 0.0 if jumps else ALL)
    if demands.seconds is not None:
        lasts = len(joints) / k.FPS
        yield _number(
            "seconds", demands.seconds, round(lasts, 2), abs(lasts - demands.seconds) <= SECONDS, 5.0
        )


def _manners(demands: Demands, joints: FloatArray) -> Iterator[Check]:
    if demands.path is not None:
        yield (
            _circle(k.turn_degrees(joints)) if demands.path == "circle" else _straight(k.bend_degrees(joints))
        )
    if demands.speed is not None:
        speed = k.mean_speed(joints)
        met = abs(speed - demands.speed) <= SPEED_SHARE * demands.speed
        yield _number("metres a second", demands.speed, round(speed, 2), met, demands.speed)
    elif demands.pace is not None and demands.going is not None:
        yield _pace(demands, joints)
    if demands.limb is not None:
        side, limb = demands.limb
        share = limbs.leading_share(joints, side, limb)
        other = limbs.other_side(side)
        yield _word(
            "side", f"{side} {limb}", f"{side if share >= 0.5 else other} {limb}", max(0.0, 1 - 2 * share)
        )
    if demands.in_place or (demands.still and demands.going is None):
        metres = k.net_metres(joints)
        yield _number("metres from the spot", 0.0, round(metres, 2), metres <= 0.6, 1.0)
    if demands.ends is not None:
        ends = posture(joints[-k.END_FRAMES :], joints)
        yield _word("posture", demands.ends, ends, 0.0 if ends == demands.ends else ALL)
        if demands.lowers:
            begins = posture(joints[: k.END_FRAMES], joints)
            found = _word("posture at the start", "standing", begins, ALL if begins == demands.ends else 0.0)
            yield replace(found, says=f"asked to {GOING_DOWN[begins]}, begins {begins} already")
    if demands.rises:
        begins = posture(joints[: k.END_FRAMES], joints)
        found = _word("posture at the start", "down", begins, ALL if begins == "standing" else 0.0)
        yield replace(found, says="asked to get up, stands from the beginning")


def _floor(demands: Demands, joints: FloatArray) -> Iterator[Check]:
    if demands.floor == "free":
        return
    over = off_floor(joints, jumping=demands.floor == "jump")
    heights = feet_heights(joints)
    height = round(float(max(heights[0], np.median(heights) if demands.floor == "level" else -np.inf)), 2)
    says = f"the feet are {100 * height:.0f} cm off the floor"
    yield Check("metres off the floor", 0.0, max(0.0, height), over == 0, min(2.0, 10 * over), says)


def _metres(demands: Demands, asked: float, joints: FloatArray) -> Check:
    """Along the path where it bends by demand, else from where it starts to where it ends."""
    reached = k.path_metres(joints) if demands.bends else k.gone_metres(joints)
    met = abs(reached - asked) <= METRES_SHARE * asked
    return _number("metres", asked, round(reached, 2), met, asked)


def _count(asked: Count, joints: FloatArray) -> Check:
    """A number of occurrences, met where it is clear: nobody who counts along comes to another one."""
    reached = len(events(joints, asked.event, asked.side))
    fewest, most = numbers(joints, asked.event, asked.side)
    met = fewest == most == asked.times
    found = _number(plural(asked.event), asked.times, reached, met, asked.times)
    says = found.says if fewest == most else f"{found.says}: one may count {fewest} to {most}"
    return replace(found, says=says, counted=True)


def _direction(asked: str, joints: FloatArray) -> Check:
    """Where the motion leads, seen from where the person faces at its start."""
    forward, left = k.displacement(joints)
    if asked in ("left", "right"):
        reached = "left" if left > 0 else "right"
        enough = abs(left) >= max(0.15, 0.5 * abs(forward))
    else:
        reached = "forward" if forward > 0 else "backward"
        enough = abs(forward) >= 0.1
    if not enough:
        reached = f"hardly {reached}" if asked == reached else reached
    return _word("direction", asked, reached, 0.0 if reached == asked else ALL)


def _turned(asked: Turn, joints: FloatArray) -> Check:
    """A turn, kept where the hips alone have turned as far as hips and shoulders together."""
    found = turn_check(asked, k.turn_degrees(joints))
    hips = turn_check(asked, k.hips_turn_degrees(joints))
    if asked.degrees is None or not found.met or hips.met:
        return found
    return replace(found, met=False, miss=hips.miss, says=f"{found.says}, the hips {hips.reached:g}")


def turn_check(turn: Turn, reached: float) -> Check:
    """A turn demand held against a measured turn in degrees, left positive."""
    signed = reached if turn.side != "right" else -reached
    size = abs(reached) if turn.side is None else signed
    what = "degrees" if turn.side is None else f"degrees {turn.side}"
    if turn.degrees is None:
        met = LEAST_TURN <= size <= MOST_TURN
        miss = 0.0 if met else min(abs(size - LEAST_TURN), abs(size - MOST_TURN)) / 90
        towards = turn.side if size >= 0 else limbs.other_side(turn.side or "left")
        says = f"asked for a turn to the {turn.side}, reached {abs(size):.0f} degrees to the {towards}"
        return Check("turn", str(turn.side), f"{abs(size):.0f} degrees {towards}", met, miss, says)
    off = abs(size - turn.degrees)
    return _number(what, turn.degrees, round(size), off <= DEGREES, 90.0)


def _circle(turn: float) -> Check:
    off = abs(abs(turn) - 360.0)
    return _number("degrees of a circle", 360.0, round(abs(turn)), off <= CIRCLE, 180.0)


def _straight(bend: float) -> Check:
    reached = "straight" if bend <= BEND else f"bent by {bend:.0f} degrees"
    return _word("path", "straight", reached, 0.0 if bend <= BEND else bend / 90)


def _pace(demands: Demands, joints: FloatArray) -> Check:
    bound, speed = PACES[demands.going or "walk", demands.pace or "fast"], k.mean_speed(joints)
    met = speed >= bound if demands.pace == "fast" else speed <= bound
    says = f"asked to go {'fast' if demands.pace == 'fast' else 'slowly'}, reached {speed:.1f} m/s"
    return Check(
        "pace",
        str(demands.pace),
        f"{speed:.1f} m/s",
        met,
        abs(speed - bound) / bound if not met else 0.0,
        says,
    )


def posture(end: FloatArray, joints: FloatArray) -> str:
    """How somebody is at the end: standing, sitting, kneeling or lying. end: the last frames of joints."""
    floor = min(k.floor_height(joints), k.floor_height(end))
    pelvis = float(end[:, k.PELVIS, 1].mean()) - floor
    pitch = float(k.torso_pitches(end).mean())
    thighs = [float(limbs.thigh_pitch(end, side).mean()) for side in limbs.SIDES]
    knee = float(end[:, KNEES, 1].mean(axis=0).min()) - floor
    if pelvis < 0.35 and pitch > 50:
        return "lying"
    if knee < KNEELING and 0.3 < pelvis < 0.72 and pitch <= 80:
        return "kneeling"
    if max(thighs) >= 50 and pelvis < 0.8 and pitch <= 80:
        return "sitting"
    if pelvis < 0.62 and min(thighs) < 50:
        return "kneeling"
    return "standing"


def _number(what: str, asked: float, reached: float, met: bool, scale: float) -> Check:
    """A number, its unit named by `what`; how far off it is counts in units of `scale`."""
    unit = {"metres": "m"}.get(what, what)
    says = f"asked {asked:g} {unit}, reached {reached:g}" + (" m" if unit == "m" else "")
    return Check(
        what, float(asked), float(reached), met, 0.0 if met else abs(reached - asked) / max(scale, 0.1), says
    )


def _word(what: str, asked: str, reached: str, miss: float) -> Check:
    return Check(what, asked, reached, miss == 0.0, miss, f"asked for {what} '{asked}', reached '{reached}'")
