"""From an animated skeleton to a person in metres, Y up, at 20 fps; and on to a `Motion`.

Readers give an `AnimatedSkeleton` or joints; `human` finds the 22 joints, `upright` the axis, and what is
no human body is refused here, whatever file it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ...arrays import Float32Array, FloatArray, IntArray
from ...errors import FormatError, InvalidMotionError
from ...motion import features
from ...motion.body import shape_fault
from ...motion.motion import Motion, Segment
from ...motion.skeleton import BONE_LENGTHS, JOINT, LEG_BONES, PARENTS, resample, retarget
from ..files.options import FPS_RANGE, ReadOptions
from .human import Human, find_human, usable_rest
from .reference import reference_frames
from .skeletons import AnimatedSkeleton
from .upright import rest_axis, upright

#: Four feature rows make one motion token, and they need five frames.
MIN_FRAMES = 5
MAX_SECONDS = 3600.0
#: Metres in one unit: metre, CMU's inch-like unit, centimetre, inch, millimetre.
KNOWN_UNITS = (1.0, 0.0254 / 0.45, 0.01, 0.0254, 0.001)
#: Thigh plus shin of people, in metres; outside it the unit is unknown and the body is scaled to the target.
LEG_RANGE = (0.55, 1.15)
#: No file's unit is so small that a person's coordinates get beyond this.
_FURTHEST = 1e9
#: Frames that are posed at a time.
_BLOCK = 2048
#: The trunk of a standing person points away from its legs: the cosine of the angle between them.
_STANDING = -0.5


@dataclass(frozen=True, eq=False)
class Person:
    """One person as a file holds them: joints (T, 22, 3), metres, Y up, with their own bones and place.

    as_it_is: whether the file is in this project's own form, which is not to be touched. notes: what was
    estimated, left out or hard to tell.
    """

    joints: Float32Array
    path: Path
    fps: float = features.FPS
    as_it_is: bool = False
    name: str = ""
    caption: str = ""
    segments: tuple[Segment, ...] = ()
    tokens: IntArray | None = None
    notes: tuple[str, ...] = field(default=())

    def to_motion(self) -> Motion:
        """The motion of this person, on the target skeleton, at the origin, facing +Z, unless `as_it_is`."""
        joints = self.joints
        if not self.as_it_is:
            joints = features.canonicalize(retarget(resample(joints, self.fps, features.FPS))).astype(
                np.float32
            )
        return Motion(
            joints,
            fps=self.fps if self.as_it_is else features.FPS,
            name=self.name or self.path.stem,
            caption=self.caption,
            segments=self.segments,
            tokens=self.tokens,
            source=self.path,
            notes=self.notes,
        )


def person_of(skeleton: AnimatedSkeleton, options: ReadOptions) -> Person:
    """The person in an animated skeleton.

    Raises InvalidMotionError when there is no human in it, FormatError for an unusable frame rate.
    """
    fps = options.fps or skeleton.fps
    check_fps(fps, skeleton.frames, skeleton.path)
    if not np.abs(skeleton.rest).max(initial=0.0) <= _FURTHEST:
        raise InvalidMotionError(f"{skeleton.path.name}: its rest pose holds NaN, infinity or huge numbers")
    human = find_human(skeleton)
    joints = _posed(skeleton, human, options)
    base = usable_rest(skeleton)
    rest = human.joints(np.array([[base[point.joint] + point.offset for point in human.points]]))[0]
    notes = (*skeleton.notes, *human.notes)
    known = rest if skeleton.turns else None
    expected = rest_axis(known) if skeleton.up is None else skeleton.up
    return person_from(joints, known, fps, skeleton.path, options=options, expected_up=expected, notes=notes)


def _posed(skeleton: AnimatedSkeleton, human: Human, options: ReadOptions) -> Float32Array:
    """The 22 joints (T, 22, 3) in every frame, some frames at a time, to take little memory."""
    joints = np.empty((skeleton.frames, len(human.weights), 3), np.float32)
    for start in range(0, skeleton.frames, _BLOCK):
        frames = slice(start, min(start + _BLOCK, skeleton.frames))
        block = human.joints(skeleton.pose(human.points, frames))
        if not np.abs(block).max() <= _FURTHEST:
            raise InvalidMotionError(f"{skeleton.path.name}: positions hold NaN, infinity or huge numbers")
        joints[frames] = block
        options.tell(0.5 + 0.5 * frames.stop / skeleton.frames)
    return joints


def person_from(
    joints: FloatArray,
    rest: FloatArray | None,
    fps: float,
    path: Path,
    *,
    options: ReadOptions,
    expected_up: str | None = None,
    notes: tuple[str, ...] = (),
) -> Person:
    """A person from the 22 joints (T, 22, 3) of a file, in its units and axes, without its reference pose."""
    check_fps(fps, len(joints), path)
    dropped = reference_frames(joints, rest)
    if dropped:
        notes += (f"a reference pose at the start ({dropped} frame{'s' * (dropped > 1)}) was left out",)
    joints = resample(joints[dropped:], fps, features.FPS)
    check_length(joints, path)
    unit = guess_unit(joints, path)
    check_shape(joints, rest, path)
    up = upright(joints, expected_up, options.up)
    if up.axis != "y":
        joints = joints @ up.turn.as_matrix().T.astype(joints.dtype)
    doubts = () if up.doubt is None else (up.doubt,)
    return Person((joints * unit).astype(np.float32), path, notes=(*notes, *doubts))


def in_our_units(person: Person, options: ReadOptions) -> Person:
    """Joints of a file that says nothing of units and axes: as they are, where they are metres with Y up.

    Raises InvalidMotionError for what is no human body.
    """
    joints, path = person.joints, person.path
    unit = guess_unit(joints, path)
    check_shape(joints, None, path)
    up = upright(joints, "y", options.up)
    if unit == 1.0 and up.axis == "y":
        return replace(person, as_it_is=True)
    turned = joints @ up.turn.as_matrix().T.astype(np.float32) * np.float32(unit)
    turned[..., 1] -= turned[..., 1].min()
    said = [f"its positions were taken as {_unit_name(unit)}, {up.axis} up", up.doubt]
    return replace(person, joints=turned, notes=(*person.notes, *(note for note in said if note)))


def _unit_name(unit: float) -> str:
    known = {1.0: "metres", 0.01: "centimetres", 0.001: "millimetres", 0.0254: "inches"}
    return known.get(unit, f"units of {unit:.4g} m")


def check_fps(fps: float, frames: int, path: Path) -> None:
    """Raise FormatError for a frame rate or a duration that no recording has."""
    low, high = FPS_RANGE
    if not low <= fps <= high:
        raise FormatError(
            f"{path.name}: {fps:.6g} frames a second; expected {low:g} to {high:g} (--fps sets the rate)"
        )
    if frames / fps > MAX_SECONDS:
        raise FormatError(f"{path.name}: {frames / fps:.0f} s of motion; at most {MAX_SECONDS:.0f} are read")


def check_length(joints: FloatArray, path: Path) -> None:
    """Raise InvalidMotionError for joints (T, 22, 3) at 20 fps that are too few to make a token of."""
    if len(joints) < MIN_FRAMES:
        raise InvalidMotionError(
            f"{path.name}: {len(joints)} frames at 20 fps are too few, {MIN_FRAMES} are needed"
        )


def check_shape(joints: FloatArray, rest: FloatArray | None, path: Path) -> None:
    """Raise InvalidMotionError where joints (T, 22, 3), in any unit, are not a human body's."""
    fault = shape_fault(joints)
    if fault is None and rest is not None and not _stands(np.concatenate([rest[None], joints])):
        fault = "its trunk never stands on its legs"
    if fault is not None:
        raise InvalidMotionError(f"{path.name}: not a human body: {fault}")


