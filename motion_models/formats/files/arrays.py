"""NumPy files, opened without trust: a header is read before its array, and only arrays that are asked for.

Objects are never unpickled; an array of objects is handed to `pickles`, which builds plain data only.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, InvalidMotionError
from .options import ReadOptions, check_bytes, check_size
from .pickles import read_plain

Array = npt.NDArray[Any]

#: What NumPy and zipfile raise for bytes that are no array or archive.
_BROKEN = (
    ValueError, EOFError, KeyError, RuntimeError, MemoryError, OverflowError, SyntaxError, TypeError,
    NotImplementedError, IndexError, UnicodeError, tokenize.TokenError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Members an archive may list.
_MOST_MEMBERS = 10_000


@dataclass(frozen=True)
class Header:
    """Shape and type of an array as its file states them."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass
class Archive(Mapping[str, Array]):
    """The arrays of an .npz file by name; each is unpacked when it is asked for, and kept.

    All that are asked for together stay within the bytes that may be read of a file.
    """

    path: Path
    options: ReadOptions
    members: dict[str, zipfile.ZipInfo]
    unpacked: dict[str, Array] = field(default_factory=dict)
    taken: int = 0

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __contains__(self, name: object) -> bool:
        return name in self.members

    def __getitem__(self, name: str) -> Array:
        """Unpack one array. Raises FormatError for one that is broken, too large, or holds objects."""
        if name not in self.unpacked:
            self.unpacked[name] = self._read(name, whole=True)
        return self.unpacked[name]

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, from its header alone."""
        return self._read(name, whole=False).shape

    def _read(self, name: str, *, whole: bool) -> Array:
        info = self.members[name]
        if info.compress_type not in _COMPRESSIONS or info.flag_bits & 1:
            raise FormatError(f"{self.path.name}: {name!r} is packed in a way that NumPy does not write")
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(info) as file:
                header = read_header(file)
                if not whole:
                    return np.broadcast_to(np.zeros((), np.uint8), header.shape)
                self.taken += header.size
                check_bytes(self.taken, self.path, self.options)
                return read_body(file, header, self.path, self.options)
        except OSError as error:
            raise FormatError(f"{self.path}: cannot be read ({error.strerror or error})") from error
        except _BROKEN as error:
            raise _broken(error, self.path) from error


def open_archive(path: Path, options: ReadOptions) -> Archive:
    """An .npz file with the names of what it holds. Raises FormatError for one that is no archive."""
    check_size(path, options)
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    except _BROKEN as error:
        raise _broken(error, path) from error
    if len(found) > _MOST_MEMBERS:
        raise FormatError(f"{path.name}: lists {len(found)} arrays; at most {_MOST_MEMBERS} are read")
    members = {info.filename.removesuffix(".npy"): info for info in found}
    return Archive(path, options, members)


def open_array(path: Path, options: ReadOptions) -> Array | Any:
    """The array of an .npy file; of an array of objects the plain data in it. Raises FormatError."""
    check_size(path, options)
    try:
        with path.open("rb") as file:
            header = read_header(file)
            if header.dtype.hasobject and math.prod(header.shape) == 1:
                return read_plain(file.read(), path, options)
            check_bytes(header.size, path, options)
            return read_body(file, header, path, options)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    except _BROKEN as error:
        raise _broken(error, path) from error


def read_header(file: IO[bytes]) -> Header:
    """The header an .npy file begins with. Raises what NumPy raises."""
    first = io.BytesIO(file.read(8))
    version = np.lib.format.read_magic(first)
    if version == (1, 0):
        return Header(*np.lib.format.read_array_header_1_0(file))
    return Header(*np.lib.format.read_array_header_2_0(file))


def read_body(file: IO[bytes], header: Header, path: Path, options: ReadOptions) -> Array:
    """The array that follows a header whose size was checked. Raises FormatError."""
    if header.dtype.hasobject:
        raise FormatError(f"{path.name}: not a plain NumPy file; pickled objects are never loaded")
    raw = file.read(header.size)
    if len(raw) < header.size:
        raise FormatError(
            f"{path.name}: broken or cut off ({header.size} bytes are promised, {len(raw)} are there)"
        )
    flat = np.frombuffer(raw, dtype=header.dtype, count=math.prod(header.shape))
    if header.fortran:
        return flat.reshape(header.shape[::-1]).T
    return flat.reshape(header.shape)


def numbers(array: Any, path: Path, what: str = "its array") -> Array:
    """An array of real numbers. Raises InvalidMotionError for truth values, complex numbers or text."""
    found = np.asarray(array)
    if found.dtype.kind not in "fiu":
        kinds = {"b": "truth values", "c": "complex numbers", "U": "text", "S": "text"}
        held = kinds.get(found.dtype.kind, found.dtype)
        raise InvalidMotionError(f"{path.name}: {what} holds {held} instead of positions")
    return found


def _broken(error: BaseException, path: Path) -> FormatError:
    if isinstance(error, FormatError):
        return error
    said = " ".join(str(error).split(".")[0].split())[:120]
    return FormatError(f"{path.name}: broken or cut off ({said or type(error).__name__})")
