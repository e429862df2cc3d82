"""A motion at the edge of the system: what files hold and people look at.

Inside, models speak token ids and features; here a motion is joint positions in metres, Y up, with the
words that describe it. One `Motion` is one person; several people are a sequence of `Motion`s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ..arrays import Float32Array, IntArray
from ..errors import InvalidMotionError
from . import features as feature_layout
from .rig import RigMotion, fit_rig


@dataclass(frozen=True)
class Segment:
    """One described stretch of a motion; `start` and `end` in seconds."""

    description: str
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Motion:
    """One person's motion.

    joints: (T, 22, 3) float32, metres, Y up, HumanML3D joint order, `fps` frames a second. tokens: (N,)
    motion token ids it was decoded from, when there are any. notes: what a file did not say and had to be
    estimated, or what of it was left out.
    """

    joints: Float32Array
    fps: float = feature_layout.FPS
    name: str = "motion"
    caption: str = ""
    segments: tuple[Segment, ...] = ()
    tokens: IntArray | None = None
    source: Path | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "joints", feature_layout.check_joints(self.joints))
        if not self.fps > 0:
            raise InvalidMotionError(f"fps must be positive, got {self.fps}")

    @classmethod
    def from_features(cls, features: Float32Array, **fields: object) -> Motion:
        """Build from HumanML3D features (T, 263) at 20 fps; T frames of joints come out."""
        return cls(joints=feature_layout.recover_joints(features), **fields)  # type: ignore[arg-type]

    @cached_property
    def features(self) -> Float32Array:
        """HumanML3D features (T - 1, 263) at 20 fps."""
        return feature_layout.from_joints(self.joints, fps=self.fps)

    @cached_property
    def rig(self) -> RigMotion:
        """The figure of rotations and constant bones that files animate, fitted once for all of them."""
        return fit_rig(self.joints)

    @property
    def frames(self) -> int:
        return len(self.joints)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps

    def with_last_pose_held(self, frames: int) -> Motion:
        """The same motion with its last pose held until it has `frames` frames."""
        missing = max(0, frames - self.frames)
        return replace(self, joints=np.concatenate([self.joints, np.repeat(self.joints[-1:], missing, 0)]))

    def moved(self, *, theta: float = 0.0, x: float = 0.0, z: float = 0.0) -> Motion:
        """The same motion turned by `theta` degrees about +Y and then shifted by (x, z) metres."""
        angle = np.deg2rad(theta)
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
        joints = self.joints @ turn.T + np.array([x, 0.0, z])
        return replace(self, joints=joints.astype(np.float32))
