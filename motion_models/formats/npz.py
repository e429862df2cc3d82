"""NumPy files, both ways. Nothing is ever unpickled.

`.npz` written here (all arrays readable with allow_pickle=False):

| name | content |
|---|---|
| trans | (T, 3) pelvis position, metres, Y up |
| mocap_framerate | frames a second |
| poses | (T, 75) axis-angle of our rig's 25 joints, T-pose at rest: NOT SMPL parameters |
| rig_names, rig_parents, rig_offsets | (25,) (25,) (25, 3): what `poses` turns |
| joints | (T, 22, 3) positions, metres |
| joint_names | (22,) |
| features | (T - 1, 263) HumanML3D features at 20 fps |
| tokens | (N,) motion tokens, empty when unknown |
| name, caption, segments | text; segments as JSON [{description, start, end}] in seconds |

Several people: one more leading axis would need equal lengths, so each person's arrays carry a suffix
`_1`, `_2`, ... and `people` holds their number.

`.npy` written here is joints (T, 22, 3). Read: our `.npz`, and joints (T, 22, 3) or features (T, 263) as
`.npy` or in an `.npz` under `joints`, `features`, `motion` or as its only array. Bare arrays are taken as
metres, Y up, 20 fps, as HumanML3D has them; they are not retargeted.
"""

from __future__ import annotations

import json
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ..errors import FormatError, InvalidMotionError
from ..motion import features as feature_layout
from ..motion.motion import Motion, Segment
from ..motion.rig import RIG_NAMES, RIG_PARENTS
from ..motion.skeleton import JOINT_NAMES
from .source import check_fps

Array = npt.NDArray

_BARE_NAMES = ("joints", "features", "motion")
#: What NumPy and zipfile raise for bytes that are no array or archive.
_BROKEN = (
    ValueError, EOFError, KeyError, RuntimeError, MemoryError, OverflowError, SyntaxError,
    tokenize.TokenError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


def load_npy(path: Path) -> Motion:
    """Read joints (T, 22, 3) or features (T, 263) at 20 fps."""
    array = _open(path)
    if not isinstance(array, np.ndarray):
        raise FormatError(f"{path.name}: this is an .npz archive; rename it to {path.stem}.npz")
    return _from_array(array, path)


def load_npz(path: Path, person: int = 1) -> Motion:
    """Read one person (numbered from 1) of an archive, ours or one that holds joints or features."""
    arrays = _open(path)
    if isinstance(arrays, np.ndarray):
        raise FormatError(f"{path.name}: this is a bare .npy array; rename it to {path.stem}.npy")
    people = int(_number(arrays["people"], path)) if "people" in arrays else 1
    if not 1 <= person <= people:
        raise FormatError(f"{path.name}: holds {people} people, there is no number {person}")
    suffix = f"_{person}" if people > 1 else ""
    if f"joints{suffix}" in arrays and f"mocap_framerate{suffix}" in arrays:
        return _ours(arrays, suffix, path)
    names = [name for name in _BARE_NAMES if name in arrays] or list(arrays)
    if len(names) == 1 or names[0] in _BARE_NAMES:
        return _from_array(arrays[names[0]], path)
    raise FormatError(
        f"{path.name}: no 'joints' (T, 22, 3) and no 'features' (T, 263) among {', '.join(names)}"
    )


def _open(path: Path) -> Array | dict[str, Array]:
    try:
        with path.open("rb") as file:  # NumPy leaves a file of its own open when an archive is broken
            loaded = np.load(file, allow_pickle=False)
            return loaded if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    except _BROKEN as error:
        if "pickle" in str(error).lower():
            raise FormatError(
                f"{path.name}: not a plain NumPy file; pickled objects are never loaded"
            ) from error
        raise FormatError(f"{path.name}: broken or cut off ({error})") from error


def _from_array(array: Array, path: Path) -> Motion:
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2 and array.shape[1] == feature_layout.DIM:
        return Motion(feature_layout.recover_joints(array), name=path.stem, source=path)
    if array.ndim == 3 and array.shape[1:] == (len(JOINT_NAMES), 3):
        return Motion(feature_layout.check_joints(array), name=path.stem, source=path)
    raise InvalidMotionError(
        f"{path.name}: shape {array.shape} is neither joints (T, 22, 3) nor features (T, 263)"
    )


def _ours(arrays: Mapping[str, Array], suffix: str, path: Path) -> Motion:
    fps = _number(arrays[f"mocap_framerate{suffix}"], path)
    check_fps(fps, len(arrays[f"joints{suffix}"]), path)
    tokens = arrays.get(f"tokens{suffix}")
    return Motion(
        arrays[f"joints{suffix}"],
        fps=fps,
        name=_text(arrays, f"name{suffix}") or path.stem,
        caption=_text(arrays, f"caption{suffix}"),
        segments=_segments(_text(arrays, f"segments{suffix}") or "[]", path),
        tokens=None if tokens is None or not tokens.size else tokens.astype(np.int64),
        source=path,
    )


def _segments(text: str, path: Path) -> tuple[Segment, ...]:
    try:
        entries = json.loads(text)
        return tuple(Segment(str(e["description"]), float(e["start"]), float(e["end"])) for e in entries)
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{path.name}: its segments cannot be read ({error})") from error


def _number(array: Array, path: Path) -> float:
    try:
        return float(array.reshape(()))
    except (TypeError, ValueError) as error:
        raise FormatError(f"{path.name}: a single number was expected ({error})") from error


def _text(arrays: Mapping[str, Array], name: str) -> str:
    return str(arrays[name]) if name in arrays else ""


def save_npy(motions: Sequence[Motion], path: Path) -> Path:
    """Write one person's joints (T, 22, 3), float32, metres."""
    [motion] = motions
    np.save(path, motion.joints, allow_pickle=False)
    return path


def save_npz(motions: Sequence[Motion], path: Path) -> Path:
    """Write people with everything known about them; see the table above."""
    arrays: dict[str, npt.ArrayLike] = {"people": len(motions)}
    for number, motion in enumerate(motions, start=1):
        suffix = f"_{number}" if len(motions) > 1 else ""
        arrays |= {f"{name}{suffix}": value for name, value in _arrays(motion).items()}
    with path.open("wb") as file:
        named = {name: np.asarray(value) for name, value in arrays.items()}
        np.savez_compressed(file, **named)  # pyright: ignore[reportArgumentType]
    return path


def _arrays(motion: Motion) -> dict[str, npt.ArrayLike]:
    rig = motion.rig
    vectors = Rotation.from_quat(rig.rotations.reshape(-1, 4)).as_rotvec()
    segments = [{"description": s.description, "start": s.start, "end": s.end} for s in motion.segments]
    return {
        "trans": rig.root.astype(np.float32),
        "mocap_framerate": np.float64(motion.fps),
        "poses": vectors.reshape(rig.frames, -1).astype(np.float32),
        "rig_names": np.array(RIG_NAMES),
        "rig_parents": np.array(RIG_PARENTS),
        "rig_offsets": rig.offsets.astype(np.float32),
        "joints": motion.joints,
        "joint_names": np.array(JOINT_NAMES),
        "features": motion.features,
        "tokens": np.zeros(0, np.int64) if motion.tokens is None else np.asarray(motion.tokens, np.int64),
        "name": motion.name,
        "caption": motion.caption,
        "segments": json.dumps(segments, ensure_ascii=False),
    }
