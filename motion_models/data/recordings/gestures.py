"""Everyday gestures drawn onto people who stand about: a wave, a clap, a point, a shrug, a nod, a bow.

Hardly any recording shows them, or shows them as traffic signals; people ask for them first. Legs, weight and
breath are a recorded person's; arms, head or trunk go where keys say, in directions of the body itself (left,
up, forward), with timing and reach drawn anew for each. They are told as what was drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...arrays import FloatArray
from ...english.captions import CaptionedSegment
from ...motion.features import FPS, facing_directions
from ...motion.skeleton import BONE_LENGTHS, JOINT, bone_vectors, directions, forward_positions
from ..cmu import Trial
from .limbs import is_upright

#: Directions (..., 3) to the left, up and forward by the joint that a bone ends in.
Keys = Mapping[str, FloatArray]

#: Frames over which a body's heading is smoothed.
_HEADING_SIGMA = 8.0
#: Wrists of hanging arms are no higher over the pelvis than this, metres.
_HANGING = 0.13


@dataclass(frozen=True)
class Gesture:
    """label: of its action. captions: of the right-handed one. hold: seconds; keys: see `Keys`, over hold."""

    label: str
    captions: tuple[str, ...]
    hold: tuple[float, float]
    keys: Callable[[FloatArray, np.random.Generator], Keys]


def drawn_gestures(
    trials: Sequence[Trial], segments: Sequence[CaptionedSegment], count: int, seed: int = 0
) -> tuple[list[Trial], list[CaptionedSegment]]:
    """`count` trials of gestures, all kinds equally often, each with its one captioned segment.

    Drawn onto training trials of standing with hanging arms. None without such. The same for the same
    arguments.
    """
    bodies = _standing_bodies(trials, segments)
    made: list[tuple[Trial, CaptionedSegment]] = []
    for number in range(count if bodies else 0):
        rng = np.random.default_rng((seed, number))
        gesture = GESTURES[number % len(GESTURES)]
        joints = _drawn(bodies[int(rng.integers(len(bodies)))], gesture, rng)
        trial = Trial(f"drawn {number}", joints.astype(np.float32), "train", gesture.captions[0])
        seconds = len(joints) / FPS
        made.append((trial, CaptionedSegment(trial.id, 0.0, seconds, gesture.label, gesture.captions)))
    return [trial for trial, _ in made], [segment for _, segment in made]


def _standing_bodies(trials: Sequence[Trial], segments: Sequence[CaptionedSegment]) -> list[FloatArray]:
    """Stretches (T, 22, 3) of at least three seconds in which somebody stands with hanging arms."""
    known = {trial.id: trial for trial in trials if trial.split == "train" and trial.level}
    bodies = []
    for segment in segments:
        if segment.action != "stand" or segment.trial not in known:
            continue
        trial = known[segment.trial]
        first = max(round((segment.start - trial.skipped) * FPS), 0)
        joints = trial.joints[first : round((segment.end - trial.skipped) * FPS)].astype(np.float64)
        if len(joints) >= 3 * FPS and is_upright(joints) and _arms_hang(joints):
            bodies.append(joints)
    return bodies


def _arms_hang(joints: FloatArray) -> bool:
    wrists = joints[:, [JOINT["left_wrist"], JOINT["right_wrist"]]]
    over = (wrists[..., 1] - joints[:, :1, 1]).max()
    apart = np.linalg.norm(wrists[:, 0] - wrists[:, 1], axis=-1).min()
    return bool(over < _HANGING and apart > 0.25)


def _drawn(body: FloatArray, gesture: Gesture, rng: np.random.Generator) -> FloatArray:
    """A body with a gesture on it: rest, the way there, the hold, the way back, rest."""
    spans = [rng.uniform(*span) for span in ((0.2, 0.6), (0.35, 0.65), gesture.hold, (0.4, 0.7), (0.2, 0.6))]
    bounds = np.round(np.cumsum([0.0, *spans]) * FPS).astype(int)
    joints = _as_long_as(body, int(bounds[-1]), rng)
    frames = np.arange(len(joints))
    rise = np.interp(frames, bounds[1:3], (0.0, 1.0))
    fall = np.interp(frames, bounds[3:5], (1.0, 0.0))
    weight = gaussian_filter1d(_smooth(np.minimum(rise, fall)), 1.0)[:, None]
    vectors, axes = bone_vectors(joints), _axes(joints)
    own = np.einsum("tbi,tai->tba", vectors, axes)
    for name, direction in gesture.keys((frames - bounds[2]) / FPS, rng).items():
        bone = JOINT[name]
        mixed = (1 - weight) * own[:, bone] / BONE_LENGTHS[bone] + weight * directions(direction)
        own[:, bone] = directions(mixed) * BONE_LENGTHS[bone]
    return forward_positions(joints[:, 0], np.einsum("tba,tai->tbi", own, axes))


def _as_long_as(body: FloatArray, frames: int, rng: np.random.Generator) -> FloatArray:
    """So many frames of a body from a drawn moment on, to and fro where it is shorter."""
    start = int(rng.integers(max(len(body) - frames, 0) + 1))
    there = np.arange(start, len(body))
    turns = np.concatenate([there, there[-2:0:-1]])
    return body[np.resize(turns, frames)]


def _smooth(share: FloatArray) -> FloatArray:
    return share**2 * (3 - 2 * share)


def _axes(joints: FloatArray) -> FloatArray:
    """The body's left, up and forward (T, 3, 3) by frame, upright."""
    forward = directions(gaussian_filter1d(facing_directions(joints), _HEADING_SIGMA, axis=0, mode="nearest"))
    up = np.broadcast_to([0.0, 1.0, 0.0], forward.shape)
    return np.stack([np.cross(up, forward), up, forward], axis=1)


