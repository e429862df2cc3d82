"""A skeleton as a file holds it, and the way to a `Motion`: units, up axis, frame rate, target bones.

Readers give a `SourceMotion`; `mapping` finds the 22 joints in it; the functions here do the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ..arrays import FloatArray
from ..errors import FormatError, InvalidMotionError
from ..motion import features
from ..motion.motion import Motion
from ..motion.skeleton import BONE_LENGTHS, JOINT, LEG_BONES, PARENTS, resample, retarget, rotation_between
from .mapping import map_joints

#: Four feature rows make one motion token, and they need five frames.
MIN_FRAMES = 5
FPS_RANGE = (5.0, 1000.0)
MAX_SECONDS = 3600.0
#: Metres in one unit: metre, CMU's inch-like unit, centimetre, inch, millimetre.
KNOWN_UNITS = (1.0, 0.0254 / 0.45, 0.01, 0.0254, 0.001)
#: Thigh plus shin of people, in metres; outside it the unit is unknown and the body is scaled to the target.
LEG_RANGE = (0.55, 1.15)


@dataclass(frozen=True, eq=False)
class SourceMotion:
    """Any animated skeleton, in the file's own units and axes.

    positions: (T, J, 3) global joint positions. rest: (J, 3) positions with no joint turned.
    parents: -1 for the root; parents come first. Ends of bones are joints of their own, named "<parent> end".
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    positions: FloatArray
    rest: FloatArray
    fps: float
    path: Path


def source_joints(source: SourceMotion) -> npt.NDArray[np.float32]:
    """The 22 joints (T', 22, 3) of a source at 20 fps, metres, Y up, with its own bone lengths and place.

    The unit of the file is guessed from the length of the legs.
    Raises InvalidMotionError when there is no human in it, FormatError for an unusable frame rate.
    """
    check_fps(source.fps, len(source.positions), source.path)
    if not np.isfinite(source.positions).all():
        raise InvalidMotionError(f"{source.path.name}: positions are not finite numbers")
    joints, rest = map_joints(source.names, source.parents, source.positions, source.rest)
    turn = _upright(joints, rest)
    joints = turn.apply(joints.reshape(-1, 3)).reshape(joints.shape)
    joints = joints * guess_unit(joints)
    joints = resample(joints, source.fps, features.FPS)
    if len(joints) < MIN_FRAMES:
        raise InvalidMotionError(
            f"{source.path.name}: {len(joints)} frames at 20 fps are too few, {MIN_FRAMES} are needed"
        )
    return joints.astype(np.float32)


def to_motion(joints: FloatArray, *, path: Path) -> Motion:
    """The 22 joints (T, 22, 3) at 20 fps -> a Motion on the target skeleton, at the origin, facing +Z."""
    placed = features.canonicalize(retarget(joints))
    return Motion(placed.astype(np.float32), name=path.stem, source=path)


def check_fps(fps: float, frames: int, path: Path) -> None:
    """Raise FormatError for a frame rate or a duration that no recording has."""
    low, high = FPS_RANGE
    if not low <= fps <= high:
        raise FormatError(f"{path.name}: {fps:.6g} frames a second; expected {low:g} to {high:g}")
    if frames / fps > MAX_SECONDS:
        raise FormatError(f"{path.name}: {frames / fps:.0f} s of motion; at most {MAX_SECONDS:.0f} are read")


def guess_unit(joints: FloatArray) -> float:
    """Metres in one unit of joints (T, 22, 3): the known unit that gives legs of human length.

    When none does, the factor that makes thigh and shin as long as the target skeleton's.
    """
    bones = [joints[:, bone] - joints[:, PARENTS[bone]] for bone in LEG_BONES]
    leg = sum(float(np.median(np.linalg.norm(bone, axis=-1))) for bone in bones)
    target = float(BONE_LENGTHS[list(LEG_BONES)].sum())
    if not leg > 1e-6:
        raise InvalidMotionError("the legs have no length: this is not a human skeleton")
    best = min(KNOWN_UNITS, key=lambda unit: abs(np.log(leg * unit / target)))
    return best if LEG_RANGE[0] <= leg * best <= LEG_RANGE[1] else target / leg


def _upright(joints: FloatArray, rest: FloatArray) -> Rotation:
    """The rotation that brings the file's up axis to +Y, judged from where the head is over the feet.

    Motion and rest pose are both asked. Where they differ, +Y wins if either says so (a person who lies down
    has a Y-up rest pose; a Z-up rest pose under a turned root moves Y-up); else the motion decides.
    """
    votes = [_up_axis(joints), _up_axis(rest[None])]
    up = np.array([0.0, 1.0, 0.0])
    axis = up if any(np.array_equal(vote, up) for vote in votes) else votes[0]
    return rotation_between(axis[None], up[None])[0]


def _up_axis(joints: FloatArray) -> FloatArray:
    """The signed coordinate axis nearest to the mean direction from feet to head of (T, 22, 3)."""
    feet = (joints[:, JOINT["left_ankle"]] + joints[:, JOINT["right_ankle"]]) / 2
    body = (joints[:, JOINT["head"]] - feet).mean(axis=0)
    axis = np.zeros(3)
    longest = int(np.abs(body).argmax())
    axis[longest] = np.sign(body[longest]) or 1.0
    return axis
