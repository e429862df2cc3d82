"""Motion tools for LangChain agents: `create_motion_tools` and the memory they share."""

from .errors import (
    BudgetError,
    EditError,
    ForbiddenPathError,
    SceneError,
    SkippedStepError,
    UnknownMotionError,
)
from .memory import MotionClip, MotionMemory
from .schemas import MotionRef, SegmentRef
from .toolbox import create_motion_tools

__all__ = [
    "BudgetError",
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
]
