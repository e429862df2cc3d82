"""NumPy files and pickled results, read: what they hold is told by names and shapes, and named in errors.

| content | as |
|---|---|
| this project's `.npz` | see `npz` |
| joints (T, 22, 3) or features (T, 263), bare or in an `.npz` | HumanML3D's layout: 20 fps unless told |
| (22, 3, T), (T, 66), (N, T, 22, 3), the first 22 of SMPL's 24, 52, 55 ... joints | the same |
| MDM's `results.npy`: motion (N, 22, 3, T), lengths, text | one of its samples |
| Kimodo: posed_joints (T, J, 3) of 22, 30 or 77 joints | 30 fps |
| AMASS, AIST++, SMPL parameters: poses and trans | see `smpl` |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, InvalidMotionError
from ...motion import features as feature_layout
from ...motion.features import FPS
from ...motion.motion import Segment
from ...motion.skeleton import N_JOINTS
from ..files.arrays import Archive, numbers, open_archive, open_array
from ..files.options import ReadOptions, read_bytes
from ..files.pickles import read_plain
from ..people.placing import Person, check_fps, in_our_units
from .kimodo import read_kimodo
from .smpl import POSE_WIDTHS, layout_of, read_smpl

Array = npt.NDArray[Any]

_BARE_NAMES = ("joints", "features", "motion", "new_joints", "new_joint_vecs", "positions", "xyz")
#: Joints of bodies whose first 22 are SMPL's: SMPL, SMPL-H, SMPL-X with and without surface points.
_SMPL_BODIES = frozenset({23, 24, 52, 55, 73, 127, 144})
#: Text in a file that is longer than this describes no motion.
_MOST_TEXT = 1 << 20


def read_npy(path: Path, options: ReadOptions) -> Person:
    """Read a bare array, or the results of a model that were saved as one."""
    return _read_content(open_array(path, options), path, options)


def read_pickle(path: Path, options: ReadOptions) -> Person:
    """Read a dictionary of arrays that was pickled, such as AIST++'s, without unpickling it."""
    return _read_content(read_plain(read_bytes(path, options), path, options), path, options)


def _read_content(content: Any, path: Path, options: ReadOptions) -> Person:
    if isinstance(content, np.ndarray):
        return _from_array(content, path, options)
    if isinstance(content, dict):
        return _from_mapping(content, path, options)
    raise FormatError(f"{path.name}: holds {type(content).__name__} instead of an array of positions")


def read_npz(path: Path, options: ReadOptions) -> Person:
    """Read one person of an archive, ours or another's."""
    archive = open_archive(path, options)
    people = int(_number(archive["people"], path)) if "people" in archive else 1
    if "people" in archive:
        _check_person(people, path, options)
    suffix = f"_{options.person}" if people > 1 else ""
    if f"joints{suffix}" in archive and f"mocap_framerate{suffix}" in archive:
        return _ours(archive, suffix, people, path, options)
    return _from_mapping(archive, path, options)


def _check_person(people: int, path: Path, options: ReadOptions) -> None:
    if options.person > people:
        raise FormatError(f"{path.name}: holds {people} people, there is no number {options.person}")


def _from_mapping(arrays: Mapping[str, Any], path: Path, options: ReadOptions) -> Person:
    layout = layout_of(arrays)
    if layout is not None:
        return read_smpl(arrays, layout, path, options)
    if "posed_joints" in arrays:
        return read_kimodo(arrays, path, options)
    if "motion" in arrays and "lengths" in arrays:
        return _from_mdm(arrays, path, options)
    names = [name for name in _BARE_NAMES if name in arrays] or list(arrays)
    if names and (len(names) == 1 or names[0] in _BARE_NAMES):
        return _from_array(np.asarray(arrays[names[0]]), path, options)
    raise FormatError(
        f"{path.name}: neither joints (T, 22, 3) nor features (T, 263), nor poses and trans of AMASS, "
        f"posed_joints of Kimodo or motion of MDM are in it, but {', '.join(names[:12]) or 'nothing'}"
    )


def _from_mdm(arrays: Mapping[str, Any], path: Path, options: ReadOptions) -> Person:
    """One sample of MDM's results: motion (N, 22, 3, T), lengths (N), text (N)."""
    motion = numbers(arrays["motion"], path, "motion")
    lengths = np.asarray(arrays["lengths"]).reshape(-1)
    if motion.ndim != 4 or len(lengths) != len(motion) or lengths.dtype.kind not in "iuf":
        raise InvalidMotionError(
            f"{path.name}: MDM results with motion of shape {motion.shape}; (N, {N_JOINTS}, 3, T) is read"
        )
    _check_person(len(motion), path, options)
    number = options.person - 1
    sample = motion[number, ..., : max(0, int(lengths[number]))]
    said = arrays.get("text") if isinstance(arrays, dict) else None
    caption = said[number] if isinstance(said, list) and len(said) == len(motion) else ""
    notes = (
        (f"MDM results of {len(motion)} samples; number {options.person} was read",)
        if len(motion) > 1
        else ()
    )
    return replace(_from_array(sample, path, options), caption=str(caption)[:_MOST_TEXT], notes=notes)