# ---------------------------------------------------------------- what is drawn


def _mirrored(keys: Keys) -> dict[str, FloatArray]:
    """Keys of the right side with those of the left added."""
    left = {name.replace("right", "left"): value * [-1.0, 1.0, 1.0] for name, value in keys.items()}
    return {**keys, **left}


def _over(time: FloatArray, *parts: FloatArray | float) -> FloatArray:
    """(T, 3) of three components, each by frame or for all."""
    return np.stack([np.broadcast_to(part, time.shape) for part in parts], axis=-1)


def _wave(time: FloatArray, rng: np.random.Generator) -> Keys:
    """The right hand above the shoulder, the forearm from side to side."""
    swing = rng.uniform(0.35, 0.65) * np.sin(2 * np.pi * rng.uniform(1.3, 2.1) * time)
    lean = rng.uniform(-0.1, 0.25)
    upper = _over(time, -rng.uniform(0.6, 0.9), rng.uniform(-0.25, 0.35), rng.uniform(0.2, 0.5))
    return {
        "right_elbow": upper + _over(time, 0.12 * swing, 0.0, 0.0),
        "right_wrist": _over(time, -np.sin(swing + lean), np.cos(swing + lean), rng.uniform(0.1, 0.35)),
    }


def _wave_high(time: FloatArray, rng: np.random.Generator) -> Keys:
    """The whole arm overhead, from side to side."""
    swing = 0.1 + rng.uniform(0.2, 0.4) * np.sin(2 * np.pi * rng.uniform(1.0, 1.6) * time)
    forward = rng.uniform(0.05, 0.25)
    return {
        "right_elbow": _over(time, -np.sin(0.35 + 0.6 * swing), np.cos(0.35 + 0.6 * swing), forward),
        "right_wrist": _over(time, -np.sin(1.6 * swing), np.cos(1.6 * swing), forward),
    }


def _wave_both(time: FloatArray, rng: np.random.Generator) -> Keys:
    return _mirrored((_wave if rng.random() < 0.5 else _wave_high)(time, rng))


def _clap(time: FloatArray, rng: np.random.Generator) -> Keys:
    """Both hands before the chest, together and apart."""
    apart = 0.5 - 0.5 * np.cos(2 * np.pi * rng.uniform(1.8, 3.2) * time)
    across = 0.8 - rng.uniform(0.45, 0.8) * apart
    upper = _over(time, -rng.uniform(0.15, 0.35), -rng.uniform(0.6, 0.85), rng.uniform(0.4, 0.65))
    return _mirrored({"right_elbow": upper, "right_wrist": _over(time, across, rng.uniform(0.15, 0.5), 0.65)})


def _point(
    aside: tuple[float, float], up: tuple[float, float], ahead: tuple[float, float]
) -> Callable[[FloatArray, np.random.Generator], Keys]:
    """A straight right arm in a direction."""

    def keys(time: FloatArray, rng: np.random.Generator) -> Keys:
        direction = _over(time, -rng.uniform(*aside), rng.uniform(*up), rng.uniform(*ahead))
        return {"right_elbow": direction - _over(time, 0.0, 0.12, 0.0), "right_wrist": direction}

    return keys


