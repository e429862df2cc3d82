"""The conversational motion agent: a LangGraph state machine over typed tools.

Names are imported when they are first used, so that a light command (`motion-agent --help`) starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import AgentConfig
    from .errors import ConfigError, CoordinatorError, PlanError
    from .graph import create_motion_agent
    from .hosts.middleware import MotionMiddleware, MotionToolkit
    from .plan import MotionPlan
    from .state import serializer

_HOMES = {
    "AgentConfig": "config",
    "ConfigError": "errors",
    "CoordinatorError": "errors",
    "MotionMiddleware": "hosts.middleware",
    "MotionPlan": "plan",
    "MotionToolkit": "hosts.middleware",
    "PlanError": "errors",
    "create_motion_agent": "graph",
    "serializer": "state",
}

__all__ = [
    "AgentConfig",
    "ConfigError",
    "CoordinatorError",
    "MotionMiddleware",
    "MotionPlan",
    "MotionToolkit",
    "PlanError",
    "create_motion_agent",
    "serializer",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