def _from_array(array: Array, path: Path, options: ReadOptions) -> Person:
    """Positions or features in any layout above. Raises InvalidMotionError saying what it looks like."""
    found = numbers(array, path)
    notes: tuple[str, ...] = ()
    if found.ndim == 4 and found.shape[1] == feature_layout.DIM and found.shape[2] == 1:
        found = found[:, :, 0].transpose(0, 2, 1)  # MDM's (N, 263, 1, T)
    elif found.ndim == 3 and found.shape[0] == feature_layout.DIM and found.shape[1] == 1:
        found = found[:, 0].T
    elif found.ndim == 4 and found.shape[1:3] == (N_JOINTS, 3):
        found = found.transpose(0, 3, 1, 2)
    elif found.ndim == 3 and found.shape[:2] == (N_JOINTS, 3) and found.shape[2] != 3:
        found = found.transpose(2, 0, 1)
    if found.ndim == 4 or (found.ndim == 3 and found.shape[2] == feature_layout.DIM):
        _check_person(len(found), path, options)
        if len(found) > 1:
            notes = (f"it holds {len(found)} motions; number {options.person} was read",)
        found = found[options.person - 1]
    joints = _joints_of(found, path)
    fps = options.fps or FPS
    person = Person(feature_layout.check_joints(joints), path, fps=fps, notes=notes)
    check_fps(fps, len(person.joints), path)
    return in_our_units(person, options)


def _joints_of(array: Array, path: Path) -> Array:
    if array.ndim == 2 and array.shape[1] == feature_layout.DIM:
        return feature_layout.recover_joints(array)
    if array.ndim == 2 and array.shape[1] == 3 * N_JOINTS:
        return array.reshape(len(array), N_JOINTS, 3)
    if array.ndim == 3 and array.shape[1:] == (N_JOINTS, 3):
        return array
    if array.ndim == 3 and array.shape[2] == 3 and array.shape[1] in _SMPL_BODIES:
        return array[:, :N_JOINTS]
    raise InvalidMotionError(
        f"{path.name}: shape {array.shape} is neither joints (T, 22, 3) nor features (T, 263)"
        + _looks_like(array)
    )


def _looks_like(array: Array) -> str:
    """What an array of another shape may be, and what to do with it."""
    width = array.shape[-1] if array.ndim == 2 else 0
    if width == 251 or array.shape[1:] == (21, 3):
        return "; it looks like KIT-ML's layout, which models of that data read"
    if width in POSE_WIDTHS:
        return "; it looks like SMPL poses: save them with their places as an .npz of poses and trans"
    if array.ndim == 3 and array.shape[1:] == (17, 3):
        return "; it looks like 17 key points of a video, which have no spine and no feet"
    return ""


def _ours(arrays: Archive, suffix: str, people: int, path: Path, options: ReadOptions) -> Person:
    fps = options.fps or _number(arrays[f"mocap_framerate{suffix}"], path)
    joints = numbers(arrays[f"joints{suffix}"], path, "joints")
    check_fps(fps, len(joints) if joints.ndim else 0, path)
    tokens = arrays.get(f"tokens{suffix}")
    if tokens is not None and tokens.dtype.kind not in "iu":
        raise FormatError(f"{path.name}: its tokens are no whole numbers")
    notes = (f"it holds {people} people; number {options.person} was read",) if people > 1 else ()
    person = Person(
        feature_layout.check_joints(joints),
        path,
        fps=fps,
        name=_text(arrays, f"name{suffix}"),
        caption=_text(arrays, f"caption{suffix}"),
        segments=_segments(_text(arrays, f"segments{suffix}") or "[]", path),
        tokens=None if tokens is None or not tokens.size else tokens.astype(np.int64),
        notes=notes,
    )
    if f"rig_names{suffix}" in arrays and options.up is None:
        return replace(person, as_it_is=True)
    return in_our_units(person, options)


def _segments(text: str, path: Path) -> tuple[Segment, ...]:
    try:
        entries = json.loads(text)
        return tuple(Segment(str(e["description"]), float(e["start"]), float(e["end"])) for e in entries)
    except (KeyError, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise FormatError(
            f"{path.name}: its segments cannot be read ({type(error).__name__}: {error})"
        ) from error


def _number(array: Array, path: Path) -> float:
    try:
        value = float(array.reshape(()))
    except (TypeError, ValueError) as error:
        raise FormatError(f"{path.name}: a single number was expected ({error})") from error
    if not np.isfinite(value):
        raise FormatError(f"{path.name}: a number was expected, {value} is there")
    return value


def _text(arrays: Archive, name: str) -> str:
    if name not in arrays:
        return ""
    found = arrays[name]
    if found.size > 1 or found.nbytes > 4 * _MOST_TEXT:
        raise FormatError(f"{arrays.path.name}: {name} is no short text")
    return str(found) if found.dtype.kind == "U" else ""
