"""A person looks at every plan before it runs: they may agree, decline, or change it."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from motion_agent.agent_graph import AgentConfig, create_motion_agent, serializer


def main() -> dict[str, Any]:
    config = AgentConfig(approve_above=0)  # plans of more than so many seconds of motion wait; 0: every plan
    agent = create_motion_agent(config, checkpointer=InMemorySaver(serde=serializer()))
    settings: Any = {"configurable": {"thread_id": "demo"}}
    waiting = agent.invoke({"messages": [("user", "a person walks for 20 seconds")]}, settings)
    [pause] = waiting["__interrupt__"]
    print("waits for approval:", pause.value["plan"])

    [step] = pause.value["plan"]["steps"]
    step["arguments"]["segments" if "segments" in step["arguments"] else "seconds"] = 4
    state = agent.invoke(Command(resume={"plan": {"steps": [step]}}), settings)
    print(state["messages"][-1].text)
    return state


if __name__ == "__main__":
    main()
