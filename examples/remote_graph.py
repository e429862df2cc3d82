"""The agent on a LangGraph server as a graph of your own program; first start `langgraph dev` here."""

from __future__ import annotations

import sys
from typing import Any

from langchain_core.messages import HumanMessage, convert_to_messages
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_sync_client

SERVER = "http://127.0.0.1:2024"


def said(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def main(server: str = SERVER) -> dict[str, Any]:
    with get_sync_client(url=server) as client:
        animator = RemoteGraph("motion_agent", sync_client=client)

        # A conversation: the server keeps its thread and its motions.
        thread: Any = {"configurable": {"thread_id": client.threads.create()["thread_id"]}}
        walk = animator.invoke(said("a person walks for 2 seconds"), thread)
        slower = animator.invoke(said("make it slower"), thread)
        for state in (walk, slower):
            print(state["messages"][-1]["content"], "|", state["motions"][state["current"]]["seconds"], "s")

        # A node of a graph here; each call is a thread of its own.
        def motion(state: MessagesState) -> dict[str, Any]:
            answered = animator.invoke(said(state["messages"][-1].text))
            return {"messages": convert_to_messages(answered["messages"][-1:])}

        graph = StateGraph(MessagesState)
        graph.add_node("motion", motion)
        graph.add_edge(START, "motion")
        answer = graph.compile().invoke({"messages": [HumanMessage("a person jumps")]})
        print(answer["messages"][-1].text)
        return {"walk": walk, "slower": slower, "answer": answer}


if __name__ == "__main__":
    main(*sys.argv[1:])
