"""Motion tools for LangChain agents: `create_motion_tools`, the memory they share, and `render_motion`."""

from .errors import (
    BudgetError,
    EditError,
    ForbiddenPathError,
    SceneError,
    SkippedStepError,
    UnknownMotionError,
)
from .memory import MotionClip, MotionMemory
from .rendering import render_motion
from .schemas import CheckRef, MotionRef, SegmentRef
from .toolbox import create_motion_tools

__all__ = [
    "BudgetError",
    "CheckRef",
    "EditError",
    "ForbiddenPathError",
    "MotionClip",
    "MotionMemory",
    "MotionRef",
    "SceneError",
    "SegmentRef",
    "SkippedStepError",
    "UnknownMotionError",
    "create_motion_tools",
    "render_motion",
]
