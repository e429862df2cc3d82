"""What happens in a motion, one occurrence after another: steps, jumps, squats, kicks and the like.

Same input and conventions as `kinematics.py`. An occurrence is (first frame, past the last); occurrences
come in the order in which they end. At 20 fps a fast one lasts a handful of frames, so thresholds are on
what the whole occurrence covers, not on single frames. `strict` multiplies every threshold: a number that
changes with it is not clear to whoever looks on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import find_peaks, peak_widths

from ...arrays import FloatArray
from ..features import FPS
from ..skeleton import JOINT
from .kinematics import HEAD, NECK, PELVIS, flights, floor_height, pelvis_heights, smooth, torso_pitches
from .limbs import SIDES, Side, body_frame, extension_speed

Span = tuple[int, int]

ANKLES = (JOINT["left_ankle"], JOINT["right_ankle"])
WRISTS = (JOINT["left_wrist"], JOINT["right_wrist"])
#: A foot that is set down elsewhere by less than this (metres) has made no step.
STEP_METRES = 0.15
#: A swinging ankle is faster than this (metres a second), and than half of its own highest speeds.
SWING_SPEED = 0.35
#: A kick takes the ankle this far over the floor.
KICK_METRES = 0.35
#: A trunk lies level from so many degrees on, with the feet so far behind the hips; a hand whose wrist is
#: lower than this is on the floor (metres).
LEVEL, STRETCHED, HAND_ON_FLOOR = 50.0, 0.5, 0.25
#: Hands that clap have their wrists nearer than this, metres.
CLAP_METRES = 0.4
#: A flight lasts so many frames at least.
LEAST_FLIGHT = 3
#: What is clear is counted alike by thresholds that are so many times as high.
LENIENT, STRICT = 0.75, 1.3
#: How deep an occurrence reaches on either side of its peak, as a share of the peak's prominence.
BASE = 0.85


def swings(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """Steps: stretches in which one foot leaves its place and is set down at least 15 cm away."""
    found = [span for side in SIDES for span in foot_swings(joints, side, strict)]
    return sorted(found, key=lambda span: (span[1], span[0]))


def foot_swings(joints: FloatArray, side: Side, strict: float = 1.0) -> list[Span]:
    """The steps of one foot."""
    places = joints[:, JOINT[f"{side}_ankle"]][:, [0, 2]]
    speed = np.linalg.norm(np.diff(places, axis=0), axis=1) * FPS
    if not len(speed):
        return []
    moving = speed > max(SWING_SPEED * strict, 0.5 * float(np.percentile(speed, 90)))
    return [
        (first, last)
        for first, last in runs(moving)
        if np.linalg.norm(places[last] - places[first]) > STEP_METRES * strict
    ]


def first_foot(joints: FloatArray) -> Side | None:
    """The foot that makes the first step; None where nobody steps, both feet set out at once, or thresholds
    decide which foot it is."""
    led = set[Side | None]()
    for strict in (LENIENT, 1.0, STRICT):
        starts: dict[Side, int] = {
            side: spans[0][0] for side in SIDES if (spans := foot_swings(joints, side, strict))
        }
        first: list[Side] = [side for side, frame in starts.items() if frame == min(starts.values())]
        led.add(first[0] if len(first) == 1 else None)
    return led.pop() if len(led) == 1 else None


def jumps(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """Flights of at least 0.15 s, the feet over 6 cm."""
    return [span for span in flights(joints, strict) if span[1] - span[0] >= LEAST_FLIGHT * strict]


def hops(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """Bounces of the pelvis by 5 cm and more."""
    return peaks(smooth(joints[:, PELVIS, 1], 0.7), 0.05 * strict)


def squats(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The pelvis sinks by 15 cm or more and comes up again."""
    return peaks(-pelvis_heights(joints), 0.15 * strict)


