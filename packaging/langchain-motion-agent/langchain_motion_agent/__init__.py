"""Human motion for LangChain agents: `MotionToolkit`, `MotionMiddleware` and the tools of motion-agent."""

from motion_agent.agent_graph import MotionMiddleware, MotionToolkit, create_motion_agent
from motion_agent.tools import create_motion_tools

__all__ = ["MotionMiddleware", "MotionToolkit", "create_motion_agent", "create_motion_tools"]
