"""BVH (Biovision Hierarchy), read: any skeleton with joints that can be told, any channel order and unit.

A position channel replaces its joint's offset, as Blender and MotionBuilder do. Files are read piece by
piece and posed in blocks of frames, so that a long one takes about its own size in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...arrays import Float32Array, FloatArray
from ...errors import FormatError
from ..files.options import ReadOptions
from ..files.text import TextFile, open_text, with_points
from ..people.skeletons import AnimatedSkeleton, Local, Point, posed, rest_positions
from ..people.tree import MOST_JOINTS

#: No file unit is so small that a person's coordinates get beyond this.
MAX_VALUE = 1e8
#: Names of the CMU database as BVH: one that no other skeleton has, and those around the thorax.
_CMU_ONLY, _UPPER_BACK_END = "lhipjoint", "spine1"
_LEAVING_THE_CHEST = ("neck", "leftshoulder", "rightshoulder")
_CHANNEL = re.compile(r"^([XYZ])(position|rotation)$", re.I)
_MOTION = re.compile(r"\s*MOTION\s*$", re.I)
#: Lines that a HIERARCHY may take.
_MOST_LINES = 100_000


@dataclass
class _Joint:
    """One joint of the HIERARCHY section; channels are pairs such as ("X", "position")."""

    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: list[tuple[str, str]] = field(default_factory=list)


def read_bvh_skeleton(path: Path, options: ReadOptions) -> AnimatedSkeleton:
    """Read a BVH file as it stands: every joint, the file's units and frame rate. Raises FormatError."""
    file = open_text(path, options)
    with file.stream:
        joints = _with_thorax(_parse_hierarchy(file))
        width = sum(len(joint.channels) for joint in joints)
        declared, fps, first = _motion_header(file, options)
        values, notes = _table(file, first, declared, width)
    offsets = np.array([joint.offset for joint in joints])
    parents = tuple(joint.parent for joint in joints)

    def pose(points: Sequence[Point], frames: slice) -> Float32Array:
        return posed(parents, points, frames, _locals(joints, values))

    return AnimatedSkeleton(
        names=tuple(joint.name for joint in joints),
        parents=parents,
        rest=rest_positions(parents, offsets),
        frames=len(values),
        fps=fps,
        path=path,
        pose=pose,
        notes=notes,
    )


# ---------------------------------------------------------------------- the hierarchy


def _parse_hierarchy(file: TextFile) -> list[_Joint]:
    """The joints of a HIERARCHY section, parents first, with an end joint for every End Site.

    The file is left behind the line MOTION.
    """
    joints: list[_Joint] = []
    stack: list[int] = []
    opened: _Joint | None = None
    for keyword, rest in _keywords(file):
        match keyword:
            case "ROOT" | "JOINT" | "END":
                opened = _open_joint(keyword, rest, joints, stack, file)
            case "{" if opened is not None:
                joints.append(opened)
                stack.append(len(joints) - 1)
                opened = None
            case "}" if stack:
                stack.pop()
            case "OFFSET" if stack:
                joints[stack[-1]].offset = _three_numbers(rest, file)
            case "CHANNELS" if stack:
                joints[stack[-1]].channels = _channels(rest, file)
            case _:
                raise FormatError(
                    f"{_where(file)}: unexpected in HIERARCHY: {f'{keyword} {rest}'.strip()[:60]!r}"
                )
        if len(joints) > MOST_JOINTS:
            raise FormatError(f"{_where(file)}: more than {MOST_JOINTS} joints")
    if stack or opened or not joints:
        raise FormatError(f"{_where(file)}: the HIERARCHY section is cut off")
    return joints


def _keywords(file: TextFile) -> Iterator[tuple[str, str]]:
    """(keyword in capitals, what follows it) of each line of the HIERARCHY section, up to MOTION."""
    begun = False
    for line in file.lines():
        text = line.strip(" \t\r\n\ufeff")
        if not text:
            continue
        if not begun:
            if not text.upper().startswith("HIERARCHY"):
                raise FormatError(f"{file.path.name}: not a BVH file (it does not start with HIERARCHY)")
            begun, text = True, text[len("HIERARCHY") :]
        if _MOTION.match(text):
            return
        if file.line > _MOST_LINES:
            raise FormatError(f"{_where(file)}: a HIERARCHY without an end")
        for part in text.replace("{", "\n{\n").replace("}", "\n}\n").split("\n"):
            keyword, *words = part.split(maxsplit=1) or [""]
            if keyword:
                yield keyword.upper(), words[0].strip() if words else ""
    if not begun:
        raise FormatError(f"{file.path.name}: not a BVH file (it does not start with HIERARCHY)")
    raise FormatError(f"{file.path.name}: cut off, there is no MOTION section")


def _where(file: TextFile) -> str:
    return f"{file.path.name}, line {file.line}"


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


def _open_joint(keyword: str, name: str, joints: list[_Joint], stack: list[int], file: TextFile) -> _Joint:
    if keyword == "ROOT" and (joints or stack):
        raise FormatError(f"{_where(file)}: holds several skeletons; split it into one file a person")
    if keyword != "ROOT" and not stack:
        raise FormatError(f"{_where(file)}: a joint stands outside the root")
    if keyword == "END":
        name = f"{joints[stack[-1]].name} end"
    return _Joint(name, stack[-1] if stack else -1)


def _three_numbers(text: str, file: TextFile) -> tuple[float, float, float]:
    try:
        x, y, z = (float(word) for word in with_points(text).split())
    except ValueError as error:
        raise FormatError(f"{_where(file)}: OFFSET needs three numbers, got {text[:60]!r}") from error
    if not max(abs(x), abs(y), abs(z)) <= MAX_VALUE:
        raise FormatError(f"{_where(file)}: impossible OFFSET {text[:60]!r}")
    return x, y, z