def push_ups(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The neck of a level trunk sinks by 10 cm or more over hands on the floor, and comes up again."""
    ankles = joints[:, ANKLES].mean(axis=1) - joints[:, PELVIS]
    level = torso_pitches(joints) > LEVEL
    stretched = np.linalg.norm(ankles[:, [0, 2]], axis=1) > STRETCHED
    on_hands = joints[:, WRISTS, 1].max(axis=1) - floor_height(joints) < HAND_ON_FLOOR
    found: list[Span] = []
    for first, last in runs(level & stretched & on_hands):
        neck = smooth(joints[first:last, NECK, 1], 0.7)
        found += [(first + a, first + b) for a, b in peaks(-neck, 0.1 * strict)]
    return found


def side_steps(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The feet part sideways by 12 cm or more and close again."""
    poses = body_frame(joints)
    left, right = (poses[:, ankle, 0] for ankle in ANKLES)
    return peaks(smooth(left - right, 0.7), 0.12 * strict)


def bows(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The head sinks by 20 cm or more, further than the pelvis, and comes up again."""
    return peaks(smooth(joints[:, PELVIS, 1] - joints[:, HEAD, 1], 1.0), 0.2 * strict)


def arm_raises(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """Both wrists go up together by 40 cm and down again."""
    wrists = smooth(joints[:, WRISTS, 1].mean(axis=1) - joints[:, NECK, 1], 1.0)
    return peaks(wrists, 0.4 * strict)


def kicks(joints: FloatArray, side: Side | None = None, strict: float = 1.0) -> list[Span]:
    """One ankle, or that of one side, rises by 30 cm or more over the other, and comes down again."""
    left, right = (smooth(joints[:, ankle, 1], 0.7) for ankle in ANKLES)
    floor, higher = floor_height(joints), np.maximum(left, right)
    gaps = {"left": left - right, "right": right - left}
    chosen = gaps.values() if side is None else [gaps[side]]
    spans = [span for gap in chosen for span in peaks(np.maximum(gap, 0.0), 0.3 * strict)]
    high = [s for s in spans if higher[s[0] : s[1]].max() - floor > KICK_METRES * strict]
    return sorted(high, key=lambda span: (span[1], span[0]))


def punches(joints: FloatArray, side: Side | None = None, strict: float = 1.0) -> list[Span]:
    """A wrist, or that of one side, shoots away from its shoulder faster than 1.2 m/s."""
    found: list[Span] = []
    for arm in SIDES if side is None else (side,):
        speed = extension_speed(joints, arm)
        tops = find_peaks(speed, 1.2 * strict, distance=4)[0]
        found += [(max(0, int(top) - 3), min(len(joints), int(top) + 5)) for top in tops]
    return sorted(found, key=lambda span: (span[1], span[0]))


def cartwheels(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The head is below the pelvis for 0.2 s or longer."""
    return [s for s in runs(joints[:, HEAD, 1] < joints[:, PELVIS, 1]) if s[1] - s[0] >= 4 * strict]


def waves(joints: FloatArray, side: Side | None = None, strict: float = 1.0) -> list[Span]:
    """A hand over the elbow goes outwards by 8 cm and back again; without a side, that which does more."""
    found: list[list[Span]] = []
    for arm, out in zip(SIDES, (1.0, -1.0), strict=True):
        poses = smooth(body_frame(joints), 0.7)
        wrist, elbow = (poses[:, JOINT[f"{arm}_{name}"]] for name in ("wrist", "elbow"))
        spans = peaks(out * wrist[:, 0], 0.08 * strict)
        over = wrist[:, 1] > elbow[:, 1]
        found.append([span for span in spans if over[span[0] : span[1]].mean() > 0.5])
    return max(found, key=len) if side is None else found[SIDES.index(side)]


def claps(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The hands come together by 8 cm, and apart again."""
    left, right = (joints[:, wrist] for wrist in WRISTS)
    apart = smooth(np.linalg.norm(left - right, axis=-1), 0.5)
    return [s for s in peaks(-apart, 0.08 * strict) if apart[s[0] : s[1]].min() < CLAP_METRES]


def nods(joints: FloatArray, strict: float = 1.0) -> list[Span]:
    """The head dips forward by 8 degrees and comes up again."""
    poses = body_frame(joints)
    over = poses[:, HEAD] - poses[:, NECK]
    return peaks(smooth(np.degrees(np.arctan2(over[:, 2], over[:, 1])), 0.7), 8.0 * strict)


def arm_lifts(joints: FloatArray, side: Side | None = None, strict: float = 1.0) -> list[Span]:
    """A hand goes up by 35 cm to over the shoulder, and down again or stays there till the end.

    Without a side, that which does so more often.
    """
    found: list[list[Span]] = []
    for arm in SIDES:
        wrist, shoulder = (joints[:, JOINT[f"{arm}_{name}"], 1] for name in ("wrist", "shoulder"))
        height = smooth(wrist - shoulder, 1.0)
        spans = peaks(np.append(height, height.min()), 0.35 * strict)
        found.append([(a, min(b, len(height))) for a, b in spans if height[a:b].max() > 0])
    return max(found, key=len) if side is None else found[SIDES.index(side)]


def peaks(series: FloatArray, prominence: float) -> list[Span]:
    """Where a series (T,) rises by `prominence` and falls again, from foot to foot of each peak."""
    tops = find_peaks(series, prominence=prominence)[0]
    if not len(tops):
        return []
    _, _, left, right = peak_widths(series, tops, rel_height=BASE)
    return [
        (int(np.floor(a)), min(len(series), int(np.ceil(b)) + 1)) for a, b in zip(left, right, strict=True)
    ]


def runs(mask: np.ndarray) -> list[Span]:
    """Stretches (first, past the last) of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


#: How the occurrences of each countable event are found.
EVENTS: dict[str, Callable[..., list[Span]]] = {
    "step": swings,
    "side step": side_steps,
    "jump": jumps,
    "hop": hops,
    "jumping jack": arm_raises,
    "squat": squats,
    "push-up": push_ups,
    "kick": kicks,
    "punch": punches,
    "bow": bows,
    "cartwheel": cartwheels,
    "wave": waves,
    "clap": claps,
    "nod": nods,
    "arm raise": arm_lifts,
}


#: Of these the occurrences of one side can be counted.
SIDED = ("kick", "punch", "wave", "arm raise")


def events(joints: FloatArray, event: str, side: Side | None = None, strict: float = 1.0) -> list[Span]:
    """All occurrences of one countable event; those of one side, where one can do it.

    Raises KeyError for what cannot be counted.
    """
    find = EVENTS[event]
    return find(joints, side, strict=strict) if event in SIDED else find(joints, strict=strict)


def numbers(joints: FloatArray, event: str, side: Side | None = None) -> tuple[int, int]:
    """The fewest and the most occurrences that somebody who looks on may count; alike where it is clear."""
    counted = [len(events(joints, event, side, strict)) for strict in (LENIENT, 1.0, STRICT)]
    return min(counted), max(counted)
