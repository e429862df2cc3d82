"""The human body: MakeHuman's mesh in a suit, fitted to the bones of any rig.

`human.safetensors` was made by `packaging/bake_body.py`; its licence is in `LICENSE.md` beside it. The body
stands there on a skeleton of its own. To fit another one, space is warped smoothly so that the joints of the
one come to lie on the joints of the other, while head, hands and feet keep their shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from scipy.interpolate import RBFInterpolator

from ...arrays import FloatArray, IntArray
from ...motion.rig import RIG, RIG_NAMES, RigMotion
from .figure import body_scale
from .skin import Skin, rest_positions

#: Joints that are brought to their places exactly; the trunk between them follows smoothly.
_PINNED = (
    "pelvis", "neck", *(f"{side}_{joint}" for side in ("left", "right")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")),
)  # fmt: skip
#: Joints with a part of the body that keeps its size, and the joints that move this part.
_KEPT = {
    "head": ("head",),
    "left_wrist": ("left_wrist",),
    "right_wrist": ("right_wrist",),
    "left_ankle": ("left_ankle", "left_foot"),
    "right_ankle": ("right_ankle", "right_foot"),
}
#: Motion capture puts the joint of the head between the ears, the mesh where the skull stands on the neck.
_SKULL = np.array([0.0, -0.05, 0.0])
#: Its shoulders lie further out and lower than the joints in a human shoulder: the mesh goes part of the way.
_SHOULDER = np.array([-0.03, 0.02, 0.0])


@dataclass(frozen=True, eq=False)
class _Asset:
    """The file: vertices and triangles as in `Skin`, and where its joints stand at rest."""

    positions: FloatArray
    joints: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]
    parts: dict[str, IntArray]
    rest: dict[str, FloatArray]


@cache
def _asset() -> _Asset:
    with as_file(files(__package__ or "") / "human.safetensors") as path, safe_open(path, "np") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        metadata = file.metadata()
    names = metadata["joints"].split(",")
    low, high = arrays["bounds"].astype(np.float64)
    ends = np.cumsum(arrays["part_sizes"])[:-1]
    triangles = np.split(arrays["triangles"].astype(np.int64), ends)
    return _Asset(
        positions=low + arrays["positions"] / 65535 * (high - low),
        joints=np.array([RIG[name] for name in names], np.uint8)[arrays["joints"]],
        weights=(arrays["weights"] / 255).astype(np.float32),
        parts=dict(zip(metadata["parts"].split(","), triangles, strict=True)),
        rest=dict(zip(names, arrays["rest"].astype(np.float64), strict=True)),
    )


def human_skin(rig: RigMotion) -> Skin:
    """The human body on a rig's bones."""
    asset = _asset()
    here, there = _anchors(asset, dict(zip(RIG_NAMES, rest_positions(rig), strict=True)), body_scale(rig))
    positions = RBFInterpolator(here, there, kernel="linear", degree=1)(asset.positions)
    return Skin(positions, asset.joints, asset.weights, asset.parts)


def _anchors(asset: _Asset, rest: dict[str, FloatArray], size: float) -> tuple[FloatArray, FloatArray]:
    """Points of the asset's space and where a rig, `rest` by joint, wants them: (A, 3) each, metres."""
    here = {name: asset.rest[name] for name in _PINNED}
    there = {name: rest[name].copy() for name in _PINNED}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        there[f"{side}_shoulder"] += size * _SHOULDER * (sign, 1.0, 1.0)
    here["head"], there["head"] = asset.rest["head"], rest["head"] + size * _SKULL
    for name in _KEPT:
        for number, offset in enumerate(_extremes(asset, name)):
            here[f"{name} {number}"] = here[name] + offset
            there[f"{name} {number}"] = there[name] + size * offset
    return np.stack(list(here.values())), np.stack(list(there.values()))


def _extremes(asset: _Asset, joint: str) -> FloatArray:
    """The outermost points of a part that keeps its size, seen from its joint: up to (6, 3), one a side."""
    strongest = asset.joints[np.arange(len(asset.joints)), asset.weights.argmax(axis=1)]
    part = np.isin(strongest, [RIG[name] for name in _KEPT[joint]])
    around = asset.positions[part] - asset.rest[joint]
    return around[np.unique(np.concatenate([around.argmax(axis=0), around.argmin(axis=0)]))]
