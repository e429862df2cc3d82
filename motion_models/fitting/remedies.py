"""Which small corrections bring a motion to what was asked: mirrored, turned further, rescaled, retimed.

A remedy is chosen by measuring and stays small; what it cannot mend is left to another candidate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import FloatArray
from ..english.demands import Demands
from ..motion.measures import kinematics as k
from ..motion.measures import limbs
from ..motion.skeleton import mirror_joints, resample
from .checks import DEGREES, LEAST_TURN, METRES_SHARE, MOST_TURN, PACES
from .corrections import grounded, stretched, turned

#: A turn is corrected by a factor within these; a path and a speed by one within those.
TURN_FACTORS, PATH_FACTORS, SPEED_FACTORS = (0.45, 2.2), (0.75, 1.3), (0.65, 1.5)
#: A quantity within this share of its tolerance is left alone.
CLOSE = 0.35


@dataclass(frozen=True)
class Remedy:
    """mirrored: left for right. speed: so many times as fast. degrees: further to the left. stretch: how
    many times as long the path is."""

    mirrored: bool = False
    speed: float = 1.0
    degrees: float = 0.0
    stretch: float = 1.0

    @property
    def size(self) -> float:
        """How much of a correction it is, 0 to about 1; mirroring loses nothing."""
        bent = abs(self.degrees) / 90 + abs(np.log(self.stretch)) * 3 + abs(np.log(self.speed)) * 2
        return float(min(1.0, bent))


NOTHING = Remedy()


def remedy_for(demands: Demands, joints: FloatArray) -> Remedy:
    """What brings joints (T, 22, 3) to the demands; `NOTHING` where nothing is needed or helps."""
    mirrored = _mirrored(demands, joints)
    speed = _speed(demands, joints)
    seen = applied(Remedy(mirrored, speed), joints)
    degrees = _degrees(demands, k.turn_degrees(seen))
    bent = turned(seen, degrees) if degrees else seen
    remedy = Remedy(mirrored, speed, degrees, _stretch(demands, bent))
    return NOTHING if remedy == NOTHING else remedy


def applied(remedy: Remedy, joints: FloatArray, demands: Demands | None = None) -> FloatArray:
    """Joints with a remedy; with the demands also brought to the floor, where they keep to it."""
    out = np.asarray(joints, dtype=np.float64)
    if remedy.mirrored:
        out = mirror_joints(out)
    if remedy.speed != 1.0:
        out = resample(out, k.FPS * remedy.speed, k.FPS)
    if remedy.degrees:
        out = turned(out, remedy.degrees)
    if remedy.stretch != 1.0:
        out = stretched(out, remedy.stretch)
    if demands is None or demands.floor == "free":
        return out
    return grounded(out, jumping=demands.floor == "jump")


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
    if demands.pace is None or demands.going is None:
        return 1.0
    bound, speed = PACES[demands.going, demands.pace], k.mean_speed(joints)
    if speed >= bound if demands.pace == "fast" else speed <= bound:
        return 1.0
    factor = bound * (1.05 if demands.pace == "fast" else 0.95) / max(speed, 1e-6)
    return float(factor) if SPEED_FACTORS[0] <= factor <= SPEED_FACTORS[1] else 1.0


def _degrees(demands: Demands, reached: float) -> float:
    """How much further to turn, left positive; 0 where it is close, or where it is no small thing."""
    target = _target(demands, reached)
    if target is None or abs(target - reached) <= CLOSE * DEGREES or target * reached <= 0:
        return 0.0
    factor = target / reached
    return float(target - reached) if TURN_FACTORS[0] <= factor <= TURN_FACTORS[1] else 0.0


def _target(demands: Demands, reached: float) -> float | None:
    """The signed turn that a motion which turns by `reached` should have."""
    side = demands.turn.side if demands.turn else None
    sign = {"left": 1.0, "right": -1.0}.get(side or "", np.sign(reached) or 1.0)
    if demands.turn is not None and demands.turn.degrees is not None:
        return float(sign * demands.turn.degrees)
    if demands.path == "circle":
        return float(sign * 360.0)
    if demands.path == "straight":
        return None
    if demands.turn is None or LEAST_TURN <= sign * reached <= MOST_TURN:
        return None
    return float(sign * np.clip(sign * reached, 2 * LEAST_TURN, MOST_TURN - LEAST_TURN))


def _stretch(demands: Demands, joints: FloatArray) -> float:
    if demands.metres is None:
        return 1.0
    bends = demands.path == "circle" or demands.turn is not None
    reached = k.path_metres(joints) if bends else k.gone_metres(joints)
    if abs(reached - demands.metres) <= CLOSE * METRES_SHARE * demands.metres or reached < 1e-6:
        return 1.0
    factor = demands.metres / reached
    return float(factor) if PATH_FACTORS[0] <= factor <= PATH_FACTORS[1] else 1.0
