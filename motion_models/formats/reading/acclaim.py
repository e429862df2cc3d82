"""Acclaim ASF/AMC, read: the format the CMU database (mocap.cs.cmu.edu) is published in.

The ASF holds a subject's bones (direction, length, local axis, freedoms), the AMC one trial's angles.
Bones are named, not joints: the ends of bones are the marks that `motion.body` makes the 22 joints of.
Lengths are inches divided by the ASF's `length` unit (0.45 for CMU: 0.056444 m a unit).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ...arrays import FloatArray
from ...errors import FormatError, InvalidMotionError
from ...motion import features
from ...motion.body import with_humanml3d_trunk
from ...motion.skeleton import JOINT_NAMES, resample
from ..files.options import ReadOptions
from ..files.text import open_text
from ..people.placing import Person, check_fps, check_length, person_from
from ..people.upright import rest_axis

#: Frame rate of the CMU recordings; AMC files do not say theirs.
CMU_FPS = 120.0
INCH = 0.0254
#: Lines after which progress is told.
_TOLD_EVERY = 10_000

#: The bone at whose end each mark of the body stands.
BONE_ENDS = {
    "pelvis": "root", "left_hip": "lhipjoint", "right_hip": "rhipjoint", "spine1": "lowerback",
    "left_knee": "lfemur", "right_knee": "rfemur", "spine2": "upperback", "left_ankle": "ltibia",
    "right_ankle": "rtibia", "spine3": "thorax", "left_foot": "lfoot", "right_foot": "rfoot",
    "neck": "lowerneck", "head": "head", "left_shoulder": "lclavicle", "right_shoulder": "rclavicle",
    "left_elbow": "lhumerus", "right_elbow": "rhumerus", "left_wrist": "lradius", "right_wrist": "rradius",
}  # fmt: skip


@dataclass
class _Bone:
    """One ASF bone. offset: (3,) from its start to its end, file units. axis: rotation of its local frame."""

    name: str
    parent: str = ""
    offset: FloatArray = field(default_factory=lambda: np.zeros(3))
    axis: Rotation = field(default_factory=Rotation.identity)
    dof: tuple[str, ...] = ()


@dataclass
class _Skeleton:
    """An ASF file: bones with parents first ("root" leads), metres a unit, radians an angle unit."""

    bones: dict[str, _Bone]
    unit: float
    degrees: bool


def read_amc(path: Path, options: ReadOptions) -> Person:
    """Read an AMC, with the ASF found beside it, as a person."""
    skeleton = _skeleton_of(find_asf(path), options)
    values = _parse_amc(path, skeleton, options)
    rest = _marks(skeleton, {name: np.zeros((1, each.shape[1])) for name, each in values.items()})[0]
    fps = options.fps or CMU_FPS
    joints = _marks(skeleton, values)
    return person_from(joints, rest, fps, path, options=options, expected_up=rest_axis(rest))


def find_asf(amc: Path) -> Path:
    """The skeleton of an AMC file in the same folder: same name, else the subject's, else the only one."""
    subject = amc.stem.rsplit("_", 1)[0]
    found = sorted(file for file in amc.parent.glob("*") if file.suffix.lower() == ".asf")
    for stem in (amc.stem, subject):
        for file in found:
            if file.stem.lower() == stem.lower():
                return file
    if len(found) == 1:
        return found[0]
    raise FormatError(f"{amc.name}: its skeleton is missing; put {subject}.asf into the same folder")


def read_asf_amc(asf: str | Path, amc: str | Path, fps: float = CMU_FPS) -> npt.NDArray[np.float32]:
    """The 22 joints (T, 22, 3) of a trial at 20 fps in metres, Y up, with the subject's own bones and place.

    Raises FormatError for files that are broken or do not belong together, InvalidMotionError when the
    skeleton lacks CMU's bones or the trial is too short.
    """
    asf, amc, options = Path(asf), Path(amc), ReadOptions()
    skeleton = _skeleton_of(asf, options)
    values = _parse_amc(amc, skeleton, options)
    check_fps(fps, len(values["root"]), amc)
    joints = resample(_marks(skeleton, values), fps, features.FPS)
    check_length(joints, amc)
    return joints.astype(np.float32)


