"""Words for what a motion measurably does: how far, how fast, which way and how much it turns, how often.

Quantities come from the joints, so a stretch of motion cut anywhere gets a true caption. Angles are the
body's heading seen from above: positive is a turn to the left (facing +Z, the left is +X).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, label

from ..features import FPS, facing_directions
from ..skeleton import JOINT, LEFT_FEET, RIGHT_FEET

T = TypeVar("T")
FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int32]

#: Slower than this is standing (m/s of the smoothed root).
STANDING_SPEED = 0.25
#: What "slowly" and "quickly" mean, m/s: below the first, above the second. Fifths of the trials' own speeds.
SPEEDS = {"walk": (0.65, 1.25), "run": (1.8, 3.0), "walk backward": (0.42, 0.95)}
#: Feet this much above their height in standing are in the air, metres.
_FLIGHT_HEIGHT = 0.06
_SMOOTHING_PAD = 12
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times")


@dataclass(frozen=True)
class Kinematics:
    """What was measured over one stretch of motion.

    forward, left: metres gone along the starting direction of the body and to its left. path: metres of the
    root's way over ground. turn: degrees of heading change, left positive. upright: whether the pelvis kept a
    standing person's height. moving: share of the frames in which the root moved. still_start, still_end:
    seconds of standing at the ends. backward: share of moving frames in which the body went backward.
    sideways: the same for sidesteps.
    """

    seconds: float
    forward: float
    left: float
    path: float
    turn: float
    upright: bool
    moving: float
    still_start: float
    still_end: float
    backward: float
    sideways: float

    @property
    def speed(self) -> float:
        """Mean speed in m/s while moving."""
        return self.path / max(self.seconds * self.moving, 1e-6)

    def mirrored(self) -> Kinematics:
        return replace(self, left=-self.left, turn=-self.turn)

    def at_speed(self, factor: float) -> Kinematics:
        """The same stretch played `factor` times as fast."""
        return replace(
            self,
            seconds=self.seconds / factor,
            still_start=self.still_start / factor,
            still_end=self.still_end / factor,
        )


class Track:
    """A trial's root over ground, smoothed once, so that many stretches of it are measured cheaply.

    joints: (T, 22, 3) metres at 20 fps.
    """

    def __init__(self, joints: FloatArray) -> None:
        facing = facing_directions(joints.astype(np.float64))
        self.heading = _smooth(np.unwrap(np.arctan2(facing[:, 0], facing[:, 2])))
        self.ground = _smooth(joints[:, 0, [0, 2]].astype(np.float64))
        self.height = joints[:, JOINT["pelvis"], 1]
        self.lean = joints[:, JOINT["head"], 1] - joints[:, JOINT["pelvis"], 1]

    def measure(self, start: int, end: int) -> Kinematics:
        """Measure frames [start, end), at least four of them."""
        ground, heading = self.ground[start:end], self.heading[start:end]
        steps = np.diff(ground, axis=0)
        speed = np.linalg.norm(steps, axis=1) * FPS
        moves = speed > STANDING_SPEED
        edge = min(5, len(heading) // 2)
        ahead = _along(steps, heading[:-1])
        aside = _along(steps, heading[:-1] + np.pi / 2)
        first = float(np.median(heading[:edge]))
        net = ground[-1] - ground[0]
        standing = np.flatnonzero(moves)
        return Kinematics(
            seconds=(end - start) / FPS,
            forward=float(_along(net[None], np.array([first]))[0]),
            left=float(_along(net[None], np.array([first + np.pi / 2]))[0]),
            path=float(np.linalg.norm(steps, axis=1)[moves].sum()),
            turn=float(np.degrees(np.median(heading[-edge:]) - first)),
            upright=bool(self.height[start:end].min() > 0.7 and self.lean[start:end].min() > 0.3),
            moving=float(moves.mean()),
            still_start=float(standing[0] / FPS) if len(standing) else (end - start) / FPS,
            still_end=float((len(moves) - 1 - standing[-1]) / FPS) if len(standing) else (end - start) / FPS,
            backward=_share(ahead < -0.5 * np.abs(aside), moves),
            sideways=_share(np.abs(aside) > 1.5 * np.abs(ahead), moves),
        )


def _smooth(values: FloatArray) -> FloatArray:
    """Gaussian smoothing (3 frames) along time; the ends stay, being continued by symmetry."""
    pad = min(_SMOOTHING_PAD, len(values) - 1)
    padded = np.pad(values, [(pad, pad)] + [(0, 0)] * (values.ndim - 1), mode="reflect", reflect_type="odd")
    return gaussian_filter1d(padded, 3, axis=0)[pad : pad + len(values)]


def measure(joints: FloatArray) -> Kinematics:
    """Measure a whole clip (T, 22, 3) at 20 fps, T >= 4."""
    return Track(joints).measure(0, len(joints))


def _along(vectors: FloatArray, heading: FloatArray) -> FloatArray:
    """Components (N,) of ground vectors (N, 2; x and z) along headings (N,)."""
    return vectors[:, 0] * np.sin(heading) + vectors[:, 1] * np.cos(heading)


def _share(condition: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> float:
    return float(condition[among].mean()) if among.any() else 0.0


# ---------------------------------------------------------------- words


def locomotion_caption(motion: Kinematics, family: str, rng: np.random.Generator) -> str | None:
    """A caption of a measured stretch of walking, running, backing or turning, or None when nothing is clear.

    family: "walk" or "run" names the gait; direction and turn come from the measurement.
    """
    if not motion.upright or motion.seconds < 0.8:
        return None
    net = np.hypot(motion.forward, motion.left)
    if motion.path < 0.35 or (net < 0.5 and motion.path < 1.0 and abs(motion.turn) > 40):
        return _turning_caption(motion, rng)
    gait = _gait(motion, family)
    if gait is None:
        return None
    words = [gait, speed_of(motion, family) if rng.random() < 0.4 else "", *_direction_words(motion, rng)]
    if rng.random() < 0.05 and abs(motion.turn) < 15 and motion.seconds > 1.6:
        words.append(f"for {_number(round(motion.seconds))} seconds")
    sentence = " ".join(["a person", *filter(None, words)])
    return _with_standing(sentence, motion)


def _gait(motion: Kinematics, family: str) -> str | None:
    if motion.backward > 0.8:
        return "walks backward" if abs(motion.turn) < 30 and motion.forward < -0.3 else None
    if motion.sideways > 0.8:
        if abs(motion.turn) > 30:
            return None
        return (
            f"steps sideways to the {'left' if motion.left > 0 else 'right'}"
            if abs(motion.left) > 0.3
            else None
        )
    if motion.backward > 0.2 or motion.sideways > 0.3:
        return None
    return "runs" if family == "run" else "walks"


def _direction_words(motion: Kinematics, rng: np.random.Generator) -> list[str]:
    if motion.backward > 0.8 or motion.sideways > 0.8:
        return [_distance(motion, rng)]
    if abs(motion.turn) < 15:
        return [
            _pick(("forward", "forward", "straight ahead", "in a straight line", "ahead"), rng),
            _distance(motion, rng),
        ]
    if abs(motion.turn) < 25:
        return [_pick(("forward", "ahead"), rng)]
    return [
        _pick(("forward and", "and", "a few steps and", "and then", "ahead, then"), rng),
        turn_words(motion.turn, rng),
    ]


def turn_words(degrees: float, rng: np.random.Generator) -> str:
    """A finite-verb phrase for a measured turn; positive degrees are to the left."""
    side, size = ("left" if degrees > 0 else "right"), abs(degrees)
    exact = f"turns {side} by {_pick(('about ', '', 'around '), rng)}{_rounded(size)} degrees"
    if size < 65:
        return _pick(
            (
                f"veers to the {side}",
                f"turns slightly to the {side}",
                f"bears {side}",
                f"curves to the {side}",
                exact,
                exact,
            ),
            rng,
        )
    if size < 115:
        quarter = (
            f"makes a quarter turn to the {side}",
            f"turns to the {side}",
            f"turns {side} by about ninety degrees",
        )
        return _pick((f"turns {side}", f"turns {side}", exact, *quarter), rng)
    if size < 150:
        return _pick(
            (f"turns {side}", f"turns far to the {side}", exact, f"turns {side} by more than a quarter turn"),
            rng,
        )
    if size < 215:
        half = (
            f"turns around to the {side}",
            f"makes a half turn to the {side}",
            f"makes a U-turn to the {side}",
        )
        return _pick(
            ("turns around", "turns to face the other way", *half, f"turns 180 degrees to the {side}", exact),
            rng,
        )
    if size < 310:
        return _pick((f"turns {side} by three quarters of a circle", exact, f"circles to the {side}"), rng)
    return _pick(
        (
            f"makes a full turn to the {side}",
            "turns in a full circle",
            f"turns all the way around to the {side}",
            exact,
        ),
        rng,
    )


def _turning_caption(motion: Kinematics, rng: np.random.Generator) -> str | None:
    """A turn on the spot, or standing still."""
    if abs(motion.turn) > 40:
        place = _pick(("", "", " on the spot", " in place"), rng)
        return f"a person {turn_words(motion.turn, rng)}{place}"
    return "a person stands still" if motion.moving == 0 and abs(motion.turn) < 10 else None


def _with_standing(sentence: str, motion: Kinematics) -> str:
    """Add the standing before and after, when it is at least eight tenths of a second."""
    if motion.still_start > 0.8:
        sentence = sentence.replace("a person ", "a person stands still and then ", 1)
    return f"{sentence}, then stops" if motion.still_end > 0.8 else sentence


def speed_of(motion: Kinematics, family: str) -> str:
    """ "slowly", "quickly" or nothing, relative to the usual speed of this action."""
    gait = "walk backward" if motion.backward > 0.8 else family
    slow, fast = SPEEDS.get(gait, (0.0, np.inf))
    return "slowly" if motion.speed < slow else "quickly" if motion.speed > fast else ""


def _distance(motion: Kinematics, rng: np.random.Generator) -> str:
    """Metres, in words or figures, or in steps; often left out."""
    metres = motion.path
    draw = rng.random()
    if draw < 0.5 or metres < 0.7:
        return ""
    if draw < 0.65:
        return "a few steps" if metres < 3.5 else "for a long way" if metres > 7 else ""
    unit = _pick(("metre", "meter"), rng)
    plural = "s" if round(metres) != 1 else ""
    return f"{_pick(('about ', '', 'for '), rng)}{_number(round(metres))} {unit}{plural}"


def _rounded(degrees: float) -> int:
    """To tens, or to the 45s that people name."""
    nearest = 45 * round(degrees / 45)
    return nearest if nearest and abs(nearest - degrees) <= 8 else 10 * round(degrees / 10)


def _number(value: int) -> str:
    return _NUMBERS[value] if 0 < value < len(_NUMBERS) else str(value)


# ---------------------------------------------------------------- jumps


@dataclass(frozen=True)
class Jumps:
    """Flights in a clip: how many, the highest rise of the pelvis and the farthest flight, metres."""

    count: int
    height: float
    length: float


def measure_jumps(joints: FloatArray) -> Jumps:
    """Find the flights of a clip (T, 22, 3): both feet off the ground for at least three frames."""
    feet = joints[:, [*LEFT_FEET, *RIGHT_FEET], 1]
    ground = np.percentile(feet, 10, axis=0)
    flying = (feet - ground > _FLIGHT_HEIGHT).all(axis=1)
    regions, count = cast(tuple[IntArray, int], label(flying))
    spans = [np.flatnonzero(regions == i + 1) for i in range(count)]
    spans = [span for span in spans if len(span) >= 3 and span[0] > 0 and span[-1] < len(joints) - 1]
    if not spans:
        return Jumps(0, 0.0, 0.0)
    standing = float(np.percentile(joints[:, 0, 1], 75))
    rises = [float(joints[span, 0, 1].max()) - standing for span in spans]
    flights = [
        float(np.linalg.norm(np.subtract(joints[span[-1], 0, [0, 2]], joints[span[0], 0, [0, 2]])))
        for span in spans
    ]
    return Jumps(len(spans), max(rises), max(flights))


def jump_captions(joints: FloatArray) -> list[str]:
    """Captions of a clip of jumping on the spot or ahead: how often, how high, how far; [] when unclear."""
    jumps, motion = measure_jumps(joints), measure(joints)
    if not 0 < jumps.count < len(_TIMES) or abs(motion.turn) > 60:
        return []
    ahead = motion.forward > 0.5 and motion.forward > 2 * abs(motion.left)
    verb = (
        "jumps forward"
        if ahead
        else "jumps up and down"
        if jumps.count > 2
        else "jumps up"
        if motion.path < 0.4
        else "jumps"
    )
    times = _TIMES[jumps.count]
    captions = [f"a person {verb}"] if jumps.count in (1, 3) else []
    captions.append(f"a person {verb} {times}")
    if jumps.count > 1 and not ahead:
        captions.append(f"a person does {_number(jumps.count)} jumps")
    if ahead and jumps.count == 1 and jumps.length > 0.6:
        captions.append(f"a person jumps forward about {jumps.length:.1f} metres")
    if jumps.count == 1 and jumps.height > 0.35:
        captions.append("a person jumps high into the air")
    return captions


def describe(joints: FloatArray, family: str, rng: np.random.Generator | None = None) -> list[str]:
    """True captions of a clip (T, 22, 3), T >= 4 at 20 fps, of an action family; [] when nothing is clear."""
    rng = np.random.default_rng(0) if rng is None else rng
    if family in ("walk", "run", "walk backward", "turn"):
        gait = "run" if family == "run" else "walk"
        found = [locomotion_caption(measure(joints), gait, rng) for _ in range(3)]
        return list(dict.fromkeys(caption for caption in found if caption))
    return jump_captions(joints) if family == "jump" else []


def _pick(options: Sequence[T], rng: np.random.Generator) -> T:
    return options[int(rng.random() * len(options))]
