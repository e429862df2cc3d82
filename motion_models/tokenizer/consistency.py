"""Whether a tokenizer was given the statistics it was trained with.

Features say the root's path twice: as the root's velocity and as that of joint 0 (HumanML3D, Guo et al.,
CVPR 2022). What a trained decoder gives agrees with itself, unless it is scaled by another mean and std: the
Std.npy of the HumanML3D repository, for one, is 25 times larger in the root's dimensions than the one
T2M-GPT and Motion-Agent train with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from ..errors import CheckpointError

if TYPE_CHECKING:
    from .tokenizer import MotionTokenizer

#: Random motions looked at, and tokens of each.
_MOTIONS, _TOKENS = 8, 16
#: Above this correlation the two velocities are taken to mean the same; networks without training stay below.
_RELATED = 0.6
#: How many times larger or smaller one may come out than the other. A std that has the feature bias of 5
#: applied once too often or too rarely gives five.
_TOLERANCE = 2.5


def root_scale(tokenizer: MotionTokenizer) -> float | None:
    """How many times too large the root's velocity comes out, about 1 where statistics fit.

    None where decoded motion does not follow the representation at all, as of a network without training.
    """
    generator = torch.Generator().manual_seed(0)
    levels = () if tokenizer.levels == 1 else (tokenizer.levels,)
    draws = torch.randint(tokenizer.codebook_size, (_MOTIONS, _TOKENS, *levels), generator=generator)
    decoded = np.concatenate([tokenizer.decode(codes) for codes in draws])  # type: ignore[arg-type]
    layout = tokenizer.representation
    root = decoded[:, layout.root_velocity_xz]
    joint = decoded[:, layout.joint_velocities][:, [0, 2]]
    spread = np.sqrt(root.var(axis=0).mean()), np.sqrt(joint.var(axis=0).mean())
    if min(spread) <= 0:
        return None
    related = [np.corrcoef(root[:, axis], joint[:, axis])[0, 1] for axis in range(2)]
    return float(spread[0] / spread[1]) if min(related) > _RELATED else None


def require_fitting_statistics(tokenizer: MotionTokenizer, source: object) -> bool:
    """Raise CheckpointError where mean and std belong to another model than the weights do.

    True where they are known to belong together, False where decoded motion does not tell.
    """
    scale = root_scale(tokenizer)
    if scale is not None and not 1 / _TOLERANCE < scale < _TOLERANCE:
        raise CheckpointError(
            f"mean and std do not fit {source}: the root of decoded motion moves {scale:.3g} times as fast "
            "as its own joint. Give the statistics the weights were trained with (T2M-GPT and Motion-Agent "
            "publish theirs; the Std.npy of the HumanML3D repository is another one)"
        )
    return scale is not None
