"""The motion tools in an agent made by langchain.agents.create_agent, with any chat model."""

from __future__ import annotations

from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage
from motion_agent.tools import create_motion_tools
from scripted import Scripted, calls


def main() -> dict[str, Any]:
    model = Scripted.of(  # in your program: "openai:gpt-4.1", ChatOpenAI(...), ...
        calls(("generate_motion", {"description": "a person jumps", "seconds": 2, "name": "leap"})),
        calls(("edit_motion", {"motion_id": "leap", "operations": [{"op": "repeat", "times": 2}]})),
        AIMessage("Here are two jumps."),
    )
    agent = create_agent(model, create_motion_tools())
    asked = {"role": "user", "content": "jump twice"}
    state = agent.invoke({"messages": [asked]}, {"configurable": {"thread_id": "demo"}})
    made = [message.artifact for message in state["messages"] if message.type == "tool"]
    for ref in made:
        print(f"{ref.id}: {ref.description}, {ref.seconds:g} s")
    return state


if __name__ == "__main__":
    main()
