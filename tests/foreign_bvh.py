"""BVH files as other programs write them, made of a motion of ours: names, bones, rest poses, quirks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from motion_agent.motion_models.motion.rig import END_SITES, RIG_NAMES, RIG_PARENTS, fit_rig
from scipy.spatial.transform import Rotation

#: Our rig's joints of the trunk and of a limb, in the order in which conventions list theirs.
TRUNK = ("pelvis", "lower_back", "spine1", "spine2", "spine3", "neck", "head")
LIMB = ("clavicle", "collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
#: How other programs name joints, by the program: sides, trunk and limb.
CONVENTIONS = yaml.safe_load((Path(__file__).parent / "bone_names.yaml").read_text("utf-8"))
POSITIONS, TURNS = ("Xposition", "Yposition", "Zposition"), ("Zrotation", "Xrotation", "Yrotation")


@dataclass
class Joint:
    """One joint of a file: offset (3,) in the file's unit, channels and their values (T, C)."""

    name: str
    offset: np.ndarray
    channels: tuple[str, ...] = ()
    values: np.ndarray | None = None
    children: list[Joint] = field(default_factory=list)
    end: np.ndarray | None = None

    def walk(self) -> Iterator[Joint]:
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: str) -> Joint:
        return next(joint for joint in self.walk() if joint.name == name)

    def drop(self, name: str) -> Joint:
        """Take a joint and what hangs on it away; it is returned."""
        above = next(joint for joint in self.walk() if any(child.name == name for child in joint.children))
        gone = next(child for child in above.children if child.name == name)
        above.children.remove(gone)
        return gone

    def add(self, name: str, offset: tuple[float, float, float], end: tuple[float, float, float]) -> None:
        """Hang a joint on this one that never turns."""
        self.children.append(Joint(name, np.array(offset), end=np.array(end)))


def figure(joints: np.ndarray, *, unit: float = 0.01) -> Joint:
    """Joints (T, 22, 3) as a tree with our rig's names. unit: metres in one unit of the file."""
    rig = fit_rig(joints)
    angles = rig.euler("ZXY")
    made: list[Joint] = []
    for number, (name, parent) in enumerate(zip(RIG_NAMES, RIG_PARENTS, strict=True)):
        joint = Joint(name, rig.offsets[number] / unit, TURNS, angles[:, number])
        if name in END_SITES:
            joint.end = np.array(END_SITES[name]) / unit
        made.append(joint)
        if parent >= 0:
            made[parent].children.append(joint)
    root = made[0]
    root.channels = POSITIONS + TURNS
    root.values = np.concatenate([rig.root / unit, angles[:, 0]], axis=1)
    return root


def renamed(root: Joint, convention: str) -> Joint:
    """A figure with the names of a convention, in place."""
    names_of = CONVENTIONS[convention]
    names: dict[str, str] = dict(zip(TRUNK, names_of["trunk"].split(), strict=True))
    limb = names_of["limb"]
    for side, mark in zip(("left", "right"), names_of["sides"], strict=True):
        names |= {
            f"{side}_{ours}": theirs.format(mark) for ours, theirs in zip(LIMB, limb.split(), strict=True)
        }
    for joint in root.walk():
        joint.name = names.get(joint.name, joint.name)
    return root


def turned(root: Joint, turn: Rotation) -> Joint:
    """The same motion in a world that is turned; the rest pose stays as it is. In place."""
    assert root.values is not None
    world = turn * Rotation.from_euler("ZXY", root.values[:, 3:], degrees=True)
    root.values = np.concatenate(
        [turn.apply(root.values[:, :3]), world.as_euler("ZXY", degrees=True)], axis=1
    )
    return root


def with_turned_rest(root: Joint, turn: Rotation) -> Joint:
    """The same motion of a skeleton whose rest pose is turned. In place."""
    for joint in root.walk():
        joint.offset = turn.apply(joint.offset)
        joint.end = None if joint.end is None else turn.apply(joint.end)
        assert joint.values is not None
        local = Rotation.from_euler("ZXY", joint.values[:, -3:], degrees=True) * turn.inv()
        local = local if joint is root else turn * local
        joint.values[:, -3:] = local.as_euler("ZXY", degrees=True)
    return root


def with_rest_pose_first(root: Joint, frames: int = 1) -> Joint:
    """The motion after frames in which no joint is turned and the root is at the origin. In place."""
    for joint in root.walk():
        if joint.values is not None:
            joint.values = np.concatenate([np.zeros((frames, joint.values.shape[1])), joint.values])
    return root


def text(root: Joint, *, fps: float = 20.0, number: Callable[[float], str] = "{:.5f}".format) -> str:
    """The figure as a BVH file."""
    lines, columns = ["HIERARCHY"], list[np.ndarray]()

    def write(joint: Joint, depth: int) -> None:
        pad = "  " * depth
        lines.extend([f"{pad}{'JOINT' if depth else 'ROOT'} {joint.name}", pad + "{"])
        lines.append(f"{pad}  OFFSET {' '.join(map(number, joint.offset))}")
        lines.append(f"{pad}  CHANNELS {len(joint.channels)} {' '.join(joint.channels)}")
        if joint.values is not None:
            columns.append(joint.values)
        for child in joint.children:
            write(child, depth + 1)
        if joint.end is not None:
            lines.extend(
                [f"{pad}  End Site", pad + "  {", f"{pad}    OFFSET {' '.join(map(number, joint.end))}"]
            )
            lines.append(pad + "  }")
        lines.append(pad + "}")

    write(root, 0)
    table = np.concatenate(columns, axis=1)
    lines += ["MOTION", f"Frames: {len(table)}", f"Frame Time: {number(1 / fps)}"]
    lines += [" ".join(map(number, row)) for row in table]
    return "\n".join(lines) + "\n"


def write(root: Joint, path: Path, *, fps: float = 20.0) -> Path:
    path.write_text(text(root, fps=fps), encoding="utf-8")
    return path
