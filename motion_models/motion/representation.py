"""The published motion representations: HumanML3D's 263 numbers a frame and KIT-ML's 251.

Both are the layout of Guo et al. (CVPR 2022), told apart by the skeleton: 22 joints at 20 fps, or 21 joints
at 12.5 fps. Every number that depends on the skeleton is derived here; see `features` for what it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..errors import InvalidMotionError
from .skeleton import CHAINS, LEFT_FEET, N_JOINTS, RIGHT_FEET


@dataclass(frozen=True)
class Representation:
    """A layout of motion features, the skeleton behind it and the limits of its published protocol.

    metres: metres in one unit of its positions. feet: the joints of the foot contacts, in their order.
    facing: right hip, left hip, right shoulder, left shoulder. min_frames, max_frames: clips outside are left
    out of training and evaluation, both limits included.
    """

    name: Literal["humanml3d", "kit"]
    joints: int
    fps: float
    metres: float
    feet: tuple[int, int, int, int]
    facing: tuple[int, int, int, int]
    chains: tuple[tuple[int, ...], ...]
    min_frames: int
    max_frames: int
    frames_per_token: int = 4

    @property
    def seconds_per_token(self) -> float:
        return self.frames_per_token / self.fps

    @property
    def tokens_per_second(self) -> float:
        return self.fps / self.frames_per_token

    @property
    def dim(self) -> int:
        """Numbers of one frame: 12 for every joint, less one."""
        return self.foot_contacts.stop

    @cached_property
    def root_yaw_velocity(self) -> slice:
        """Half of the yaw change to the next frame: arcsin of the y part of a quaternion."""
        return slice(0, 1)

    @cached_property
    def root_velocity_xz(self) -> slice:
        """Root velocity in x and z to the next frame, in the next frame's root frame, units a frame."""
        return slice(1, 3)

    @cached_property
    def root_height(self) -> slice:
        return slice(3, 4)

    @cached_property
    def local_positions(self) -> slice:
        """All joints but the root, relative to its xz position, turned so that the body faces +Z."""
        return slice(4, 4 + 3 * (self.joints - 1))

    @cached_property
    def rotations_6d(self) -> slice:
        """All joints but the root, 6-D rotations (first two matrix columns) from inverse kinematics."""
        start = self.local_positions.stop
        return slice(start, start + 6 * (self.joints - 1))

    @cached_property
    def joint_velocities(self) -> slice:
        """All joints, displacement to the next frame in the root frame, units a frame."""
        start = self.rotations_6d.stop
        return slice(start, start + 3 * self.joints)

    @cached_property
    def foot_contacts(self) -> slice:
        """1 where the joints `feet` stand still."""
        return slice(self.joint_velocities.stop, self.joint_velocities.stop + len(self.feet))

    @cached_property
    def groups(self) -> tuple[slice, ...]:
        """The slices above in their order: features of one kind, which share one standard deviation."""
        return (
            self.root_yaw_velocity, self.root_velocity_xz, self.root_height, self.local_positions,
            self.rotations_6d, self.joint_velocities, self.foot_contacts,
        )  # fmt: skip


HUMANML3D = Representation(
    name="humanml3d",
    joints=N_JOINTS,
    fps=20.0,
    metres=1.0,
    feet=(*LEFT_FEET, *RIGHT_FEET),
    facing=(2, 1, 17, 16),
    chains=CHAINS,
    min_frames=40,
    max_frames=199,
)
#: Positions are millimetres, as the recordings of KIT-ML are: multiply by `metres` before showing them.
#: Joints, chains and sides as in the published preparation of KIT-ML.
KIT = Representation(
    name="kit",
    joints=21,
    fps=12.5,
    metres=0.001,
    feet=(19, 20, 14, 15),
    facing=(11, 16, 5, 8),
    chains=((0, 11, 12, 13, 14, 15), (0, 16, 17, 18, 19, 20), (0, 1, 2, 3, 4), (3, 5, 6, 7), (3, 8, 9, 10)),
    min_frames=24,
    max_frames=199,
)
REPRESENTATIONS = (HUMANML3D, KIT)


def representation_of(dim: int) -> Representation:
    """The representation whose frames hold `dim` numbers. Raises InvalidMotionError for any other width."""
    for representation in REPRESENTATIONS:
        if representation.dim == dim:
            return representation
    known = ", ".join(f"{r.dim} ({r.name})" for r in REPRESENTATIONS)
    raise InvalidMotionError(f"frames of {dim} numbers are no known motion representation; known are {known}")
