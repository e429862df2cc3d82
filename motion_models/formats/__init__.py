"""Files of human motion: `load_motion` reads them, `save_motion` writes them.

| extension | read | write | content |
|---|---|---|---|
| .bvh | any human skeleton | one file a person | centimetres, Y up, T-pose rest |
| .amc | with its .asf beside it | | |
| .npy | joints (T, 22, 3) or features (T, 263) | joints, one file a person | metres |
| .npz | ours, or joints or features | everything known, several people | metres |
| .glb | | animated, skinned figures | metres |
| .vrma | | an animation for VRM characters, one file a person | metres |
| .mp4 .gif .png | | video; a strip of poses | |
| .html | | a viewer that needs no network | |

Everything read from a foreign skeleton comes out at 20 fps on the target skeleton, at the origin, facing +Z,
with its lowest point on the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import FormatError
from ..motion.motion import Motion
from .asf_amc import load_amc, read_asf_amc
from .bvh import load_bvh, read_bvh, save_bvh
from .gltf import save_glb
from .html import save_html
from .npz import load_npy, load_npz, save_npy, save_npz
from .video import save_gif, save_mp4, save_png
from .vrma import save_vrma
from .writing import DEFAULT, WriteOptions

__all__ = [
    "FORMATS",
    "READABLE",
    "WriteOptions",
    "load_motion",
    "read_asf_amc",
    "read_bvh",
    "save_motion",
    "shares",
]

_READERS: dict[str, Callable[[Path], Motion]] = {
    "bvh": load_bvh,
    "amc": load_amc,
    "npy": load_npy,
    "npz": load_npz,
}
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
READABLE = tuple(_READERS)
#: Formats whose files hold one person.
ONE_PERSON = frozenset({"bvh", "npy", "vrma"})


def load_motion(path: str | Path) -> Motion:
    """Read one person's motion, the format by the extension.

    Raises FormatError for a missing, broken or unknown file, InvalidMotionError when it holds no usable
    human motion.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower().removeprefix("."))
    if reader is None:
        raise FormatError(
            f"{path.name}: cannot read {path.suffix or 'a file without extension'!r}; {_known(READABLE)}"
        )
    if not path.is_file():
        raise FormatError(f"{path}: no such file")
    return reader(path)


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
