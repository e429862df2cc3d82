"""Mean and standard deviation of motion features, and which of the three published habits a file follows.

Features of one kind share one standard deviation (their mean). Root features and foot contacts are then
divided by a feature bias of 5 so that they weigh more in losses: not at all in the Std.npy that the HumanML3D
repository ships, twice in the one T2M-GPT, MDM and Motion-Agent normalise by (25 times smaller there). Both
are called std: a model fed by the wrong one gives noise, so `weighting_of` tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..arrays import Float32Array
from ..errors import InvalidMotionError
from .representation import Representation

#: What published preparations divide the deviation of root features and foot contacts by.
FEATURE_BIAS = 5.0
#: A body feature's deviation that differs by more than this factor is of other data.
_SAME_DATA = 2.5
#: A deviation is never taken for smaller than this: constant features would be divided by zero.
SMALLEST_STD = 1e-6


class Weighting(StrEnum):
    """How often the feature bias was applied to a Std.npy."""

    unweighted = "unweighted"
    once = "once"
    twice = "twice"

    @property
    def factor(self) -> float:
        return FEATURE_BIAS ** list(Weighting).index(self)

    @property
    def meaning(self) -> str:
        return {
            Weighting.unweighted: "no feature bias, as the HumanML3D repository and `data prepare` write it",
            Weighting.once: "feature bias applied once",
            Weighting.twice: "feature bias applied twice, as T2M-GPT, MDM and Motion-Agent use it",
        }[self]


class StatisticsWarning(UserWarning):
    """Statistics that are easily confused with others of the same name."""


@dataclass(frozen=True)
class Fit:
    """What a std is, measured against the clips it should belong to.

    ratio: the clips' own deviation over the file's, by group of features: 1 where the file is unweighted.
    """

    weighting: Weighting
    ratio: tuple[float, ...]
    same_data: bool


def plain_statistics(
    clips: Iterable[Float32Array], representation: Representation
) -> tuple[Float32Array, Float32Array]:
    """Mean and std (D,) over all frames of clips (T, D), the std averaged within each group; no weighting.

    Raises InvalidMotionError when there is no frame.
    """
    count = 0
    total, squares = np.zeros(representation.dim), np.zeros(representation.dim)
    for clip in clips:
        frames = clip.astype(np.float64)
        count += len(frames)
        total += frames.sum(0)
        squares += (frames**2).sum(0)
    if count == 0:
        raise InvalidMotionError("there are no clips to compute mean and std from")
    mean = total / count
    std = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
    for group in representation.groups:
        std[group] = std[group].mean()
    return mean.astype(np.float32), np.maximum(std, SMALLEST_STD).astype(np.float32)


def weighted(std: Float32Array, representation: Representation, weighting: Weighting) -> Float32Array:
    """An unweighted `std` (D,) with the feature bias applied."""
    made = std.copy()
    yaw, velocity, height, *_, contacts = representation.groups
    for group in (yaw, velocity, height, contacts):
        made[group] /= weighting.factor
    return made


def weighting_of(std: Float32Array, representation: Representation) -> Weighting | None:
    """How a std (D,) is weighted, told from its foot contacts alone; None when it can be no such std.

    A contact is 0 or 1 and each foot stands in a fair share of the frames, so its deviation is .2 to .5.
    """
    contacts = float(np.mean(std[representation.foot_contacts]))
    for weighting in Weighting:
        if 0.2 <= contacts * weighting.factor <= 0.5:
            return weighting
    return None


def fit_statistics(
    mean: Float32Array, std: Float32Array, clips: Iterable[Float32Array], representation: Representation
) -> Fit:
    """Compare a mean and std (D,) with what clips (T, D) of the same folder give."""
    own_mean, own_std = plain_statistics(clips, representation)
    ratio = np.array([own_std[group].mean() / std[group].mean() for group in representation.groups])
    body = ratio[3:6]
    biased = float(np.exp(np.log(ratio[[0, 1, 2, 6]]).mean()))
    weighting = min(Weighting, key=lambda w: abs(np.log(biased / w.factor)))
    spread = bool((np.abs(np.log(body)) < np.log(_SAME_DATA)).all())
    centre = float(np.median(np.abs(own_mean - mean) / own_std)) < 1.0
    return Fit(weighting, tuple(float(r) for r in ratio), spread and centre)
