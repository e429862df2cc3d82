"""Acclaim ASF/AMC, read: the format the CMU database (mocap.cs.cmu.edu) is published in.

The ASF holds a subject's bones (direction, length, local axis, freedoms), the AMC one trial's angles.
Bones are named, not joints: the ends of that database's bones are the marks that `motion.body` makes the 22
joints of. In skeletons with other bones the person is found as in other files (`acclaim_bones`).
Lengths are inches divided by the ASF's `length` unit (0.45 for CMU: 0.056444 m a unit).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
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
from ..people.placing import Person, check_fps, check_length, person_from, person_of
from ..people.upright import rest_axis
from .acclaim_bones import Acclaim, Bone, animated, bone_motion

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


def read_amc(path: Path, options: ReadOptions) -> Person:
    """Read an AMC, with the ASF found beside it, as a person."""
    skeleton = _parse_asf(find_asf(path), options)
    values = _parse_amc(path, skeleton, options)
    fps = options.fps or CMU_FPS
    if _missing(skeleton):
        return person_of(animated(skeleton, values, fps, path), options)
    rest = _marks(skeleton, {name: np.zeros((1, each.shape[1])) for name, each in values.items()})[0]
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


def _skeleton_of(asf: Path, options: ReadOptions) -> Acclaim:
    skeleton = _parse_asf(asf, options)
    if missing := _missing(skeleton):
        raise InvalidMotionError(f"{asf.name}: no human skeleton found: missing bones {', '.join(missing)}")
    return skeleton


def _missing(skeleton: Acclaim) -> list[str]:
    """The bones of the CMU database that a skeleton has not got."""
    return sorted(set(BONE_ENDS.values()) - set(skeleton.bones))


def _marks(skeleton: Acclaim, values: dict[str, FloatArray]) -> FloatArray:
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


def _parse_asf(path: Path, options: ReadOptions) -> Acclaim:
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


def _build_skeleton(sections: dict[str, list[str]]) -> Acclaim:
    units = {words[0]: words[1] for words in map(str.split, sections.get("units", [])) if len(words) > 1}
    degrees = units.get("angle", "deg").startswith("deg")
    root = _fields(sections["root"])
    bones = {"root": Bone("root", dof=tuple(word.lower() for word in root["order"]))}
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
    return Acclaim(bones, INCH / length, degrees)


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


def _bone(lines: list[str], degrees: bool) -> Bone:
    fields = _fields(lines)
    direction = np.array([float(word) for word in fields["direction"][:3]])
    angles = [float(word) for word in fields["axis"][:3]]
    order = fields["axis"][3] if len(fields["axis"]) > 3 else "XYZ"
    length = float(fields["length"][0])
    if direction.shape != (3,) or not (np.abs(direction) <= 1e3).all() or not 0 <= length <= 1e6:
        raise ValueError(f"direction {direction} and length {length} of a bone")
    offset = direction / max(float(np.linalg.norm(direction)), 1e-12) * length
    dof = tuple(word.lower() for word in fields.get("dof", []))
    return Bone(fields["name"][0], offset=offset, axis=_turn(order, angles, degrees), dof=dof)


def _turn(order: str, angles: list[float], degrees: bool) -> Rotation:
    """Rotation about fixed axes, the first letter's first."""
    if sorted(order.lower()) != ["x", "y", "z"] or len(angles) != 3 or not np.isfinite(angles).all():
        raise ValueError(f"axis {angles} {order}")
    return Rotation.from_euler(order.lower(), angles, degrees=degrees)


def _parse_amc(path: Path, skeleton: Acclaim, options: ReadOptions) -> dict[str, FloatArray]:
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


def _forward(skeleton: Acclaim, values: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Position (T, 3) of the end of every bone, file units."""
    frames = len(values["root"])
    ends: dict[str, FloatArray] = {}
    turns: dict[str, Rotation] = {}
    for bone in skeleton.bones.values():
        local, moved = bone_motion(bone, values.get(bone.name), frames, skeleton.degrees)
        if bone.name == "root":
            turns["root"], ends["root"] = local, moved
        else:
            turns[bone.name] = turns[bone.parent] * local
            ends[bone.name] = ends[bone.parent] + turns[bone.name].apply(bone.offset)
    return ends
