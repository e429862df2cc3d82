"""What a LangGraph server serves: `langgraph.json` names it, here and in programs that use this package.

The settings are those of the machine: `motion-agent.toml` and MOTION_AGENT_... variables. A server keeps
threads and motions itself, so `memory` plays no role here, and its authentication says who the user is.
"""

from __future__ import annotations

import asyncio
from functools import cache

from ..graph import MotionAgent, create_motion_agent


async def motion_agent() -> MotionAgent:
    """The agent of this process. Its weights are read once, beside the loop that answers other requests."""
    return await asyncio.to_thread(_agent)


@cache
def _agent() -> MotionAgent:
    return create_motion_agent()
