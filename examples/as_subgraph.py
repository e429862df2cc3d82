"""The motion agent as one node of a larger LangGraph graph."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from motion_agent.agent_graph import create_motion_agent


class Story(MessagesState):
    scenes: list[str]


def main() -> dict[str, Any]:
    motion_agent = create_motion_agent()

    def write(state: Story) -> dict[str, object]:
        """Stands for an agent of your own that decides what is to be shown."""
        return {"scenes": ["a person walks forward, then sits down"]}

    def brief(state: Story) -> dict[str, object]:
        return {"messages": [HumanMessage(state["scenes"][-1])]}

    graph = StateGraph(Story)
    graph.add_node("write", write)
    graph.add_node("brief", brief)
    graph.add_node("motion", motion_agent)  # shares "messages" with its parent
    graph.add_edge(START, "write")
    graph.add_edge("write", "brief")
    graph.add_edge("brief", "motion")
    graph.add_edge("motion", END)
    state = graph.compile().invoke({"messages": [], "scenes": []})
    print(state["messages"][-1].text)
    return state


if __name__ == "__main__":
    main()
