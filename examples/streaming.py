"""Asynchronous use: progress while motions are made, and the state when all is done."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from motion_agent.agent_graph import create_motion_agent
from motion_agent.agent_graph.state import Turn


async def talk() -> list[dict[str, Any]]:
    agent = create_motion_agent()
    events: list[dict[str, Any]] = []
    state: dict[str, Any] = {}
    asked: Turn = {"messages": [("user", "a person walks forward, then waves")]}
    async for part in agent.astream(asked, stream_mode=["custom", "values"]):
        mode, chunk = cast("tuple[str, dict[str, Any]]", part)
        if mode == "custom":
            # {"event": "planned", ...}, {"event": "generating", ...}, {"event": "done", ...}; the seconds of
            # a plan are an estimate where no length was asked for, because the model chooses one.
            print(chunk)
            events.append(chunk)
        else:
            state = chunk
    print(state["messages"][-1].text)
    return events


def main() -> list[dict[str, Any]]:
    return asyncio.run(talk())


if __name__ == "__main__":
    main()
