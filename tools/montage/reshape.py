"""Edits of recorded movement: mirror and speed. Tokens -> joints -> changed joints -> tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...motion_models.arrays import FloatArray
from ...motion_models.english.mirroring import mirror_text
from ...motion_models.motion import features as feature_layout
from ...motion_models.motion.features import FRAMES_PER_TOKEN
from ...motion_models.motion.skeleton import mirror_joints, resample
from ..batching import Tokens
from ..services import Services
from .parts import Part


def mirror(services: Services, part: Part) -> Part:
    """Exchange left and right, in the movement and in the words."""
    tokens = _changed(services, part, mirror_joints)
    return replace(
        part,
        tokens=tokens,
        description=mirror_text(part.description),
        prompt=mirror_text(part.prompt),
        checks=(),
        demands=None,
    )


def change_speed(services: Services, part: Part, factor: float) -> Part:
    """The same movement `factor` times as fast."""

    def faster(joints: FloatArray) -> FloatArray:
        return resample(joints, feature_layout.FPS * factor, feature_layout.FPS)

    return replace(part, tokens=_changed(services, part, faster), checks=(), demands=None)


def _changed(services: Services, part: Part, change: Callable[[FloatArray], FloatArray]) -> Tokens:
    """Decode, change the joints, encode. Frames are padded so that no token is lost at the end.

    Heights stay as they are: a part may begin and end in mid-air, above a floor it never touches.
    """
    joints = change(feature_layout.recover_joints(services.decode(part.tokens)))
    wanted = max(1, round(len(joints) / FRAMES_PER_TOKEN)) * FRAMES_PER_TOKEN + 1
    missing = max(0, wanted - len(joints))
    step = joints[-1] - joints[-2] if len(joints) > 1 else np.zeros_like(joints[-1])
    tail = joints[-1] + step * np.arange(1, missing + 1)[:, None, None]
    padded = np.concatenate([joints, tail])[:wanted]
    return services.encode(feature_layout.from_joints(padded, floor=False))
