"""Pickled results as plain data, without unpickling: no class of a file is ever looked up or called.

Published results are often dictionaries of NumPy arrays that were pickled (MDM's `results.npy`, AIST++'s
`.pkl`). The pickle language is run here with three inert stand-ins for what NumPy's arrays are pickled
with; whatever else a file names is refused. Stand-ins only collect what they are given; arrays are made of
it afterwards.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ...errors import FormatError
from .options import ReadOptions, check_bytes

#: Types of the numbers in an array, as NumPy writes them.
_NUMBERS = frozenset({"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"})
#: How deep lists and dictionaries may hold each other.
_DEEPEST = 16


class _Type:
    """A NumPy type by its name; byte order comes with its state."""

    def __init__(self, name: Any = "", *_: Any) -> None:
        self.name, self.order = str(name), "<"

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, tuple) and len(state) > 1 and state[1] in ("<", ">", "|", "="):
            self.order = state[1]


class _Array:
    """What an array was pickled as: a shape, a type, and its bytes or objects."""

    state: Any = ()

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Scalar:
    """One number of a NumPy type."""

    def __init__(self, kind: Any = None, raw: Any = b"") -> None:
        self.kind, self.raw = kind, raw


def _encoded(text: Any = "", *_: Any) -> bytes:
    """Bytes as Python 2 pickles hold them: as Latin text."""
    return text.encode("latin1") if isinstance(text, str) else b""


def _no_bytes(*_: Any) -> bytes:
    return b""


def _from_buffer(raw: Any = b"", kind: Any = None, shape: Any = (), order: Any = "C") -> _Array:
    """An array as the newest pickles hold it."""
    array = _Array()
    array.state = (1, shape, kind, order == "F", raw)
    return array


class _Marker:
    """Stands for the class of arrays, which is named and never called."""


_STAND_INS: dict[str, Any] = {
    "_reconstruct": _Array, "ndarray": _Marker, "dtype": _Type, "scalar": _Scalar, "encode": _encoded,
    "_frombuffer": _from_buffer, "bytes": _no_bytes,
}  # fmt: skip
#: Instructions that make objects of classes in other ways than arrays are made.
_REFUSED = frozenset(
    code[0]
    for code in (
        pickle.PERSID, pickle.BINPERSID, pickle.INST, pickle.OBJ, pickle.NEWOBJ, pickle.NEWOBJ_EX,
        pickle.EXT1, pickle.EXT2, pickle.EXT4,
    )
)  # fmt: skip
_MODULES = (
    "numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric",
    "_codecs", "builtins", "__builtin__",
)  # fmt: skip


class _Inert(pickle._Unpickler):
    """The unpickler in Python, without what runs code. Its memo is a dictionary no file can blow up."""

    stack: list[Any]

    def load_build(self) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Array | _Type):
            raise pickle.UnpicklingError("it gives a state to something that has none")
        self.stack[-1].__setstate__(state)

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if code not in _REFUSED
    } | {pickle.BUILD[0]: load_build}

    def find_class(self, module: str, name: str) -> Any:
        if module not in _MODULES or name not in _STAND_INS:
            raise pickle.UnpicklingError(f"it names {module}.{name}, and only arrays and numbers are read")
        return _STAND_INS[name]


def read_plain(raw: bytes, path: Path, options: ReadOptions) -> Any:
    """Dictionaries, lists, text, numbers and arrays of a pickle. Raises FormatError for anything else."""
    check_bytes(len(raw), path, options)
    try:
        return _plain(_Inert(io.BytesIO(raw), encoding="latin1").load(), 0)
    except Exception as error:  # a pickle is a program: whatever a broken one does is one error
        raise FormatError(
            f"{path.name}: pickled objects are never loaded, and this holds more than plain arrays "
            f"({' '.join(str(error).split())[:120] or type(error).__name__})"
        ) from error


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, _Array):
        return _array(value, depth)
    if isinstance(value, _Scalar):
        return np.frombuffer(value.raw, _numbers_of(value.kind), count=1)[0]
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if value is None or isinstance(value, str | bytes | int | float):
        return value
    raise ValueError(f"it holds {type(value).__name__}")


def _array(found: _Array, depth: int) -> Any:
    _, shape, kind, fortran, content = found.state
    if isinstance(content, list):
        items = [_plain(item, depth + 1) for item in content]
        return items[0] if shape == () and len(items) == 1 else items
    sizes = tuple(int(size) for size in shape)
    flat = np.frombuffer(content, _numbers_of(kind), count=math.prod(sizes))
    return flat.reshape(sizes[::-1]).T if fortran else flat.reshape(sizes)


def _numbers_of(kind: Any) -> np.dtype[Any]:
    if not isinstance(kind, _Type) or kind.name not in _NUMBERS:
        raise ValueError("an array holds something that is no number")
    return np.dtype(kind.order + kind.name)