def _skeleton_of(asf: Path, options: ReadOptions) -> _Skeleton:
    skeleton = _parse_asf(asf, options)
    missing = sorted(set(BONE_ENDS.values()) - set(skeleton.bones))
    if missing:
        raise InvalidMotionError(f"{asf.name}: no human skeleton found: missing bones {', '.join(missing)}")
    return skeleton


def _marks(skeleton: _Skeleton, values: dict[str, FloatArray]) -> FloatArray:
    """The 22 joints (T, 22, 3) in metres; the collars, which are no bones here, where HumanML3D has them."""
    ends = _forward(skeleton, values)
    chest = ends[BONE_ENDS["spine3"]]
    marks = [ends[BONE_ENDS[name]] if name in BONE_ENDS else chest for name in JOINT_NAMES]
    return with_humanml3d_trunk(np.stack(marks, axis=1)) * skeleton.unit


def _read_lines(path: Path, options: ReadOptions) -> Iterator[tuple[int, str]]:
    """The lines of a file that say something, with their numbers."""
    file = open_text(path, options)
    with file.stream:
        for line in file.lines():
            if text := line.partition("#")[0].strip():
                yield file.line, text
            if not file.line % _TOLD_EVERY:
                options.tell(file.stream.buffer.tell() / max(file.size, 1))


def _parse_asf(path: Path, options: ReadOptions) -> _Skeleton:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for _, line in _read_lines(path, options):
        if line.startswith(":"):
            keyword, *rest = line[1:].split(maxsplit=1) or [""]
            current = sections.setdefault(keyword.lower(), [])
            current += rest
        else:
            current.append(line)
    for needed in ("root", "bonedata", "hierarchy"):
        if needed not in sections:
            raise FormatError(f"{path.name}: not a complete ASF file, its :{needed} section is missing")
    try:
        return _build_skeleton(sections)
    except (ValueError, IndexError, KeyError) as error:
        raise FormatError(f"{path.name}: cannot be read as ASF ({error})") from error


def _build_skeleton(sections: dict[str, list[str]]) -> _Skeleton:
    units = {words[0]: words[1] for words in map(str.split, sections.get("units", [])) if len(words) > 1}
    degrees = units.get("angle", "deg").startswith("deg")
    root = _fields(sections["root"])
    bones = {"root": _Bone("root", dof=tuple(word.lower() for word in root["order"]))}
    if not bones["root"].dof:
        raise ValueError("the root has no channels")
    orientation = [float(word) for word in root.get("orientation", ["0", "0", "0"])[:3]]
    bones["root"].axis = _turn(root.get("axis", ["XYZ"])[0], orientation, degrees)
    unordered = {
        bone.name: bone for bone in (_bone(block, degrees) for block in _blocks(sections["bonedata"]))
    }
    for line in _between_begin_end(sections["hierarchy"]):
        parent, *children = line.split()
        for child in children:
            if child in bones:
                raise ValueError(f"bone {child!r} has two parents")
            unordered[child].parent = bones[parent].name
            bones[child] = unordered[child]
    length = float(units.get("length", "0.45"))
    if not 1e-6 < length < 1e6:
        raise ValueError(f"length unit {length}")
    return _Skeleton(bones, INCH / length, degrees)


def _between_begin_end(lines: list[str]) -> list[str]:
    return [line for line in lines if line not in ("begin", "end")]


def _blocks(lines: list[str]) -> list[list[str]]:
    """The lines of each begin ... end block."""
    blocks: list[list[str]] = []
    for line in lines:
        if line == "begin":
            blocks.append([])
        elif line != "end":
            blocks[-1].append(line)
    return blocks


def _fields(lines: list[str]) -> dict[str, list[str]]:
    """Lines of a keyword and its words -> words by keyword; lines of bare limits are left out."""
    return {words[0].lower(): words[1:] for words in map(str.split, lines) if words[0][0].isalpha()}


