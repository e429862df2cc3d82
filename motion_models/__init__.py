"""Motion in and out of tokens and text: features, tokenizer, MotionLLM, backends and file formats.

Names are imported on first use, so that a light command does not load torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import features
from .backend import Interpretation, MotionBackend, load_backend
from .errors import (
    BackendError,
    CheckpointError,
    FormatError,
    InvalidMotionError,
    InvalidRequestError,
    MotionAgentError,
    UnknownActionError,
)
from .motion import Motion, Segment

if TYPE_CHECKING:
    from .motion_llm import MotionLLM
    from .tokenizer import MotionTokenizer

__all__ = [
    "BackendError",
    "CheckpointError",
    "FormatError",
    "Interpretation",
    "InvalidMotionError",
    "InvalidRequestError",
    "Motion",
    "MotionAgentError",
    "MotionBackend",
    "MotionLLM",
    "MotionTokenizer",
    "Segment",
    "UnknownActionError",
    "features",
    "load_backend",
]

_LAZY = {"MotionLLM": ".motion_llm", "MotionTokenizer": ".tokenizer"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
