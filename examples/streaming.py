"""Asynchronous use: progress while motions are made, and the state when all is done."""

from __future__ import annotations

import asyncio
from typing import Any

from motion_agent.agent_graph import create_motion_agent


async def talk() -> list[dict[str, Any]]:
    agent = create_motion_agent()
    asked = {"messages": [("user", "a person walks forward, then waves")]}
    events: list[dict[str, Any]] = []
    async for mode, chunk in agent.astream(asked, stream_mode=["custom", "values"]):
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
