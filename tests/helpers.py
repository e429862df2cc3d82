"""Motion made for tests: no file, no model, exact bone lengths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, JOINT_NAMES, PARENTS

STANDING = {
    "left_hip": (0.7, -0.6, 0.0), "right_hip": (-0.7, -0.6, 0.0),
    "spine1": (0, 1, 0), "spine2": (0, 1, 0), "spine3": (0, 1, 0), "neck": (0, 1, 0), "head": (0, 1, 0.2),
    "left_collar": (0.8, 0.6, 0), "right_collar": (-0.8, 0.6, 0),
    "left_shoulder": (1, 0, 0), "right_shoulder": (-1, 0, 0),
}  # fmt: skip


def walking(frames: int = 60, *, speed: float = 1.2, fps: float = 20.0) -> npt.NDArray[np.float32]:
    """A person who walks along +Z: joints (frames, 22, 3) in metres, Y up, lowest point on y = 0.

    Bone lengths are the target skeleton's in every frame; left is +X; knees and elbows bend the right way.
    """
    time = np.arange(frames) / fps
    directions = {name: np.broadcast_to(direction, (frames, 3)) for name, direction in STANDING.items()}
    for side, phase in (("left", 0.0), ("right", np.pi)):
        swing = np.sin(2 * np.pi * 0.9 * time + phase)
        knee = 0.25 + 0.25 * np.cos(2 * np.pi * 0.9 * time + phase)
        directions[f"{side}_knee"] = _down(0.4 * swing)
        directions[f"{side}_ankle"] = _down(0.4 * swing - knee)
        directions[f"{side}_foot"] = _down(np.pi / 2 - 0.4 + 0.3 * swing)
        directions[f"{side}_elbow"] = _down(-0.4 * swing)
        directions[f"{side}_wrist"] = _down(0.3 - 0.4 * swing)
    joints = np.zeros((frames, len(JOINT_NAMES), 3))
    joints[:, 0, 2] = speed * time
    for joint in sorted(range(1, len(JOINT_NAMES)), key=_depth):
        direction = np.asarray(directions[JOINT_NAMES[joint]], dtype=float)
        unit = direction / np.linalg.norm(direction, axis=-1, keepdims=True)
        joints[:, joint] = joints[:, PARENTS[joint]] + BONE_LENGTHS[joint] * unit
    joints[..., 1] -= joints[..., 1].min()
    return joints.astype(np.float32)


def _down(angle: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Unit directions (T, 3) that hang down and are swung forward (towards +Z) by `angle` radians."""
    return np.stack([np.zeros_like(angle), -np.cos(angle), np.sin(angle)], axis=-1)


def _depth(joint: int) -> int:
    depth = 0
    while PARENTS[joint] >= 0:
        joint, depth = PARENTS[joint], depth + 1
    return depth


def write_recordings(folder: Path, trials: Mapping[str, Any]) -> Path:
    """A folder of recordings as they are trained on: the joints of each trial, by its name."""
    np.savez(folder / "joints22_20fps.npz", **trials)
    return folder
