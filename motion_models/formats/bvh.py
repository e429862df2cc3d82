"""BVH (Biovision Hierarchy), read and written.

Written files: centimetres, Y up, facing +Z, T-pose at rest, one person; root channels `Xposition Yposition
Zposition Zrotation Xrotation Yrotation`, other joints `Zrotation Xrotation Yrotation` (the order of
MotionBuilder and Mixamo), degrees; frame time 1 / fps.

Read files: any skeleton with joints that can be told (see `mapping`), any channel order, any unit, Y or Z up.
A position channel replaces its joint's offset, as Blender and MotionBuilder do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ..arrays import FloatArray
from ..errors import FormatError
from ..motion.motion import Motion
from ..motion.rig import END_SITES, RIG_NAMES, RigMotion
from .source import SourceMotion, source_joints, to_motion
from .writing import DEFAULT, Bone, Names, WriteOptions, bones_of
from .writing.skeleton import rig_of

ROTATION_ORDER = "ZXY"
CENTIMETRES = 100.0
#: No file unit is so small that a person's coordinates get beyond this.
MAX_VALUE = 1e8
#: Names of the CMU database as BVH: one that no other skeleton has, and those around the thorax.
_CMU_ONLY, _UPPER_BACK_END = "lhipjoint", "spine1"
_LEAVING_THE_CHEST = ("neck", "leftshoulder", "rightshoulder")
_CHANNEL = re.compile(r"^([XYZ])(position|rotation)$", re.I)


@dataclass
class _Joint:
    """One joint of the HIERARCHY section; channels are pairs such as ("X", "position")."""

    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: list[tuple[str, str]] = field(default_factory=list)


def load_bvh(path: Path) -> Motion:
    """Read a BVH as a Motion: 20 fps, metres, target skeleton, facing +Z at the origin."""
    return to_motion(read_bvh(path), path=path)


def read_bvh(path: str | Path) -> npt.NDArray[np.float32]:
    """Read a BVH as the 22 joints (T, 22, 3) at 20 fps in metres, Y up, with its own bone lengths and place.

    Raises FormatError for a file that is no BVH or is cut off, InvalidMotionError when no human can be found
    in it.
    """
    return source_joints(parse_bvh(Path(path)))


def parse_bvh(path: Path) -> SourceMotion:
    """Read a BVH file as it stands: every joint, the file's units and frame rate."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    head, *tail = re.split(r"^\s*MOTION\s*$", text, maxsplit=1, flags=re.M | re.I)
    if not head.lstrip("\ufeff \t\r\n").upper().startswith("HIERARCHY"):
        raise FormatError(f"{path.name}: not a BVH file (it does not start with HIERARCHY)")
    if not tail:
        raise FormatError(f"{path.name}: cut off, there is no MOTION section")
    joints = _with_thorax(_parse_hierarchy(head, path))
    frames, seconds_a_frame = _parse_motion(tail[0], sum(len(joint.channels) for joint in joints), path)
    return SourceMotion(
        names=tuple(joint.name for joint in joints),
        parents=tuple(joint.parent for joint in joints),
        positions=_forward(joints, frames),
        rest=_forward(joints, None)[0],
        fps=_frame_rate(seconds_a_frame),
        path=path,
    )


def _frame_rate(seconds: float) -> float:
    """Frames a second; a whole number when the frame time is that number's, rounded (0.008333 is 120)."""
    fps = 1.0 / seconds
    whole = round(fps)
    return float(whole) if abs(fps - whole) < 5e-4 * fps else fps


