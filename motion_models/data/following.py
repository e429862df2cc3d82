"""Stretches of different recordings that can follow one another: a squat, then a jump of somebody else.

Recordings show few actions in a row. Motion is kept relative to the body, so two stretches can stand one
after the other wherever the first ends in about the pose in which the second begins, both nearly at rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..motion.features import FPS
from .corpus_items import CorpusItem

if TYPE_CHECKING:
    from .cmu import Trial

#: The mean distance of a joint at which two poses count as one, metres.
_NEAR = 0.10
#: Mean speed of the joints under which a stretch begins or ends nearly at rest, m/s.
_SLOW = 0.4
#: Seconds of a stretch, and of two.
_SECONDS, _TOGETHER = (0.8, 6.0), 10.0
#: What shows that a caption tells of several actions.
_SEVERAL = (",", " then ", " and ")
#: Where a frame of the features has the height of the root and the joints relative to it.
_POSE = slice(3, 67)
#: Times that a pair is drawn for each that is wanted: some first stretches have nothing that fits.
_TRIES = 3


def following_items(
    items: Sequence[CorpusItem], trials: Mapping[str, Trial], count: int, seed: int = 0
) -> list[CorpusItem]:
    """`count` pairs of stretches, rare families more often; fewer where too little fits.

    The same for the same arguments.
    """
    chosen = [item for item in items if _is_single(item)]
    ends, begins = (_poses(chosen, trials, last) for last in (True, False))
    rarity, seconds = _rarity(chosen), np.array([item.seconds for item in chosen])
    told = np.array([" / ".join(item.captions) for item in chosen])
    rng, found = np.random.default_rng((seed, len(chosen))), list[CorpusItem]()
    for _ in range(_TRIES * count if chosen else 0):
        first = int(rng.choice(len(chosen), p=rarity))
        fitting = _fitting(ends[first], begins) & (told != told[first])
        weights = np.where(fitting & (seconds + seconds[first] <= _TOGETHER), rarity, 0.0)
        if weights.sum() > 0:
            second = int(rng.choice(len(chosen), p=weights / weights.sum()))
            found.append(replace(chosen[first], then=chosen[second]))
        if len(found) == count:
            break
    return found


def _is_single(item: CorpusItem) -> bool:
    """Whether a stretch is short and told as one action, so that its words can be joined."""
    told = item.captions[0] if item.captions else ","
    return _SECONDS[0] <= item.seconds <= _SECONDS[1] and not any(mark in told for mark in _SEVERAL)


def _poses(items: Sequence[CorpusItem], trials: Mapping[str, Trial], last: bool) -> npt.NDArray[np.float32]:
    """Where each stretch ends or begins, (N, 64); not a number where it is not nearly at rest there."""
    poses = np.full((len(items), _POSE.stop - _POSE.start), np.nan, dtype=np.float32)
    for row, item in enumerate(items):
        trial = trials[item.trial]
        frames = trial.features
        frame = round(((item.end if last else item.start) - trial.skipped) * FPS) - int(last)
        frame = min(max(frame, 0), len(frames) - 1)
        around = trial.joints[max(frame - 2, 0) : frame + 3]
        if np.linalg.norm(np.diff(around, axis=0), axis=-1).mean() * FPS < _SLOW:
            poses[row] = frames[frame, _POSE]
    return poses


def _fitting(end: npt.NDArray[np.float32], begins: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Which stretches begin about where one ends."""
    apart = np.abs(begins[:, :1] - end[:1])
    joints = np.linalg.norm((begins[:, 1:] - end[1:]).reshape(len(begins), -1, 3), axis=-1).mean(axis=1)
    return (joints < _NEAR) & (apart[:, 0] < _NEAR)


def _rarity(items: Sequence[CorpusItem]) -> npt.NDArray[np.float64]:
    """How likely each is drawn, (N,): the rarer its family, the likelier."""
    counts = Counter(item.family for item in items)
    weights = np.array([counts[item.family] ** -0.5 for item in items])
    return weights / weights.sum()
