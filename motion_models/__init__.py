"""Motion in and out of tokens and text: features, tokenizer, MotionLLM, backends and file formats.

Names are imported on first use, so that a light command does not load torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .backends.load import load_backend
from .backends.protocol import MotionBackend
from .english.interpretation import Interpretation
from .errors import (
    BackendError,
    CheckpointError,
    FormatError,
    InvalidMotionError,
    InvalidRequestError,
    MotionAgentError,
    UnknownActionError,
)
from .motion import features, skeleton
from .motion.motion import Motion, Segment

if TYPE_CHECKING:
    from .language.motion_llm import MotionLLM
    from .tokenizer.tokenizer import MotionTokenizer

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
    "skeleton",
]

_LAZY = {"MotionLLM": ".language.motion_llm", "MotionTokenizer": ".tokenizer.tokenizer"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