def _channels(text: str, file: TextFile) -> list[tuple[str, str]]:
    count, *names = text.split() or [""]
    channels = [match for match in map(_CHANNEL.match, names) if match]
    if count != str(len(names)) or len(channels) != len(names):
        raise FormatError(f"{_where(file)}: cannot read the channels {text[:60]!r}")
    return [(match[1].upper(), match[2].lower()) for match in channels]


# ---------------------------------------------------------------------- the motion


def _motion_header(file: TextFile, options: ReadOptions) -> tuple[int, float, str]:
    """Frames that are promised, frames a second, and numbers that follow on the same line."""
    text = ""
    header = None
    for line in file.lines():
        text += f" {line.strip()}"
        header = re.match(r"\s*Frames\s*:?\s*(\d{1,18})\s*Frame\s*Time\s*:?\s*(\S+)", text, re.I)
        if header or len(text) > 1000:
            break
    if not header:
        raise FormatError(f"{_where(file)}: cut off, 'Frames:' and 'Frame Time:' must follow MOTION")
    try:
        seconds = float(header[2].replace(",", "."))
    except ValueError as error:
        raise FormatError(f"{_where(file)}: the frame time {header[2][:40]!r} is no number") from error
    if options.fps is not None:
        return int(header[1]), options.fps, text[header.end() :]
    if not (np.isfinite(seconds) and seconds > 1e-6):
        raise FormatError(
            f"{_where(file)}: a frame time of {header[2][:40]} s is impossible; --fps sets the rate"
        )
    return int(header[1]), _frame_rate(seconds), text[header.end() :]


def _frame_rate(seconds: float) -> float:
    """Frames a second; a whole number when the frame time is that number's, rounded (0.008333 is 120)."""
    fps = 1.0 / seconds
    whole = round(fps)
    return float(whole) if abs(fps - whole) < 5e-4 * fps else fps


def _table(file: TextFile, first: str, declared: int, width: int) -> tuple[Float32Array, tuple[str, ...]]:
    """Channel values (T, width), and a note where there are more rows than the file promises."""
    name = file.path.name
    begins = file.line + 1
    if width == 0 or declared == 0:
        raise FormatError(f"{name}: there is no motion in it (no frames or no channels)")
    values = _joined(file, first)
    rows, rest = divmod(len(values), width)
    if rows < declared:
        raise FormatError(
            f"{name}: {declared} frames of {width} numbers are promised from line {begins} on, "
            f"{len(values)} numbers are there (a file that was cut off?)"
        )
    if rest:
        raise FormatError(
            f"{name}: {len(values)} numbers from line {begins} on are no whole number of frames of {width}"
        )
    if not max(-values.min(initial=0.0), values.max(initial=0.0)) <= MAX_VALUE:
        frame = int(np.flatnonzero(~(np.abs(values) <= MAX_VALUE))[0]) // width
        raise FormatError(f"{name}: holds NaN, infinity or huge numbers (frame {frame})")
    more = f"it has {rows} frames, {declared} are promised; all were read"
    return values.reshape(rows, width), (more,) if rows > declared else ()


def _joined(file: TextFile, first: str) -> Float32Array:
    """All numbers of the rest of the file, in one array that grows in place."""
    values, count = np.empty(1 << 16, np.float32), 0
    for piece in chain([_first_numbers(first, file)], file.numbers()):
        while count + len(piece) > len(values):
            values.resize(len(values) * 3 // 2, refcheck=False)
        values[count : count + len(piece)] = piece
        count += len(piece)
    values.resize(count, refcheck=False)
    return values


def _first_numbers(text: str, file: TextFile) -> Float32Array:
    try:
        return np.array([float(word) for word in with_points(text).split()], np.float32)
    except ValueError as error:
        raise FormatError(
            f"{_where(file)}: {text.strip()[:40]!r} holds something that is no number"
        ) from error


def _locals(joints: Sequence[_Joint], values: Float32Array) -> Callable[[int, slice], Local]:
    """What `posed` asks of each joint."""
    columns = np.cumsum([0, *(len(joint.channels) for joint in joints)])

    def local(number: int, frames: slice) -> Local:
        joint = joints[number]
        return _local(joint, values[frames, columns[number] : columns[number + 1]].astype(np.float64))

    return local


def _local(joint: _Joint, channels: FloatArray) -> Local:
    """A joint's position (T or 1, 3) and matrix (T or 1, 3, 3) in its parent, from its channels (T, C)."""
    where = np.array([joint.offset])
    turning = [i for i, (_, kind) in enumerate(joint.channels) if kind == "rotation"]
    moving = [(i, "XYZ".index(axis)) for i, (axis, kind) in enumerate(joint.channels) if kind == "position"]
    if moving:
        where = np.tile(where, (len(channels), 1))
        for i, axis in moving:
            where[:, axis] = channels[:, i]
    if not turning:
        return where, np.eye(3)[None]
    axes = "".join(joint.channels[i][0] for i in turning)
    return where, _turns(axes, channels[:, turning]).as_matrix()


def _turns(axes: str, degrees: FloatArray) -> Rotation:
    """Rotations (T) about the axes one after another, each about the axes as the ones before left them."""
    if len(axes) == 3 and len(set(axes)) == 3:
        return Rotation.from_euler(axes, degrees, degrees=True)
    turn = Rotation.identity(len(degrees))
    for i, axis in enumerate(axes):
        turn = turn * Rotation.from_euler(axis, degrees[:, i : i + 1], degrees=True)
    return turn
