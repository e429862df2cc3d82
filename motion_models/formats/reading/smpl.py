"""SMPL parameters (AMASS, AIST++, pose estimators): axis-angles on a neutral body, without its model.

No body model is needed or used: poses turn a neutral skeleton whose joint offsets are published in robotics
projects that simulate SMPL bodies. Shapes (betas) are left out; every motion is brought to one body anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import Float32Array, FloatArray
from ...errors import FormatError
from ...motion.skeleton import JOINT_NAMES, N_JOINTS, PARENTS
from ..files.arrays import numbers
from ..files.options import ReadOptions
from ..people.placing import Person, person_of
from ..people.skeletons import AnimatedSkeleton, Local, Point, posed, rest_positions

#: Offsets (22, 3) of SMPL's joints from their parents on the neutral body: metres, x left, y up, z forward.
#: The pelvis's is where it stands before it is moved.
OFFSETS = np.array(
    [
        [-0.0018, -0.2233, 0.0282], [0.0695, -0.0914, -0.0068], [-0.0677, -0.0905, -0.0043],
        [-0.0025, 0.1090, -0.0267], [0.0343, -0.3752, -0.0045], [-0.0383, -0.3826, -0.0089],
        [0.0055, 0.1352, 0.0011], [-0.0136, -0.3980, -0.0437], [0.0158, -0.3984, -0.0423],
        [0.0015, 0.0529, 0.0254], [0.0264, -0.0558, 0.1193], [-0.0254, -0.0481, 0.1233],
        [-0.0028, 0.2139, -0.0429], [0.0788, 0.1217, -0.0341], [-0.0818, 0.1188, -0.0386],
        [0.0052, 0.0650, 0.0513], [0.0910, 0.0305, -0.0089], [-0.0960, 0.0326, -0.0091],
        [0.2596, -0.0128, -0.0275], [-0.2537, -0.0133, -0.0214], [0.2492, 0.0090, -0.0012],
        [-0.2553, 0.0078, -0.0056],
    ]
)  # fmt: skip
_WIDTH = 3 * N_JOINTS
#: Numbers a frame of poses has: SMPL's 24 joints, SMPL-H's 52, SMPL-X's 55, and bodies without hands.
POSE_WIDTHS = (63, 66, 72, 156, 165)
_RATES = ("mocap_framerate", "mocap_frame_rate", "fps", "frame_rate", "framerate")


@dataclass(frozen=True)
class _Layout:
    """How a kind of file names poses and places. up: its axis, None where it is not fixed."""

    kind: str
    poses: tuple[str, ...]
    place: str
    fps: float | None
    up: str | None


_LAYOUTS = (
    _Layout("AIST++", ("smpl_poses",), "smpl_trans", 60.0, "y"),
    _Layout("AMASS", ("poses",), "trans", None, "z"),
    _Layout("AMASS", ("root_orient", "pose_body"), "trans", None, "z"),
    _Layout("SMPL", ("global_orient", "body_pose"), "transl", None, None),
)
#: Rate of files that do not say theirs.
_USUAL_FPS = 30.0


def layout_of(names: Mapping[str, Any]) -> _Layout | None:
    """The layout of SMPL parameters that a file's names are of."""
    for layout in _LAYOUTS:
        if all(name in names for name in layout.poses) and layout.place in names:
            return layout
    return None


def read_smpl(arrays: Mapping[str, Any], layout: _Layout, path: Path, options: ReadOptions) -> Person:
    """SMPL parameters as a person. Raises FormatError, InvalidMotionError."""
    poses = np.concatenate([_rows(arrays[name], path, name) for name in layout.poses], axis=1)
    place = _rows(arrays[layout.place], path, layout.place)
    if poses.shape[1] not in POSE_WIDTHS or place.shape != (len(poses), 3) or not len(poses):
        raise FormatError(
            f"{path.name}: {layout.kind} poses of shape {poses.shape} and places of {place.shape} do not fit "
            f"SMPL: (T, {' or '.join(map(str, POSE_WIDTHS))}) and (T, 3) are expected"
        )
    if not (np.isfinite(poses).all() and np.isfinite(place).all()):
        raise FormatError(f"{path.name}: poses or places are not finite numbers")
    if "smpl_scaling" in arrays:
        place = place / _scale(arrays["smpl_scaling"], path)
    fps, notes = _rate(arrays, layout, path, options)
    return person_of(smpl_skeleton(poses, place, fps, path, up=layout.up, notes=notes), options)


def smpl_skeleton(
    poses: FloatArray,
    place: FloatArray,
    fps: float,
    path: Path,
    *,
    up: str | None,
    notes: tuple[str, ...] = (),
) -> AnimatedSkeleton:
    """The neutral body in poses (T, >= 63), axis-angles, moved by places (T, 3)."""
    known = np.zeros((len(poses), _WIDTH), np.float32)
    known[:, : min(_WIDTH, poses.shape[1])] = poses[:, :_WIDTH]
    moved = (place + OFFSETS[0]).astype(np.float32)

    def local(joint: int, frames: slice) -> Local:
        turn = Rotation.from_rotvec(known[frames, 3 * joint : 3 * joint + 3].astype(np.float64))
        where = moved[frames].astype(np.float64) if joint == 0 else OFFSETS[joint][None]
        return where, turn.as_matrix()

    def pose(points: Sequence[Point], frames: slice) -> Float32Array:
        return posed(PARENTS, points, frames, local)

    rest = rest_positions(PARENTS, OFFSETS)
    return AnimatedSkeleton(JOINT_NAMES, PARENTS, rest, len(known), fps, path, pose, up=up or "", notes=notes)


def _rows(array: Any, path: Path, name: str) -> FloatArray:
    """An array (T, N) or (T, J, 3), also of one person in a batch, as rows of numbers."""
    found = numbers(array, path, name)
    if found.ndim == 4 and len(found) == 1:
        found = found[0]
    return found.reshape(len(found), -1) if found.ndim > 1 and found.size else np.zeros((0, 0))


def _scale(array: Any, path: Path) -> float:
    found = numbers(array, path, "smpl_scaling").reshape(-1)
    if len(found) != 1 or not np.isfinite(found[0]) or not found[0] > 0:
        raise FormatError(f"{path.name}: smpl_scaling must be one positive number")
    return float(found[0])


def _rate(
    arrays: Mapping[str, Any], layout: _Layout, path: Path, options: ReadOptions
) -> tuple[float, tuple[str, ...]]:
    if options.fps is not None:
        return options.fps, ()
    for name in _RATES:
        if name in arrays:
            found = numbers(arrays[name], path, name).reshape(-1)
            if len(found) == 1 and np.isfinite(found[0]):
                return float(found[0]), ()
    fps = layout.fps or _USUAL_FPS
    return fps, () if layout.fps else (f"it says no frame rate; {fps:g} was taken (--fps sets it)",)
