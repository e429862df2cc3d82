"""The whole motion agent as ONE tool of another agent, which asks for motion in plain words."""

from __future__ import annotations

from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import create_motion_agent, serializer
from scripted import Scripted, calls

animator = create_motion_agent(checkpointer=InMemorySaver(serde=serializer()))


@tool
def ask_animator(request: str) -> str:
    """Ask an animator, in plain words, to make or change a human motion; it remembers what it made."""
    state = animator.invoke({"messages": [("user", request)]}, {"configurable": {"thread_id": "studio"}})
    return state["messages"][-1].text


def main() -> dict[str, Any]:
    director = Scripted.of(
        calls(("ask_animator", {"request": "a person walks forward for 3 seconds"})),
        calls(("ask_animator", {"request": "make it slower"})),
        AIMessage("The walk is ready, and slow."),
    )
    asked = {"role": "user", "content": "a slow walk, please"}
    state = create_agent(director, [ask_animator]).invoke({"messages": [asked]})
    for message in state["messages"]:
        if message.type == "tool":
            print(message.text)
    return state


if __name__ == "__main__":
    main()