def _parse_hierarchy(text: str, path: Path) -> list[_Joint]:
    """The joints of a HIERARCHY section, parents first, with an end joint for every End Site."""
    joints: list[_Joint] = []
    stack: list[int] = []
    opened: _Joint | None = None
    for line in text.replace("{", "\n{\n").replace("}", "\n}\n").splitlines()[1:]:
        keyword, *words = line.split(maxsplit=1) or [""]
        rest = words[0].strip() if words else ""
        match keyword.upper():
            case "":
                continue
            case "ROOT" | "JOINT" | "END":
                opened = _open_joint(keyword.upper(), rest, joints, stack, path)
            case "{" if opened is not None:
                joints.append(opened)
                stack.append(len(joints) - 1)
                opened = None
            case "}" if stack:
                stack.pop()
            case "OFFSET" if stack:
                joints[stack[-1]].offset = _three_numbers(rest, path)
            case "CHANNELS" if stack:
                joints[stack[-1]].channels = _channels(rest, path)
            case _:
                raise FormatError(f"{path.name}: unexpected line in HIERARCHY: {line.strip()[:60]!r}")
    if stack or opened or not joints:
        raise FormatError(f"{path.name}: the HIERARCHY section is cut off")
    return joints


def _with_thorax(joints: list[_Joint]) -> list[_Joint]:
    """Put back the thorax that a BVH release of the CMU database dropped, so that the neck lies in the chest.

    There the bones that leave `Spine1` (the end of the upper back, turned as the thorax is) have no length.
    In that database's skeletons the thorax goes on as the upper back does, and is as long.
    """
    by_name = {joint.name.lower(): joint for joint in joints}
    spine = by_name.get(_UPPER_BACK_END)
    if spine is None or _CMU_ONLY not in by_name:
        return joints
    leaving = [by_name[name] for name in _LEAVING_THE_CHEST if name in by_name]
    dropped = [joint for joint in leaving if joints[joint.parent] is spine and not any(joint.offset)]
    if len(dropped) == len(_LEAVING_THE_CHEST):
        for joint in dropped:
            joint.offset = spine.offset
    return joints


def _open_joint(keyword: str, name: str, joints: list[_Joint], stack: list[int], path: Path) -> _Joint:
    if keyword == "ROOT" and (joints or stack):
        raise FormatError(f"{path.name}: holds several skeletons; split it into one file a person")
    if keyword != "ROOT" and not stack:
        raise FormatError(f"{path.name}: a joint stands outside the root")
    if keyword == "END":
        name = f"{joints[stack[-1]].name} end"
    return _Joint(name, stack[-1] if stack else -1)


def _three_numbers(text: str, path: Path) -> tuple[float, float, float]:
    try:
        x, y, z = (float(word) for word in text.split())
    except ValueError as error:
        raise FormatError(f"{path.name}: OFFSET needs three numbers, got {text[:60]!r}") from error
    if not max(abs(x), abs(y), abs(z)) <= MAX_VALUE:
        raise FormatError(f"{path.name}: impossible OFFSET {text[:60]!r}")
    return x, y, z


def _channels(text: str, path: Path) -> list[tuple[str, str]]:
    count, *names = text.split() or [""]
    channels = [match for match in map(_CHANNEL.match, names) if match]
    if count != str(len(names)) or len(channels) != len(names):
        raise FormatError(f"{path.name}: cannot read the channels {text[:60]!r}")
    return [(match[1].upper(), match[2].lower()) for match in channels]


def _parse_motion(text: str, width: int, path: Path) -> tuple[FloatArray, float]:
    """Channel values (T, width) and seconds a frame of a MOTION section."""
    header = re.match(r"\s*Frames\s*:\s*(\d{1,9})\s*Frame\s*Time\s*:\s*(\S+)", text, re.I)
    if not header:
        raise FormatError(f"{path.name}: cut off, 'Frames:' and 'Frame Time:' must follow MOTION")
    count = int(header[1])
    try:
        seconds = float(header[2])
        values = np.array(text[header.end() :].split(), dtype=np.float64)
    except ValueError as error:
        raise FormatError(f"{path.name}: the MOTION section holds something that is no number") from error
    if not (np.isfinite(seconds) and seconds > 1e-6):
        raise FormatError(f"{path.name}: a frame time of {header[2]} s is impossible")
    if width == 0 or count == 0:
        raise FormatError(f"{path.name}: there is no motion in it (no frames or no channels)")
    if len(values) != count * width:
        raise FormatError(
            f"{path.name}: {count} frames of {width} numbers are promised, {len(values)} numbers are there"
            " (a file that was cut off?)"
        )
    wrong = np.argwhere(~(np.abs(values) <= MAX_VALUE))
    if len(wrong):
        raise FormatError(
            f"{path.name}: holds NaN, infinity or huge numbers (frame {int(wrong[0][0]) // width})"
        )
    return values.reshape(count, width), seconds


