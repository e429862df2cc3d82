"""Stretches of frames for tests: somebody who stands or glides, upright, with hanging arms."""

from __future__ import annotations

import numpy as np
from motion_agent.motion_models.motion.editing.stretch import Stretch, settled
from motion_agent.motion_models.motion.rig import RigMotion, typical_offsets
from motion_agent.motion_models.motion.skeleton import JOINT


def standing(speed: float = 0.0, frames: int = 60) -> Stretch:
    """Somebody who stands with hanging arms, or glides ahead at metres a frame."""
    rows = frames + 10
    turns = np.zeros((rows, 25, 4))
    turns[..., 3] = 1.0
    way = np.column_stack([np.zeros(rows), np.full(rows, 0.94), speed * np.arange(rows)])
    rig = RigMotion(typical_offsets(), turns, way)
    joints = rig.joints()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder = joints[:, JOINT[f"{side}_shoulder"]]
        joints[:, JOINT[f"{side}_elbow"]] = np.add(shoulder, [sign * 0.04, -0.257, 0.0])
        joints[:, JOINT[f"{side}_wrist"]] = np.add(shoulder, [sign * 0.05, -0.52, 0.03])
    return settled(joints, np.column_stack([way[:, 0], way[:, 2], np.zeros(rows)]))
