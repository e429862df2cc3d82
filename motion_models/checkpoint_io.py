"""Strict reading and writing of weight files: every misfit is a CheckpointError that says what to do."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .errors import CheckpointError


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} is missing: is this the folder of a trained model?") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not readable JSON: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} must hold a JSON object")
    return value


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file."""
    if not path.is_file():
        raise CheckpointError(f"weights are missing: {path} does not exist; copy or train them again")
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            f"{path} is truncated or no safetensors file ({error}); copy it again"
        ) from error


def save_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: value.contiguous() for name, value in tensors.items()}, path)


def load_torch_archive(path: Path) -> Any:
    """Read a torch.save file without running any code in it."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"weights are missing: {path} does not exist") from error
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path} is truncated or no plain tensor archive ({reason})") from error


def strict_load(module: nn.Module, tensors: dict[str, Tensor], source: Path) -> None:
    """Load a state dict into `module`; missing, surplus or misshapen tensors raise CheckpointError."""
    expected = module.state_dict()
    missing, surplus = expected.keys() - tensors.keys(), tensors.keys() - expected.keys()
    if missing or surplus:
        raise CheckpointError(
            f"{source} does not fit the model: "
            f"{len(missing)} tensors missing {sorted(missing)[:3]}, "
            f"{len(surplus)} unknown {sorted(surplus)[:3]}"
        )
    for name, value in expected.items():
        if tensors[name].shape != value.shape:
            raise CheckpointError(
                f"{source}: {name} has shape {tuple(tensors[name].shape)}, "
                f"the model needs {tuple(value.shape)}"
            )
    module.load_state_dict(tensors)
