"""A movement that connects two motions: from the last pose of one to the first pose of the other."""

from __future__ import annotations

import numpy as np

from ..motion_models.features import FRAMES_PER_TOKEN
from .services import Services
from .work import Tokens


def connecting(services: Services, before: Tokens, after: Tokens, count: int) -> Tokens:
    """`count` tokens that lead from `before` over into `after`, both left as they are.

    Every feature goes from its last value to its next one along the quintic that starts and ends at rest
    (minimum jerk: Flash and Hogan 1985); the tokenizer turns that into tokens beside their neighbours.
    """
    features = services.decode(before + after)
    seam, frames = FRAMES_PER_TOKEN * len(before), FRAMES_PER_TOKEN * count
    way = (np.arange(1, frames + 1) / (frames + 1))[:, None]
    eased = way**3 * (10 - 15 * way + 6 * way**2)
    bridge = features[seam - 1] + eased * (features[seam] - features[seam - 1])
    whole = np.concatenate([features[:seam], bridge, features[seam:]]).astype(features.dtype)
    return services.encode(whole)[len(before) : len(before) + count]