def _bone(lines: list[str], degrees: bool) -> _Bone:
    fields = _fields(lines)
    direction = np.array([float(word) for word in fields["direction"][:3]])
    angles = [float(word) for word in fields["axis"][:3]]
    order = fields["axis"][3] if len(fields["axis"]) > 3 else "XYZ"
    length = float(fields["length"][0])
    if direction.shape != (3,) or not (np.abs(direction) <= 1e3).all() or not 0 <= length <= 1e6:
        raise ValueError(f"direction {direction} and length {length} of a bone")
    offset = direction / max(float(np.linalg.norm(direction)), 1e-12) * length
    dof = tuple(word.lower() for word in fields.get("dof", []))
    return _Bone(fields["name"][0], offset=offset, axis=_turn(order, angles, degrees), dof=dof)


def _turn(order: str, angles: list[float], degrees: bool) -> Rotation:
    """Rotation about fixed axes, the first letter's first."""
    if sorted(order.lower()) != ["x", "y", "z"] or len(angles) != 3 or not np.isfinite(angles).all():
        raise ValueError(f"axis {angles} {order}")
    return Rotation.from_euler(order.lower(), angles, degrees=degrees)


def _parse_amc(path: Path, skeleton: _Skeleton, options: ReadOptions) -> dict[str, FloatArray]:
    """Values (T, degrees of freedom) of every bone that moves."""
    widths = {bone.name: len(bone.dof) for bone in skeleton.bones.values() if bone.dof}
    rows = {name: array("d") for name in widths}
    frames = 0
    for number, line in _read_lines(path, options):
        name, *words = line.split()
        if name.startswith(":"):
            continue
        if not words and name.isdigit():
            frames += 1
        elif name in rows and len(words) == widths[name]:
            rows[name].extend(_numbers(words, path, number))
        else:
            raise FormatError(
                f"{path.name}, line {number}: {name[:40]!r} does not fit the skeleton (or is cut off)"
            )
    uneven = [name for name, values in rows.items() if len(values) != frames * widths[name]]
    if not frames or uneven:
        what = f"{uneven[0]!r} is missing in some frame" if uneven else "there are no frames"
        raise FormatError(f"{path.name}: {what} (a file that was cut off, or one of another skeleton?)")
    return {name: np.frombuffer(values).reshape(frames, widths[name]) for name, values in rows.items()}


def _numbers(words: list[str], path: Path, line: int) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise FormatError(f"{path.name}, line {line}: holds something that is no number") from error
    if not np.isfinite(values).all() or max(map(abs, values)) > 1e6:
        raise FormatError(f"{path.name}, line {line}: holds NaN or infinity")
    return values


def _forward(skeleton: _Skeleton, values: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Position (T, 3) of the end of every bone, file units."""
    frames = len(values["root"])
    ends: dict[str, FloatArray] = {}
    turns: dict[str, Rotation] = {}
    for bone in skeleton.bones.values():
        local, moved = _bone_motion(bone, values.get(bone.name), frames, skeleton.degrees)
        if bone.name == "root":
            turns["root"], ends["root"] = local, moved
        else:
            turns[bone.name] = turns[bone.parent] * local
            ends[bone.name] = ends[bone.parent] + turns[bone.name].apply(bone.offset)
    return ends


def _bone_motion(
    bone: _Bone, values: FloatArray | None, frames: int, degrees: bool
) -> tuple[Rotation, FloatArray]:
    """A bone's rotation (T) in its parent's frame and, for the root, its position (T, 3)."""
    moved, turn = np.zeros((frames, 3)), Rotation.identity(frames)
    if values is None:
        return turn, moved
    for column, channel in zip(values.T, bone.dof, strict=True):
        if channel in ("rx", "ry", "rz"):
            turn = Rotation.from_euler(channel[1], column[:, None], degrees=degrees) * turn
        elif channel in ("tx", "ty", "tz"):
            moved[:, "xyz".index(channel[1])] = column
    return bone.axis * turn * bone.axis.inv(), moved
