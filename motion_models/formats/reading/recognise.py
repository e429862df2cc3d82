"""Which reader a file is for, by what it begins with, and by its ending where that says nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...errors import FormatError
from ..files.options import ReadOptions, check_size
from ..people.placing import Person, person_of
from .acclaim import read_amc
from .bvh import read_bvh_skeleton
from .gltf import read_gltf_skeleton
from .numpy_files import read_npy, read_npz, read_pickle

Reader = Callable[[Path, ReadOptions], Person]


def _read_bvh(path: Path, options: ReadOptions) -> Person:
    return person_of(read_bvh_skeleton(path, options), options)


def _read_gltf(path: Path, options: ReadOptions) -> Person:
    return person_of(read_gltf_skeleton(path, options), options)


#: By ending; the first are preferred where several files of one recording lie side by side.
READERS: dict[str, Reader] = {
    "bvh": _read_bvh,
    "amc": read_amc,
    "npy": read_npy,
    "npz": read_npz,
    "glb": _read_gltf,
    "gltf": _read_gltf,
    "vrm": _read_gltf,
    "vrma": _read_gltf,
    "pkl": read_pickle,
}
#: What files begin with that can be nothing else.
_BEGINNINGS: tuple[tuple[bytes, Reader], ...] = (
    (b"glTF", _read_gltf),
    (b"\x93NUMPY", read_npy),
    (b"PK\x03\x04", read_npz),
)
_BY_BLENDER = (
    'turn it into glTF with Blender: blender -b --python-expr "import bpy; '
    "bpy.ops.wm.read_homefile(use_empty=True); bpy.ops.import_scene.fbx(filepath='{name}'); "
    "bpy.ops.export_scene.gltf(filepath='{stem}.glb')\""
)
_SOLVED = "solve them to a skeleton, in the program they come from, and save that as BVH"
_IN_BLENDER = "turn it into glTF with Blender"
#: Formats that are known and not read: what they begin with, their endings, their name, and the way out.
_OTHERS: tuple[tuple[bytes, tuple[str, ...], str, str], ...] = (
    (b"Kaydara FBX Binary", ("fbx",), "FBX", _BY_BLENDER),
    (b"\x02P", ("c3d",), "C3D: markers on the skin, no joints", _SOLVED),
    (b"", ("trc", "tsv"), "a table of markers, without joints", _SOLVED),
    (b"", ("dae",), "Collada", _IN_BLENDER),
    (b"#usda", ("usd", "usda", "usdc", "usdz"), "USD", _IN_BLENDER),
    (b"Vocaloid Motion Data", ("vmd",), "VMD, whose bones are a model's", "play it in Blender and save BVH"),
    (b"", ("asf",), "the skeleton of AMC files", "give the .amc beside it"),
    (b"", ("pt", "pth"), "PyTorch, whose files may run code", "save poses and trans, or joints, as .npz"),
)
_FIRST = 32
#: Of these, what holds motion of people and nothing else.
UNREAD = ("fbx", "c3d", "trc", "vmd")


def read_person(path: Path, options: ReadOptions) -> Person:
    """Read one person of any file that can be read. Raises FormatError, InvalidMotionError."""
    check_size(path, options)
    try:
        with path.open("rb") as file:
            first = file.read(_FIRST)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    with np.errstate(all="ignore"):  # what is not finite, or too large, is refused where it is looked at
        return _reader(path, first)(path, options)


def _reader(path: Path, first: bytes) -> Reader:
    ending = path.suffix.lower().removeprefix(".")
    for beginning, reader in _BEGINNINGS:
        if first.startswith(beginning):
            return reader
    if told := why_unread(path, first):
        raise FormatError(f"{path.name}: {told}")
    reader = READERS.get(ending)
    if reader is None and first.lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(b"HIERARCHY"):
        return _read_bvh
    if reader is None:
        known = ", ".join(READERS)
        raise FormatError(
            f"{path.name}: cannot read {path.suffix or 'a file without extension'!r}; known are {known}"
        )
    return reader


def why_unread(path: Path, first: bytes = b"") -> str | None:
    """What a file of a format that is known and not read is, and what to do with it. first: how it begins."""
    ending = path.suffix.lower().removeprefix(".")
    for beginning, endings, name, remedy in _OTHERS:
        if ending in endings or (beginning and first.startswith(beginning)):
            way = remedy.replace("{name}", path.name).replace("{stem}", path.stem)
            return f"this is {name}, which is not read: {way}"
    return None
