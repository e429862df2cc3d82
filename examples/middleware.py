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


def main(backend: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    model = Scripted.of(
        calls(("generate_motion", {"description": "a person walks", "seconds": 2, "name": "stroll"})),
        AIMessage("Here is the walk."),
        calls(("edit_motion", {"motion_id": "stroll", "operations": [{"op": "mirror"}]})),
        AIMessage("Mirrored."),
    )
    summaries = Scripted.of(*[AIMessage("They made a motion called stroll.")] * 2)
    agent = create_agent(
        model,
        create_motion_tools(backend, raise_errors=True),  # what fails raises, so it can be tried again
        middleware=[
            HumanInTheLoopMiddleware(interrupt_on={"generate_motion": True}),
            ToolRetryMiddleware(max_retries=2, initial_delay=0.0, jitter=False),
            SummarizationMiddleware(summaries, trigger=("messages", 5), keep=("messages", 2)),
        ],
        checkpointer=InMemorySaver(serde=serializer()),
    )
    asked = agent.invoke({"messages": [HumanMessage("a walk")]}, THREAD)
    print(asked["__interrupt__"][0].value["action_requests"])
    made = agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), THREAD)
    print(made["messages"][-1].text)
    later = agent.invoke(
        {"messages": [HumanMessage("mirror it")]}, THREAD
    )  # the motion outlives the messages
    print(*(message.text for message in later["messages"]), sep="\n")
    return made, later


if __name__ == "__main__":
    main()
