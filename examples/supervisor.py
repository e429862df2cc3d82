"""The motion agent as a worker under a supervisor (langgraph-supervisor), which hands the request over."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langgraph_supervisor import create_supervisor
from motion_agent.agent_graph import create_motion_agent
from scripted import Scripted, calls


def main() -> dict[str, Any]:
    model = Scripted.of(  # in your program: ChatOpenAI(...), ...
        calls(("transfer_to_motion_agent", {})),
        AIMessage("The walk is ready."),
    )
    workers: list[Any] = [create_motion_agent()]
    studio = create_supervisor(workers, model=model, output_mode="full_history").compile()
    state = studio.invoke({"messages": [("user", "a person walks forward for 2 seconds")]})
    for message in state["messages"]:
        print(f"{message.type}: {message.text}")
    return state


if __name__ == "__main__":
    main()
