"""Talk to a machine and get human motion.

    from motion_agent import create_motion_agent
    agent = create_motion_agent()
    agent.invoke({"messages": [("user", "a person walks forward and then sits down")]})

The parts: `motion_agent.agent_graph` (the agent), `motion_agent.tools` (its tools for other agents),
`motion_agent.motion_models` (motion, text and tokens), `motion_agent.evals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from .agent_graph import AgentConfig, create_motion_agent
    from .motion_models import load_backend
    from .tools import create_motion_tools

__all__ = ["AgentConfig", "__version__", "create_motion_agent", "create_motion_tools", "load_backend"]

_HOMES = {
    "AgentConfig": "agent_graph",
    "create_motion_agent": "agent_graph",
    "create_motion_tools": "tools",
    "load_backend": "motion_models",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("motion-agent")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
