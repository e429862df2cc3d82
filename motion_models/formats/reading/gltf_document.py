"""The part of a glTF 2.0 document that moves joints, as a schema it is checked against."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ...errors import FormatError
from ..files.options import ReadOptions, read_bytes

Index = Annotated[int, Field(ge=0, le=10_000_000)]
_MAGIC, _JSON, _BIN = b"glTF", 0x4E4F534A, 0x004E4942


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, alias_generator=to_camel)


class Node(_Part):
    name: str = ""
    children: list[Index] = []
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    matrix: Annotated[list[float], Field(min_length=16, max_length=16)] | None = None


class _Skin(_Part):
    joints: list[Index] = []


class _Target(_Part):
    node: Index | None = None
    path: str = ""


class _Channel(_Part):
    sampler: Index
    target: _Target


class _Sampler(_Part):
    input: Index
    output: Index
    interpolation: Literal["LINEAR", "STEP", "CUBICSPLINE"] = "LINEAR"


class Animation(_Part):
    name: str = ""
    channels: list[_Channel] = []
    samplers: list[_Sampler] = []


class _Accessor(_Part):
    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: int
    normalized: bool = False
    count: Index
    type: str
    sparse: Any = None


class _View(_Part):
    buffer: Index
    byte_offset: int = Field(default=0, ge=0)
    byte_length: int = Field(ge=0)
    byte_stride: int | None = Field(default=None, ge=1, le=255)
    extensions: dict[str, Any] = {}


class _Buffer(_Part):
    uri: str | None = None
    byte_length: int = Field(ge=0)


class _Asset(_Part):
    generator: str = ""


class Document(_Part):
    asset: _Asset = _Asset()
    nodes: list[Node] = []
    skins: list[_Skin] = []
    animations: list[Animation] = []
    accessors: list[_Accessor] = []
    buffer_views: list[_View] = []
    buffers: list[_Buffer] = []
    extensions: dict[str, Any] = {}


def open_document(path: Path, options: ReadOptions) -> tuple[Document, bytes]:
    """The document of a file and its binary chunk. Raises FormatError for what is no glTF 2.0."""
    raw = read_bytes(path, options)
    text, binary = _chunks(raw, path) if raw[:4] == _MAGIC else (raw, b"")
    try:
        return Document.model_validate_json(text), binary
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FormatError(f"{path.name}: not a glTF 2.0 file ({where}: {first['msg'][:100]})") from error


def _chunks(raw: bytes, path: Path) -> tuple[bytes, bytes]:
    """The JSON and the binary chunk of a GLB file."""
    found: dict[int, bytes] = {}
    at = 12
    while at + 8 <= len(raw):
        length, kind = struct.unpack_from("<II", raw, at)
        if at + 8 + length > len(raw):
            raise FormatError(f"{path.name}: cut off in the chunk that begins at byte {at}")
        found.setdefault(kind, raw[at + 8 : at + 8 + length])
        at += 8 + length
    if raw[4:8] != struct.pack("<I", 2) or _JSON not in found:
        raise FormatError(f"{path.name}: not a glTF 2.0 file (its header is that of another version)")
    return found[_JSON], found.get(_BIN, b"")
