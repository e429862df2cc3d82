"""Words for what a motion measurably does: how far, how fast, which way and how much it turns, how often.

Quantities come from the joints (see `measuring`), so a stretch of motion cut anywhere gets a true caption.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from ..arrays import FloatArray
from ..english.quantities import in_words
from .measuring import StretchMeasures, measure, measure_jumps

T = TypeVar("T")

#: What "slowly" and "quickly" mean, m/s: below the first, above the second. Fifths of the trials' own speeds.
SPEEDS = {"walk": (0.65, 1.25), "run": (1.8, 3.0), "walk backward": (0.42, 0.95)}
_TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times")


def locomotion_caption(motion: StretchMeasures, family: str, rng: np.random.Generator) -> str | None:
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
        words.append(f"for {in_words(round(motion.seconds))} seconds")
    sentence = " ".join(["a person", *filter(None, words)])
    return _with_standing(sentence, motion)


def _gait(motion: StretchMeasures, family: str) -> str | None:
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


def _direction_words(motion: StretchMeasures, rng: np.random.Generator) -> list[str]:
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


def _turning_caption(motion: StretchMeasures, rng: np.random.Generator) -> str | None:
    """A turn on the spot, or standing still."""
    if abs(motion.turn) > 40:
        place = _pick(("", "", " on the spot", " in place"), rng)
        return f"a person {turn_words(motion.turn, rng)}{place}"
    return "a person stands still" if motion.moving == 0 and abs(motion.turn) < 10 else None


def _with_standing(sentence: str, motion: StretchMeasures) -> str:
    """Add the standing before and after, when it is at least eight tenths of a second."""
    if motion.still_start > 0.8:
        sentence = sentence.replace("a person ", "a person stands still and then ", 1)
    return f"{sentence}, then stops" if motion.still_end > 0.8 else sentence


def speed_of(motion: StretchMeasures, family: str) -> str:
    """ "slowly", "quickly" or nothing, relative to the usual speed of this action."""
    gait = "walk backward" if motion.backward > 0.8 else family
    slow, fast = SPEEDS.get(gait, (0.0, np.inf))
    return "slowly" if motion.speed < slow else "quickly" if motion.speed > fast else ""


def _distance(motion: StretchMeasures, rng: np.random.Generator) -> str:
    """Metres, in words or figures, or in steps; often left out."""
    metres = motion.path
    draw = rng.random()
    if draw < 0.5 or metres < 0.7:
        return ""
    if draw < 0.65:
        return "a few steps" if metres < 3.5 else "for a long way" if metres > 7 else ""
    unit = _pick(("metre", "meter"), rng)
    plural = "s" if round(metres) != 1 else ""
    return f"{_pick(('about ', '', 'for '), rng)}{in_words(round(metres))} {unit}{plural}"


def _rounded(degrees: float) -> int:
    """To tens, or to the 45s that people name."""
    nearest = 45 * round(degrees / 45)
    return nearest if nearest and abs(nearest - degrees) <= 8 else 10 * round(degrees / 10)


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
        captions.append(f"a person does {in_words(jumps.count)} jumps")
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