def _stands(joints: FloatArray) -> bool:
    """Whether the trunk points away from the legs in some frame of joints (T, 22, 3)."""
    trunk = joints[:, JOINT["neck"]] - joints[:, JOINT["pelvis"]]
    hips = joints[:, JOINT["left_hip"]] + joints[:, JOINT["right_hip"]]
    legs = joints[:, JOINT["left_ankle"]] + joints[:, JOINT["right_ankle"]] - hips
    lengths = np.linalg.norm(trunk, axis=-1) * np.linalg.norm(legs, axis=-1)
    return bool(((trunk * legs).sum(axis=-1) / np.maximum(lengths, 1e-9)).min() < _STANDING)


def guess_unit(joints: FloatArray, path: Path) -> float:
    """Metres in one unit of joints (T, 22, 3): the known unit that gives legs of human length.

    When none does, the factor that makes thigh and shin as long as the target skeleton's.
    """
    bones = [joints[:, bone] - joints[:, PARENTS[bone]] for bone in LEG_BONES]
    leg = sum(float(np.median(np.linalg.norm(bone, axis=-1))) for bone in bones)
    target = float(BONE_LENGTHS[list(LEG_BONES)].sum())
    if not leg > 1e-6:
        raise InvalidMotionError(f"{path.name}: the legs have no length: this is not a human skeleton")
    best = min(KNOWN_UNITS, key=lambda unit: abs(np.log(leg * unit / target)))
    return best if LEG_RANGE[0] <= leg * best <= LEG_RANGE[1] else target / leg
