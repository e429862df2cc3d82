"""Walks and runs from standing to standing, made of recorded starts, steps and stops.

People who ask for a walk mean one of some seconds that begins and ends standing. Few recordings show it
whole: most begin and end in mid-stride, and a room for motion capture is a few steps long. Recorded starts
and stops are joined here with recorded steps where the poses fit; what came out is measured and told by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...arrays import FloatArray
from ...english.captions import CaptionedSegment
from ...motion.features import FPS
from ...motion.skeleton import mirror_joints, resample
from ..cmu import Trial
from ..corpus_items import CorpusItem, locomotion_spans, on_level_ground, segment_items
from ..describe import describe
from ..measuring import measure
from .splicing import FADE, Cut, best_cut, spliced

#: Labels of what is made, and how often each; what is told comes from the measurement.
_GAITS = {"walk": 0.6, "run": 0.28, "walk backward": 0.12}
#: Walking backward is walking played backward, so much slower: toes meet the floor before heels.
_BACKWARD_SPEED = 0.85
#: A root slower than this rests, m/s; the shortest and longest rest that is kept, frames.
_REST_SPEED, _LEAST_REST, _MOST_REST = 0.22, 5, 13
#: How much of a trial around a captioned stretch is searched for the rest before and after it, frames.
_AROUND = 40
#: Motions that differ more than this, metres of joint and velocity, are not joined.
_MOST_COST = {"walk": 0.17, "run": 0.34}
_SECONDS = (3.0, 6.0)
#: Tries of joining in steps, frames of a motion's end that may be left, and steps tried at once.
_MOST_JOINTS, _TAIL, _CANDIDATES = 4, 34, 10
#: Degrees of turn under which a walk goes forward.
_STRAIGHT = 20.0


@dataclass(frozen=True, eq=False)
class _Piece:
    """A stretch of one gait: joints (T, 22, 3); frames that it rests at its start and at its end."""

    joints: FloatArray
    before: int = 0
    after: int = 0

    def mirrored(self) -> _Piece:
        return _Piece(mirror_joints(self.joints), self.before, self.after)


def from_rest_to_rest(
    trials: Sequence[Trial], segments: Sequence[CaptionedSegment], count: int, seed: int = 0
) -> tuple[list[Trial], list[CaptionedSegment]]:
    """`count` trials of walking or running from standing to standing, each with its one captioned segment.

    Made of the level training trials among `trials`. Fewer where there is too little to make them of. The
    same for the same arguments.
    """
    known = {trial.id: trial for trial in trials if trial.split == "train" and trial.level}
    items = on_level_ground(segment_items([s for s in segments if s.trial in known], known), known)
    made: list[tuple[Trial, CaptionedSegment]] = []
    pieces = {gait: list(_pieces(items, known, gait)) for gait in _MOST_COST}
    for gait, share in _GAITS.items():
        rng, backward = np.random.default_rng((seed, len(gait))), gait == "walk backward"
        made += _of_one_gait(pieces["walk" if backward else gait], gait, round(share * count), rng)
    return [trial for trial, _ in made], [segment for _, segment in made]


def _of_one_gait(
    pieces: Sequence[_Piece], gait: str, count: int, rng: np.random.Generator
) -> list[tuple[Trial, CaptionedSegment]]:
    starts = [piece for piece in pieces if piece.before]
    stops = [piece for piece in pieces if piece.after]
    made: list[tuple[Trial, CaptionedSegment]] = []
    for _ in range(4 * count if starts and stops else 0):
        backward = gait == "walk backward"
        joints = _whole(_drawn(starts, rng), pieces, stops, "walk" if backward else gait, rng)
        if joints is not None and backward:
            joints = resample(joints[::-1], FPS, FPS / _BACKWARD_SPEED)
        told = _told(joints, gait, f"{gait} {len(made)}", rng) if joints is not None else None
        made += [told] if told is not None else []
        if len(made) == count:
            break
    return made


def _pieces(items: Sequence[CorpusItem], trials: dict[str, Trial], gait: str) -> Iterator[_Piece]:
    """Every captioned stretch of a gait, with the rest that the recording has before and after it."""
    forward = [item for item in items if item.family != "walk backward"]
    for name, kind, start, end in locomotion_spans(forward):
        trial = trials[name]
        first, last = (round((second - trial.skipped) * FPS) for second in (start, end))
        if kind != gait.split(maxsplit=1)[0] or last - first < 16:
            continue
        piece = _with_rests(trial.joints.astype(np.float64), max(first, 0), min(last, len(trial.joints)))
        if piece is not None and _goes(piece):
            yield piece


def _with_rests(joints: FloatArray, first: int, last: int) -> _Piece | None:
    """Frames [first, last) from the rest before their steps to the one after; None without a step."""
    path = np.linalg.norm(np.gradient(joints[:, 0, [0, 2]], axis=0), axis=1) * FPS
    moves = gaussian_filter1d(path, 2) > _REST_SPEED
    steps = np.flatnonzero(moves[first:last]) + first
    if not len(steps):
        return None
    begin, end = int(steps[0]), int(steps[-1]) + 1
    while begin > max(first - _AROUND, 0) and moves[begin - 1]:
        begin -= 1
    while end < min(last + _AROUND, len(joints)) and moves[end]:
        end += 1
    before, after = _run_of(~moves[:begin][::-1]), _run_of(~moves[end:])
    before = before if before >= _LEAST_REST else 0
    after = after if after >= _LEAST_REST else 0
    # Without a rest, only the captioned stretch is known to be of this gait.
    return _Piece(joints[begin - before if before else first : end + after if after else last], before, after)


def _run_of(flags: np.ndarray) -> int:
    """How many of the first flags are true in a row, at most the longest rest."""
    false = np.flatnonzero(~flags[:_MOST_REST])
    return int(false[0]) if len(false) else min(len(flags), _MOST_REST)


def _goes(piece: _Piece) -> bool:
    """Whether a piece goes upright and forward, all of it."""
    found = measure(piece.joints)
    return found.upright and found.path > 0.5 and found.backward < 0.15 and found.sideways < 0.3


def _drawn(pieces: Sequence[_Piece], rng: np.random.Generator) -> _Piece:
    piece = pieces[int(rng.integers(len(pieces)))]
    return piece.mirrored() if rng.random() < 0.5 else piece


def _whole(
    start: _Piece, steps: Sequence[_Piece], stops: Sequence[_Piece], gait: str, rng: np.random.Generator
) -> FloatArray | None:
    """One motion from a start through steps to a stop, of a drawn length; None where nothing fits."""
    motion, wanted = start.joints, rng.uniform(*_SECONDS) * FPS
    motion = motion[: len(motion) - start.after]
    for _ in range(_MOST_JOINTS):
        if len(motion) > wanted:
            break
        drawn = [_drawn(steps, rng) for _ in range(_CANDIDATES)]
        tail = range(max(start.before + FADE, len(motion) - _TAIL), len(motion))
        motion = _joined(motion, drawn, tail, gait) if tail else motion
    ends = [end for stop in stops for end in (stop, stop.mirrored())]
    last = max(start.before + FADE, min(round(wanted), len(motion)) - _TAIL)
    return _stopped(motion, ends, range(last, min(round(wanted), len(motion))), gait)


def _joined(motion: FloatArray, steps: Sequence[_Piece], tail: range, gait: str) -> FloatArray:
    """The motion with the steps that fit best after it; as it is where none fit."""
    found = [
        (cut, piece)
        for piece in steps
        if (cut := best_cut(motion, piece.joints, tail, _within(piece))) is not None
    ]
    cut, piece = min(found, key=lambda pair: pair[0].cost, default=(Cut(0, 0, np.inf), steps[0]))
    if cut.cost > _MOST_COST[gait]:
        return motion
    return spliced(motion, piece.joints[: len(piece.joints) - piece.after], cut)


def _within(piece: _Piece) -> range:
    """Where a piece may be entered: after its rest, with at least half of it to come."""
    return range(piece.before + FADE if piece.before else 0, len(piece.joints) // 2)


def _stopped(motion: FloatArray, stops: Sequence[_Piece], tail: range, gait: str) -> FloatArray | None:
    """The motion with the stop that fits best; None where none does."""
    found = [
        (cut, stop)
        for stop in stops
        if (cut := best_cut(motion, stop.joints, tail, _before_rest(stop))) is not None
    ]
    cut, stop = min(found, key=lambda pair: pair[0].cost, default=(Cut(0, 0, np.inf), stops[0]))
    return spliced(motion, stop.joints, cut) if cut.cost <= _MOST_COST[gait] else None


def _before_rest(stop: _Piece) -> range:
    """Where a stop may be entered: at most two seconds before its rest, while it still goes."""
    rest = len(stop.joints) - stop.after
    return range(max(stop.before + FADE, rest - 40), rest - FADE)


def _told(
    joints: FloatArray, gait: str, name: str, rng: np.random.Generator
) -> tuple[Trial, CaptionedSegment] | None:
    """A trial of a made motion and what is measured of it; None where nothing clear can be said."""
    found, seconds = measure(joints), len(joints) / FPS
    if not 0.8 * _SECONDS[0] <= seconds <= _SECONDS[1] + 1.5:
        return None
    family = "run" if gait == "run" else "walk"
    captions = [caption for _ in range(2) for caption in describe(joints, family, rng)]
    if captions and abs(found.turn) < _STRAIGHT:
        captions = [*_plain(gait), *captions]
    if not captions:
        return None
    trial = Trial(f"made {name}", joints.astype(np.float32), "train", gait)
    return trial, CaptionedSegment(trial.id, 0.0, seconds, gait, tuple(dict.fromkeys(captions)))


def _plain(gait: str) -> tuple[str, ...]:
    verb = {"walk": "walks forward", "run": "runs forward", "walk backward": "walks backward"}[gait]
    short = {"walk": "walks", "run": "runs", "walk backward": "walks backwards"}[gait]
    return f"a person {verb}", f"a person {short}"
