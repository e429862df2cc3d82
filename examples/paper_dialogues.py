"""The dialogues of the Motion-Agent paper (figure 1 in style, A.2, A.3) with a scripted coordinator.

The words are ours, the structure is the paper's: generate, extend, edit and ask in one conversation (figure
1); reason about a motion that is given, then generate its continuation (A.2); two people in one scene (A.3).
"""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph import create_motion_agent, serializer
from scripted import Line, Scripted, calls


def hold(requests: list[str], *lines: Line) -> dict[str, Any]:
    agent = create_motion_agent(model=Scripted.of(*lines), checkpointer=InMemorySaver(serde=serializer()))
    state: dict[str, Any] = {}
    for request in requests:
        thread: Any = {"configurable": {"thread_id": "demo"}}
        state = agent.invoke({"messages": [("user", request)]}, thread)
        ref = state["motions"][state["current"]]
        print(f"you> {request}\n{state['messages'][-1].text}  [{ref.id}: {ref.seconds:g} s]")
    return state


def figure_1() -> dict[str, Any]:
    """Generate, extend, edit, ask."""
    edit = {"motion_id": "warm-up", "operations": [{"op": "insert", "description": "a person waves"}]}
    change = {"op": "replace", "segment": 1, "description": "a person runs forward"}
    return hold(
        [
            "a person walks and jumps",
            "let him wave at the end",
            "run instead of walking",
            "what does it show?",
        ],
        calls(
            (
                "compose_sequence",
                {
                    "segments": [
                        {"description": "a person walks forward"},
                        {"description": "a person jumps up"},
                    ],
                    "name": "warm-up",
                },
            )
        ),
        AIMessage("He walks and jumps."),
        calls(("edit_motion", edit)),
        AIMessage("Now he waves at the end."),
        lambda thread: calls(("edit_motion", {"motion_id": _last_motion(thread), "operations": [change]})),
        AIMessage("He runs now, jumps and waves."),
        lambda thread: calls(("caption_motion", {"motion_id": _last_motion(thread)})),
        lambda thread: AIMessage(f"The motion model sees: {thread[-1].text[:200]}"),
    )


def appendix_a2() -> dict[str, Any]:
    """Two turns: what might this person be doing, and what would they do next?"""
    go_on = {"op": "insert", "description": "a person runs forward"}
    walk = ("generate_motion", {"description": "a person sneaks", "seconds": 4, "name": "given"})
    return hold(
        ["here is a motion: what is this person up to?", "and what happens next?"],
        calls(walk, ("caption_motion", {"motion_id": "$1"})),
        AIMessage("Someone moves carefully, as if not to be seen."),
        calls(("edit_motion", {"motion_id": "given", "operations": [go_on]})),
        AIMessage("They are found out and run."),
    )


def appendix_a3() -> dict[str, Any]:
    """Two people: the second one metre in front of the first, turned to face them."""
    people = [
        {"description": "a person waves with the right hand"},
        {"description": "a person waves with the left hand", "theta": 180, "z": 1},
    ]
    return hold(
        ["two people greet each other"],
        calls(("arrange_scene", {"people": people})),
        AIMessage("They face each other and wave."),
    )


def _last_motion(thread: list[Any]) -> str:
    told = (json.loads(message.text) for message in reversed(thread) if message.type == "tool")
    return next(content["motion_id"] for content in told)


def main() -> list[dict[str, Any]]:
    return [figure_1(), appendix_a2(), appendix_a3()]


if __name__ == "__main__":
    main()
