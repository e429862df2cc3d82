"""Constraints of MMCP: what a request asks of single frames, done to a motion and measured on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from motionmcp import GenerateRequest, ProtocolError
from motionmcp.schemas import GroundHeightConstraint, PoseKeyframeConstraint, RootPathConstraint

from ...motion_models.arrays import FloatArray
from ...motion_models.motion.editing.keyframes import Waypoints, at_waypoints, facing_of, through_poses
from ...motion_models.motion.rig import RIG, RIG_NAMES, RigMotion

#: How many constraints a request may have, and how far from the origin they may lie, in metres.
MOST, FARTHEST = 64, 1e4
#: Ground whose points differ by more than this (metres) is not level, and we stand on level ground only.
LEVEL = 0.02
#: A body whose lowest joint is farther than this from the ground (metres) is told of.
OFF_GROUND = 0.05
#: What is missed by more than this is a warning: metres, and degrees.
MISSED, MISSED_DEGREES = 0.02, 2.0

Note = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Pose:
    """A pose in one frame. rotations: (25, 4) local quaternions; height: its root's. NaN where it is free."""

    frame: int
    rotations: FloatArray
    height: float


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of the frames of an answer. way: in its frames. ground: its height in metres."""

    way: Waypoints | None = None
    poses: list[Pose] = field(default_factory=list)
    ground: float | None = None
    loop: bool = False

    def done_to(self, rig: RigMotion, fps: float) -> RigMotion:
        """A rig on the clock of the answer that keeps all that is asked."""
        if self.way is not None:
            rig = at_waypoints(rig, self.way)
        if self.ground is not None:
            rig = replace(rig, root=rig.root + np.array([0.0, self.ground, 0.0]))
        poses = [Pose(rig.frames - 1, rig.rotations[0], float(rig.root[0, 1]))] if self.loop else self.poses
        if not poses:
            return rig
        frames = np.array([pose.frame for pose in poses])
        free = np.stack([np.isnan(pose.rotations) for pose in poses])
        wanted = np.where(free, rig.rotations[frames], np.stack([pose.rotations for pose in poses]))
        return through_poses(rig, frames, wanted, np.array([pose.height for pose in poses]), fps)

    def measured(self, rig: RigMotion) -> list[Note]:
        """How nearly an answer keeps what was asked, one note for each kind."""
        notes = []
        if self.way is not None:
            notes += _of_way(self.way, rig)
        if self.poses:
            apart = max(_apart(rig, pose) for pose in self.poses)
            notes.append(
                _note("pose_keyframe", f"joints are within {apart:.3f} m of the poses", apart > MISSED)
            )
        if self.ground is not None:
            lowest = float(rig.joints()[..., 1].min()) - self.ground
            says = f"the lowest joint is {abs(lowest):.2f} m {'under' if lowest < 0 else 'over'} the ground"
            notes.append(_note("ground_height", says, abs(lowest) > OFF_GROUND))
        if self.loop:
            gap = _gap(rig)
            notes.append(_note("loop", f"the last frame is {gap:.3f} m from the first", gap > MISSED))
        return notes


def asked_of(request: GenerateRequest) -> Asked:
    """What a request asks. Raises ProtocolError for what cannot be kept, or contradicts itself."""
    loop = request.options is not None and request.options.loop
    kinds = {constraint.type for constraint in request.constraints}
    if loop and kinds - {"ground_height"}:
        raise ProtocolError("invalid_options", "options.loop goes with no constraint but ground_height")
    return Asked(_way(request), _poses(request), _ground(request), loop)


def _way(request: GenerateRequest) -> Waypoints | None:
    """Where its root has to be: of paths, and of poses that say where they are, or how the root is turned."""
    told: dict[int, list[float]] = {}
    for constraint in request.constraints:
        if isinstance(constraint, RootPathConstraint):
            headings = constraint.heading_radians or [np.nan] * len(constraint.frames)
            for frame, (x, z), heading in zip(
                constraint.frames, constraint.positions_xz, headings, strict=True
            ):
                _finite("root_path", x, z)
                _finite("root_path", heading if constraint.heading_radians else 0.0)
                _tell(told, frame, x, z, heading)
        elif isinstance(constraint, PoseKeyframeConstraint):
            x, _, z = constraint.root_position or (np.nan, np.nan, np.nan)
            if constraint.root_position is not None:
                _finite("pose_keyframe", *constraint.root_position)
            turn = _rotations(constraint)[RIG["pelvis"]]
            _tell(told, constraint.frame, x, z, np.nan if np.isnan(turn).any() else _heading(turn))
    told = {frame: told[frame] for frame in sorted(told) if not np.isnan(told[frame]).all()}
    if not told:
        return None
    values = np.array(list(told.values()))
    return Waypoints(np.array(list(told), dtype=float), values[:, :2], values[:, 2])


def _tell(told: dict[int, list[float]], frame: int, x: float, z: float, heading: float) -> None:
    """Add what is told of a frame to what is told of it already. Raises ProtocolError for a contradiction."""
    before, new = told.setdefault(frame, [np.nan] * 3), [x, z, heading]
    for place, value in enumerate(new):
        apart = value - before[place]
        if place == 2:
            apart = (apart + np.pi) % (2 * np.pi) - np.pi
        if abs(apart) > 1e-3:
            raise ProtocolError("invalid_request", f"two constraints contradict each other in frame {frame}")
        before[place] = value if np.isnan(before[place]) else before[place]


def _poses(request: GenerateRequest) -> list[Pose]:
    """The poses in the order of their frames."""
    poses: dict[int, Pose] = {}
    for constraint in request.constraints:
        if isinstance(constraint, PoseKeyframeConstraint):
            if constraint.frame in poses:
                raise ProtocolError("invalid_request", f"there are two poses for frame {constraint.frame}")
            height = np.nan if constraint.root_position is None else constraint.root_position[1]
            poses[constraint.frame] = Pose(constraint.frame, _rotations(constraint), height)
    return [poses[frame] for frame in sorted(poses)]


def _rotations(pose: PoseKeyframeConstraint) -> npt.NDArray[np.float64]:
    """The local quaternions (25, 4) of a pose; NaN where it leaves a joint to the motion."""
    rest = np.array([0.0, 0.0, 0.0, 1.0]) if pose.fill_mode == "rest" else np.full(4, np.nan)
    found = np.tile(rest, (len(RIG_NAMES), 1))
    for name, rotation in pose.joint_rotations.items():
        _finite("pose_keyframe", *rotation)
        size = np.linalg.norm(rotation)
        if size < 1e-6:
            raise ProtocolError("invalid_request", "pose_keyframe: a rotation is no quaternion")
        found[RIG[name]] = np.array(rotation) / size
    return found


def _ground(request: GenerateRequest) -> float | None:
    """The height of the ground. Raises ProtocolError for ground that is not level."""
    heights = [
        height
        for constraint in request.constraints
        if isinstance(constraint, GroundHeightConstraint)
        for *_, height in constraint.points
    ]
    if not heights:
        return None
    _finite("ground_height", *heights)
    if max(heights) - min(heights) > LEVEL:
        raise ProtocolError(
            "invalid_request",
            f"this model stands on level ground only, and these points differ by {np.ptp(heights):.2f} m",
        )
    return float(np.mean(heights))


def _finite(what: str, *values: float) -> None:
    if not all(abs(value) <= FARTHEST for value in values):  # neither NaN nor infinite
        raise ProtocolError("invalid_request", f"{what}: a number is not within {FARTHEST:g}")


def _heading(pelvis: FloatArray) -> float:
    still = RigMotion(np.zeros((len(RIG_NAMES), 3)), pelvis[None, None], np.zeros((1, 3)))
    return float(facing_of(still)[0])


def _of_way(way: Waypoints, rig: RigMotion) -> list[Note]:
    notes = []
    if way.placed.any():
        root = rig.root[way.times[way.placed].astype(int)][:, [0, 2]]
        off = float(np.linalg.norm(root - way.points[way.placed], axis=1).max())
        notes.append(_note("root_path", f"the root is within {off:.3f} m of its places", off > MISSED))
    if way.facing.any():
        turned = facing_of(rig)[way.times[way.facing].astype(int)] - way.headings[way.facing]
        off = float(np.degrees(np.abs((turned + np.pi) % (2 * np.pi) - np.pi)).max())
        notes.append(
            _note("heading", f"it faces within {off:.1f} degrees of its headings", off > MISSED_DEGREES)
        )
    return notes


def _apart(rig: RigMotion, pose: Pose) -> float:
    """How far the farthest joint is from where a pose has it, in metres, with the root where it is."""
    own = rig.rotations[[pose.frame]]
    wanted = np.where(np.isnan(pose.rotations), own, pose.rotations)
    root = rig.root[[pose.frame]]
    high = root if np.isnan(pose.height) else np.array([[root[0, 0], pose.height, root[0, 2]]])
    there = RigMotion(rig.offsets, wanted, high).joints()
    return float(np.linalg.norm(there - RigMotion(rig.offsets, own, root).joints(), axis=-1).max())


def _gap(rig: RigMotion) -> float:
    """How far the farthest joint of the last frame is from that of the first, but for what the root went."""
    joints = rig.joints()[[0, -1]] - rig.root[[0, -1]][:, None] * [1.0, 0.0, 1.0]
    return float(np.linalg.norm(joints[1] - joints[0], axis=-1).max())


def _note(code: str, message: str, missed: bool) -> Note:
    return {"code": code, "severity": "warning" if missed else "info", "message": message}
