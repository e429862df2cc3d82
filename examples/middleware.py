"""The motion tools under LangChain's middleware: a person's approval, retries, summaries."""

from __future__ import annotations

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    HumanInTheLoopMiddleware,
    SummarizationMiddleware,
    ToolRetryMiddleware,
)
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from motion_agent.agent_graph import serializer
from motion_agent.tools import create_motion_tools
from scripted import Scripted, calls

THREAD: Any = {"configurable": {"thread_id": "studio"}}


def main(backend: Any = None) -> dict[str, Any]:
    model = Scripted.of(
        calls(("generate_motion", {"description": "a person walks", "seconds": 2})),
        AIMessage("Here is the walk."),
    )
    agent = create_agent(
        model,
        create_motion_tools(backend, raise_errors=True),  # what fails raises, so it can be tried again
        middleware=[
            HumanInTheLoopMiddleware(interrupt_on={"generate_motion": True}),
            ToolRetryMiddleware(max_retries=2, initial_delay=0.0, jitter=False),
            SummarizationMiddleware(Scripted.of(AIMessage("They talked.")), trigger=("messages", 50)),
        ],
        checkpointer=InMemorySaver(serde=serializer()),
    )
    asked = agent.invoke({"messages": [HumanMessage("a walk")]}, THREAD)
    print(asked["__interrupt__"][0].value["action_requests"])
    state = agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), THREAD)
    print(state["messages"][-1].text)
    return state


if __name__ == "__main__":
    main()