def _shrug(time: FloatArray, rng: np.random.Generator) -> Keys:
    """Both shoulders up, forearms turned out, once or twice."""
    lift = 1.0 if rng.random() < 0.5 else 0.55 + 0.45 * np.cos(2 * np.pi * rng.uniform(0.9, 1.3) * time)
    return _mirrored(
        {
            "right_collar": _over(time, -0.62, 0.78 + 0.35 * lift, 0.0),
            "right_shoulder": _over(time, -0.9, 0.15 + 0.45 * lift, 0.0),
            "right_elbow": _over(time, -0.3, -0.93, 0.15),
            "right_wrist": _over(time, -rng.uniform(0.5, 0.8), rng.uniform(-0.3, 0.2), 0.6),
        }
    )


def _nod(time: FloatArray, rng: np.random.Generator) -> Keys:
    """The head forward and back."""
    dip = 0.5 - 0.5 * np.cos(2 * np.pi * rng.uniform(1.1, 1.8) * time)
    tilt = 0.15 + rng.uniform(0.45, 0.7) * dip
    return {"head": _over(time, 0.0, np.cos(tilt), np.sin(tilt))}


def _bow(time: FloatArray, rng: np.random.Generator) -> Keys:
    """The trunk forward over the hips, the arms hanging from it."""
    deep = rng.uniform(0.6, 1.15)
    tilts = {"spine1": 0.55, "spine2": 0.85, "spine3": 1.0, "neck": 1.05, "head": 1.2}
    keys = {name: _over(time, 0.0, np.cos(deep * t), np.sin(deep * t)) for name, t in tilts.items()}
    arms = {"right_elbow": _over(time, -0.12, -1.0, 0.1), "right_wrist": _over(time, -0.05, -1.0, 0.2)}
    return keys | _mirrored(arms)


GESTURES = (
    Gesture("wave", ("a person waves with the right hand", "a person waves the right hand",
        "a person lifts the right hand above the shoulder and waves it from side to side",
        "someone says hello with the right hand"), (1.6, 3.0), _wave),
    Gesture("clap", ("a person claps", "a person claps the hands",
        "a person brings both hands together before the chest again and again", "someone applauds"),
        (1.4, 3.0), _clap),
    Gesture("wave", ("a person waves", "a person waves hello",
        "a person raises the right arm overhead and waves it from side to side",
        "someone waves goodbye with the right arm"), (1.8, 3.2), _wave_high),
    Gesture("point", ("a person points forward", "a person points ahead with the right hand",
        "a person stretches the right arm straight ahead to point at something and lowers it again",
        "someone points to the front"), (0.7, 1.6), _point((0.0, 0.25), (-0.1, 0.2), (0.9, 1.0))),
    Gesture("shrug", ("a person shrugs", "a person shrugs the shoulders",
        "a person lifts both shoulders and turns the forearms out, as if not knowing",
        "someone shrugs their shoulders"), (0.5, 1.3), _shrug),
    Gesture("wave", ("a person waves", "a person waves a hand",
        "a person raises the right hand and waves it to and fro", "someone greets with a wave"),
        (1.6, 3.0), _wave),
    Gesture("point", ("a person points to the right", "a person points right with the right hand",
        "a person stretches the right arm out to the side to point and lowers it again",
        "someone shows the way to the right"), (0.7, 1.6), _point((0.9, 1.0), (-0.05, 0.2), (0.05, 0.35))),
    Gesture("nod", ("a person nods", "a person nods the head",
        "a person stands and dips the head forward and back several times", "someone nods in agreement"),
        (1.2, 2.4), _nod),
    Gesture("wave", ("a person waves with both hands", "a person waves both arms",
        "a person raises both hands and waves them from side to side", "someone waves both hands"),
        (1.6, 3.0), _wave_both),
    Gesture("raise hand", ("a person raises the right hand", "a person puts the right arm up",
        "a person lifts the right arm straight up, holds it and lowers it again", "someone raises a hand"),
        (0.8, 1.8), _point((0.05, 0.25), (0.95, 1.0), (0.0, 0.2))),
    Gesture("bow", ("a person bows", "a person takes a bow",
        "a person bends forward from the hips with hanging arms and straightens again",
        "someone bows politely"), (0.5, 1.4), _bow),
)  # fmt: skip
