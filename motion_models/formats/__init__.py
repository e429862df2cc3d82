"""Files of human motion: `load_motion` reads them, `save_motion` writes them.

| extension | read | write | content |
|---|---|---|---|
| .bvh | any human skeleton | one file a person | centimetres, Y up, T-pose rest |
| .amc | with its .asf beside it | | |
| .npy | joints (T, 22, 3), features (T, 263), MDM's results | joints, one file a person | metres |
| .npz | ours, joints, features, AMASS, AIST++, Kimodo | everything known, several people | metres |
| .glb .gltf .vrm | any humanoid with an animation | .glb: animated, skinned figures | metres |
| .vrma | any humanoid's animation | an animation for VRM characters, one file a person | metres |
| .pkl | dictionaries of arrays, such as AIST++'s | | |
| .mp4 .gif .png | | video; a strip of poses | |
| .html | | a viewer that needs no network | |

Everything read from a foreign skeleton comes out at 20 fps on the target skeleton, at the origin, facing +Z,
with its lowest point on the floor. What had to be estimated stands in the motion's `notes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import FormatError
from ..motion.motion import Motion
from .bvh import save_bvh
from .files.options import DEFAULT_MAX_BYTES, UP_AXES, ReadOptions
from .gltf import save_glb
from .html import save_html
from .npz import save_npy, save_npz
from .people.placing import Person, person_of
from .reading.acclaim import read_asf_amc
from .reading.bvh import read_bvh_skeleton
from .reading.recognise import READERS, UNREAD, why_unread
from .reading.recognise import read_person as _read_person
from .video import save_gif, save_mp4, save_png
from .vrma import save_vrma
from .writing import DEFAULT, WriteOptions

__all__ = [
    "DEFAULT_MAX_BYTES",
    "FORMATS",
    "READABLE",
    "UNREAD",
    "UP_AXES",
    "WriteOptions",
    "load_motion",
    "read_asf_amc",
    "read_bvh",
    "read_person",
    "save_motion",
    "shares",
    "why_unread",
]

_Writer = Callable[[Sequence[Motion], Path, WriteOptions], Path]


def _without_options(writer: Callable[[Sequence[Motion], Path], Path]) -> _Writer:
    """A writer of arrays, which show no body and name no bones."""
    return lambda motions, path, options: writer(motions, path)


_WRITERS: dict[str, _Writer] = {
    "bvh": save_bvh,
    "glb": save_glb,
    "vrma": save_vrma,
    "npz": _without_options(save_npz),
    "npy": _without_options(save_npy),
    "mp4": save_mp4,
    "gif": save_gif,
    "html": save_html,
    "png": save_png,
}

#: What can be written and what can be read.
FORMATS = tuple(_WRITERS)
READABLE = tuple(READERS)
#: Formats whose files hold one person.
ONE_PERSON = frozenset({"bvh", "npy", "vrma"})


def load_motion(
    path: str | Path,
    *,
    fps: float | None = None,
    up: str | None = None,
    person: int = 1,
    max_bytes: int = DEFAULT_MAX_BYTES,
    progress: Callable[[float], object] | None = None,
) -> Motion:
    """Read one person's motion, of any format that is known by its content or its extension.

    fps: frames a second, whatever the file says. up: "y", "z", "-y", ..., where the axis is not to be
    judged from the motion. person: which one of several, from 1. max_bytes: of the file, and of what is
    unpacked from it. progress: is told the share of a long read that is done. What was estimated stands in
    `Motion.notes`. Raises FormatError for a missing, broken, too large or unknown file, InvalidMotionError
    when it holds no usable human motion.
    """
    options = ReadOptions(fps, up, person, max_bytes, progress)
    return _read_person(Path(path), options).to_motion()


def read_person(path: str | Path, *, fps: float | None = None, up: str | None = None) -> Person:
    """Read one person as the file has them, metres, Y up, with their own bones and place. Raises as above."""
    return _read_person(Path(path), ReadOptions(fps, up))


def read_bvh(path: str | Path) -> npt.NDArray[np.float32]:
    """Read a BVH as the 22 joints (T, 22, 3) at 20 fps in metres, Y up, with its own bone lengths and place.

    Raises FormatError for a file that is no BVH or is cut off, InvalidMotionError when no human can be found
    in it.
    """
    options = ReadOptions()
    return person_of(read_bvh_skeleton(Path(path), options), options).joints


def save_motion(
    motions: Motion | Sequence[Motion],
    path: str | Path,
    format: str | None = None,
    options: WriteOptions = DEFAULT,
) -> Path:
    """Write one person, or several as one scene, and return the file written.

    format: one of `FORMATS`; by the extension when None. Missing folders are made. Where a file holds one
    person several get one each, as `shares` numbers them, and the first is returned. Raises FormatError for
    an unknown format or when nobody is given. options: which body is shown, what bones are called.
    """
    path = Path(path)
    people = [motions] if isinstance(motions, Motion) else list(motions)
    name = (format or path.suffix).lower().removeprefix(".")
    if name not in _WRITERS:
        raise FormatError(
            f"{path.name}: cannot write {name or 'a file without extension'!r}; {_known(FORMATS)}"
        )
    if not people:
        raise FormatError(f"{path.name}: no motion was given, nothing to write")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files = [
            _WRITERS[name](share, path.with_stem(path.stem + number) if number else path, options)
            for number, share in shares(people, name).items()
        ]
    except OSError as error:
        raise FormatError(f"{path}: cannot be written ({error.strerror or error})") from error
    return files[0]


def shares(people: Sequence[Motion], format: str) -> dict[str, Sequence[Motion]]:
    """Who goes into which file of a format, by what is added to the file's stem.

    Nothing is added for one file with everybody; `.1`, `.2`, ... for a file each, where one holds one person.
    """
    if format in ONE_PERSON and len(people) > 1:
        return {f".{number}": [person] for number, person in enumerate(people, 1)}
    return {"": people}


def _known(formats: Sequence[str]) -> str:
    return f"known are {', '.join(formats)}"
