"""The motion tools, and the motion agent as a subagent, in a deep agent (deepagents)."""

from __future__ import annotations

from typing import Any

from deepagents import create_deep_agent
from langchain_core.messages import AIMessage, HumanMessage
from motion_agent.agent_graph import create_motion_agent
from motion_agent.tools import create_motion_tools
from scripted import Scripted, calls


def main() -> dict[str, Any]:
    model = Scripted.of(  # in your program: ChatAnthropic(...), ...
        calls(("generate_motion", {"description": "a person jumps", "seconds": 2})),
        calls(("task", {"description": "a person waves for 2 seconds", "subagent_type": "animator"})),
        AIMessage("A jump, and a wave from the animator."),
    )
    animator: Any = {
        "name": "animator",
        "description": "Makes and edits human motion from plain words.",
        "runnable": create_motion_agent(),
    }
    agent = create_deep_agent(model=model, tools=create_motion_tools(), subagents=[animator])
    state = agent.invoke({"messages": [HumanMessage("a jump, and a wave")]})
    for message in state["messages"]:
        if message.type == "tool":
            print(message.text)
    return state


if __name__ == "__main__":
    main()