def _forward(joints: Sequence[_Joint], values: FloatArray | None) -> FloatArray:
    """Global positions (T, J, 3) by forward kinematics; of the rest pose (1, J, 3) without values."""
    frames = 1 if values is None else len(values)
    positions = np.zeros((frames, len(joints), 3))
    turns: list[Rotation] = []
    column = 0
    for index, joint in enumerate(joints):
        local = np.tile(np.asarray(joint.offset), (frames, 1))
        turn = Rotation.identity(frames)
        if values is not None:
            columns = values[:, column : column + len(joint.channels)]
            column += len(joint.channels)
            local, turn = _apply_channels(joint, columns, local)
        if joint.parent >= 0:
            parent = turns[joint.parent]
            local = positions[:, joint.parent] + parent.apply(local)
            turn = parent * turn
        positions[:, index] = local
        turns.append(turn)
    return positions


def _apply_channels(joint: _Joint, columns: FloatArray, local: FloatArray) -> tuple[FloatArray, Rotation]:
    """A joint's local position (T, 3) and rotation (T) from its channel columns (T, C)."""
    turning = [i for i, (_, kind) in enumerate(joint.channels) if kind == "rotation"]
    for i, (axis, kind) in enumerate(joint.channels):
        if kind == "position":
            local[:, "XYZ".index(axis)] = columns[:, i]
    turn = Rotation.identity(len(columns))
    for i in turning:
        turn = turn * Rotation.from_euler(joint.channels[i][0], columns[:, i : i + 1], degrees=True)
    return local, turn


def save_bvh(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write one person: BVH holds one skeleton."""
    [motion] = motions
    rig = rig_of(motion, options.names)
    path.write_text(bvh_text(rig, motion.fps, options.names), encoding="ascii")
    return path


def bvh_text(rig: RigMotion, fps: float, names: Names = "ours") -> str:
    """A rigged motion as the text of a BVH file, its bones called as `names` says."""
    bones = bones_of(rig, names, root=False)
    lines = ["HIERARCHY"]
    _write_joint(lines, rig, bones, 0, 0)
    lines += ["MOTION", f"Frames: {rig.frames}", f"Frame Time: {1.0 / fps:.8g}"]
    angles = rig.euler(ROTATION_ORDER)[:, [bone.joint for bone in bones]].reshape(rig.frames, -1)
    table = np.concatenate([rig.root * CENTIMETRES, angles], axis=1)
    lines += [" ".join(f"{value:.5f}" for value in row) for row in table]
    return "\n".join(lines) + "\n"


def _write_joint(lines: list[str], rig: RigMotion, bones: Sequence[Bone], number: int, depth: int) -> None:
    pad, bone = "\t" * depth, bones[number]
    rotations = " ".join(f"{axis}rotation" for axis in ROTATION_ORDER)
    channels = f"3 {rotations}" if number else f"6 Xposition Yposition Zposition {rotations}"
    lines += [f"{pad}{'JOINT' if number else 'ROOT'} {bone.name}", f"{pad}{{"]
    lines += [f"{pad}\tOFFSET {_numbers(rig.offsets[bone.joint])}", f"{pad}\tCHANNELS {channels}"]
    for child, other in enumerate(bones):
        if other.parent == number:
            _write_joint(lines, rig, bones, child, depth + 1)
    joint = RIG_NAMES[bone.joint]
    if joint in END_SITES:
        end = _numbers(np.array(END_SITES[joint]))
        lines += [f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {end}", f"{pad}\t}}"]
    lines.append(f"{pad}}}")


def _numbers(offset: FloatArray) -> str:
    """Metres -> centimetres as text."""
    return " ".join(f"{value:.5f}" for value in offset * CENTIMETRES)
