"""The motion agent in a swarm (langgraph-swarm): a receptionist hands the talk over, and it stays."""

from __future__ import annotations

from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph_swarm import create_handoff_tool, create_swarm
from motion_agent.agent_graph import create_motion_agent, serializer
from scripted import Scripted, calls

THREAD: Any = {"configurable": {"thread_id": "studio"}}


def main() -> dict[str, Any]:
    receptionist = create_agent(
        Scripted.of(calls(("transfer_to_motion_agent", {})), AIMessage("Bye.")),
        [create_handoff_tool(agent_name="motion_agent")],
        name="receptionist",
    )
    agents: list[Any] = [receptionist, create_motion_agent()]
    swarm = create_swarm(agents, default_active_agent="receptionist")
    studio = swarm.compile(checkpointer=InMemorySaver(serde=serializer()))
    state: dict[str, Any] = {}
    for text in ("a person walks forward for 2 seconds", "make it 4 seconds long"):
        state = studio.invoke({"messages": [("user", text)]}, THREAD)
        print(state["messages"][-1].text)
    return state


if __name__ == "__main__":
    main()
