"""Strict reading and writing of weight files: every misfit is a CheckpointError that says what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..errors import CheckpointError

#: How files of torch.save begin: a zip, or of old a pickle.
_ARCHIVES = (b"PK", b"\x80")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is missing: is this the folder of a trained model?") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} must hold a JSON object")
    return value


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file."""
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} is missing or damaged ({first_line(error)}): get it again") from error


def save_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    """Write a safetensors file, whole or not at all. Raises CheckpointError for infinities and NaN."""
    stored = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    broken = [name for name, value in stored.items() if not _is_finite(value)]
    if broken:
        raise CheckpointError(f"{broken[0]} is not finite as stored: {path} was not written")
    temporary = path.with_suffix(".partial")
    save_file(stored, temporary)
    temporary.replace(path)


def load_torch_archive(path: Path) -> Any:
    """Read a torch.save file without running any code in it. Raises CheckpointError."""
    try:
        with path.open("rb") as file:
            known = file.read(2).startswith(_ARCHIVES)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not known:
        raise CheckpointError(f"{path} is no checkpoint: one is a folder, or a file of torch.save")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen types on damaged or unsafe pickles
        # What torch says of code is how to run it.
        reason = "it holds more than tensors" if "weights_only" in str(error) else first_line(error)
        raise CheckpointError(f"{path} is damaged or unsafe ({reason}): get it again") from error


def copy_strictly(loaded: dict[str, Tensor], own: dict[str, Tensor], source: Path) -> None:
    """Copy `loaded` into the tensors of `own`; names and shapes must be the same, numbers finite."""
    if missing := sorted(own.keys() - loaded.keys()):
        raise CheckpointError(f"{source} lacks {len(missing)} tensors, e.g. {missing[0]}: get it again")
    if unknown := sorted(loaded.keys() - own.keys()):
        raise CheckpointError(f"{source} has {len(unknown)} tensors that do not belong, e.g. {unknown[0]}")
    for name, tensor in own.items():
        given = loaded[name]
        if not isinstance(given, Tensor) or given.shape != tensor.shape:
            shape = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
            raise CheckpointError(
                f"{source}: {name} has shape {shape}, the model needs {tuple(tensor.shape)}: "
                "it belongs to another model"
            )
        if not _is_finite(given):
            raise CheckpointError(f"{source}: {name} holds infinities or NaN: get it again")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(loaded[name])


def _is_finite(tensor: Tensor) -> bool:
    """Whether all numbers are, found in one pass that makes no other tensor."""
    if not tensor.is_floating_point() or not tensor.numel():
        return True
    return all(bool(torch.isfinite(bound)) for bound in tensor.aminmax())


def first_line(error: BaseException) -> str:
    """What an error says, shortened to a line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
