"""Which small corrections bring a motion to what was asked: mirrored, retimed, turned, scaled.

A remedy is chosen by measuring and stays small; what it cannot mend is left to another candidate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import FloatArray
from ..english.demands import Demands
from ..motion.editing import shapes
from ..motion.editing.ground import drifts, floor_of, led_along_floor
from ..motion.editing.planting import with_held_feet
from ..motion.editing.stretch import Stretch
from ..motion.editing.timing import Warp, retimed
from ..motion.measures import kinematics as k
from ..motion.measures import limbs
from .checks import LEAST_TURN, METRES_SHARE, MOST_TURN, PACES

#: A turn is corrected by a factor within these; a path and a speed by one within those.
TURN_FACTORS, PATH_FACTORS, SPEED_FACTORS = (0.45, 2.2), (0.75, 1.3), (0.65, 1.5)
#: A way that bends no further than this, degrees, is made straight.
MOST_BEND = 45.0
#: Somebody on the spot comes no further from it than this, metres.
ON_THE_SPOT = 0.4
#: What is this near is left alone: a share of the tolerance of metres, degrees, metres of height, a factor.
CLOSE, CLOSE_DEGREES, CLOSE_HEIGHT, CLOSE_SPEED = 0.25, 3.0, 0.035, 0.02


@dataclass(frozen=True)
class Remedy:
    """What is done to a motion, in this order.

    mirrored: left for right. speed: so many times as fast. raised: by metres. led: lowered slowly along a
    floor that drifts. degrees: turned further to the left. stretch: how many times as long the path is.
    """

    mirrored: bool = False
    speed: float = 1.0
    raised: float = 0.0
    led: bool = False
    degrees: float = 0.0
    stretch: float = 1.0

    @property
    def size(self) -> float:
        """How much of a correction it is, 0 to 2."""
        bent = abs(self.degrees) / 90 + abs(np.log(self.stretch)) * 3 + abs(np.log(self.speed)) * 2
        lifted = 2 * abs(self.raised) + 0.5 * self.led
        return float(min(2.0, bent + lifted + 0.1 * self.mirrored))


def remedy_for(demands: Demands, stretch: Stretch) -> Remedy:
    """What brings a stretch to the demands; what needs no correction, or too large a one, is left alone."""
    mirrored, speed = _mirrored(demands, stretch.shown), _speed(demands, stretch.shown)
    seen = remedied(Remedy(mirrored, speed), stretch)
    raised, led = _floor(demands, seen.shown)
    seen = remedied(Remedy(raised=raised, led=led), seen)
    degrees = _degrees(demands, k.turn_degrees(seen.shown))
    bent = remedied(Remedy(degrees=degrees), seen)
    if degrees:  # some of it came so late or early that it hardly counts as a turn
        degrees += _degrees(demands, k.turn_degrees(bent.shown))
        bent = remedied(Remedy(degrees=degrees), seen)
    scale = _stretch(demands, bent.shown)
    return Remedy(mirrored, speed, raised, led, degrees, scale)


def remedied(remedy: Remedy, stretch: Stretch) -> Stretch:
    """A stretch with its remedy."""
    if remedy.mirrored:
        stretch = shapes.mirrored(stretch)
    if remedy.speed != 1.0:
        stretch = retimed(stretch, [Warp(remedy.speed)])
    if remedy.raised:
        stretch = shapes.raised(stretch, remedy.raised)
    if remedy.led:
        stretch = led_along_floor(stretch)
    if remedy.degrees:
        stretch = shapes.turning_further(stretch, remedy.degrees)
    if remedy.stretch != 1.0:
        stretch = with_held_feet(shapes.striding(stretch, remedy.stretch), stretch)
    return stretch


def _floor(demands: Demands, joints: FloatArray) -> tuple[float, bool]:
    """By how much to raise a motion, and whether to lead it along its floor; not what leaves the floor."""
    if demands.floor == "free":
        return 0.0, False
    if demands.floor == "level" and drifts(joints):
        return 0.0, True
    height = floor_of(joints, jumping=demands.floor == "jump")
    return (-height if abs(height) > CLOSE_HEIGHT else 0.0), False


def _mirrored(demands: Demands, joints: FloatArray) -> bool:
    """Whether the mirrored motion is on the sides asked for, where this one is on the others."""
    wrong: list[bool] = []
    if demands.limb is not None:
        wrong.append(limbs.leading_share(joints, *demands.limb) < 0.5)
    if demands.turn is not None and demands.turn.side is not None:
        wrong.append((k.turn_degrees(joints) > 0) != (demands.turn.side == "left"))
    elif demands.direction in ("left", "right"):
        wrong.append((k.displacement(joints)[1] > 0) != (demands.direction == "left"))
    return bool(wrong) and all(wrong)


def _speed(demands: Demands, joints: FloatArray) -> float:
    """Of a count in a stated length, what brings it to that length; else what brings it to a speed."""
    if demands.seconds is not None:
        factor = len(joints) / k.FPS / demands.seconds if demands.count is not None else 1.0
        near = abs(factor - 1) < CLOSE_SPEED or not SPEED_FACTORS[0] <= factor <= SPEED_FACTORS[1]
        return 1.0 if near else float(factor)
    if demands.speed is not None:
        factor = demands.speed / max(k.mean_speed(joints), 1e-6)
        return float(factor) if SPEED_FACTORS[0] <= factor <= SPEED_FACTORS[1] else 1.0
    if demands.pace is None or demands.going is None:
        return 1.0
    bound, speed = PACES[demands.going, demands.pace], k.mean_speed(joints)
    if speed >= bound if demands.pace == "fast" else speed <= bound:
        return 1.0
    factor = bound * (1.05 if demands.pace == "fast" else 0.95) / max(speed, 1e-6)
    return float(factor) if SPEED_FACTORS[0] <= factor <= SPEED_FACTORS[1] else 1.0


def _degrees(demands: Demands, reached: float) -> float:
    """How much further to turn, left positive; 0 where it is close, or where it is no small thing."""
    if demands.path == "straight":
        return -reached if CLOSE_DEGREES < abs(reached) <= MOST_BEND else 0.0
    target = _target(demands, reached)
    if target is None or abs(target - reached) <= CLOSE_DEGREES or target * reached <= 0:
        return 0.0
    factor = target / reached
    return float(target - reached) if TURN_FACTORS[0] <= factor <= TURN_FACTORS[1] else 0.0


def _target(demands: Demands, reached: float) -> float | None:
    """The signed turn that a motion which turns by `reached` should have; None where any will do."""
    side = demands.turn.side if demands.turn else None
    sign = {"left": 1.0, "right": -1.0}.get(side or "", np.sign(reached) or 1.0)
    if demands.turn is not None and demands.turn.degrees is not None:
        return float(sign * demands.turn.degrees)
    if demands.path == "circle":
        return float(sign * 360.0)
    if demands.turn is None or LEAST_TURN <= sign * reached <= MOST_TURN:
        return None
    return float(sign * np.clip(sign * reached, 2 * LEAST_TURN, MOST_TURN - LEAST_TURN))


def _stretch(demands: Demands, joints: FloatArray) -> float:
    if demands.in_place and (gone := k.gone_metres(joints)) > ON_THE_SPOT:
        return ON_THE_SPOT / 2 / gone
    if demands.metres is None:
        return 1.0
    reached = k.path_metres(joints) if demands.bends else k.gone_metres(joints)
    if abs(reached - demands.metres) <= CLOSE * METRES_SHARE * demands.metres or reached < 1e-6:
        return 1.0
    factor = demands.metres / reached
    return float(factor) if PATH_FACTORS[0] <= factor <= PATH_FACTORS[1] else 1.0
