"""A program of somebody else that uses this package: pyright and mypy have nothing to say of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import motion_agent
import numpy as np
import torch
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from motion_agent.agent_graph import (
    AgentConfig,
    ConfigError,
    CoordinatorError,
    create_motion_agent,
    serializer,
)
from motion_agent.agent_graph.conversations.persistence import open_memory
from motion_agent.agent_graph.conversations.session import Session
from motion_agent.motion_models import Motion, load_backend, skeleton
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.tools import MotionMemory, MotionRef, create_motion_tools, render_motion


def talk(model: BaseChatModel) -> str:
    """A conversation, its state, and a plan that waits for a word."""
    saver = InMemorySaver(serde=serializer())
    config, store = AgentConfig(approve_above=10), InMemoryStore()
    agent = create_motion_agent(config, model=model, checkpointer=saver, store=store)
    thread = {"configurable": {"thread_id": "t", "user_id": "ann"}}
    state = agent.invoke({"messages": [("user", "a person walks")]}, {"configurable": thread["configurable"]})
    refs: dict[str, MotionRef] = state["motions"]
    current: str | None = state["current"]
    agent.invoke({"messages": [{"role": "user", "content": "make it slower"}], "current": current})
    agent.invoke({"messages": [HumanMessage("undo that")]}, context={"seed": 7, "mode": "tools"})
    agent.invoke(Command(resume={"approved": False, "reason": "too long"}))
    agent.update_state({"configurable": {"thread_id": "t"}}, {"current": None})
    seconds = [part.end - part.start for ref in refs.values() for part in ref.segments]
    return f"{state['messages'][-1].text} {sum(seconds)} {motion_agent.__version__}"


async def stream() -> AsyncIterator[Any]:
    config = AgentConfig(
        coordinator="openai:gpt-4.1", api_key="sk-...", fallbacks=["offline"], output_folder="out"
    )
    agent = motion_agent.create_motion_agent(config, model="openai:gpt-4.1-mini", backend=Path("weights"))
    async for event in agent.astream({"messages": [("user", "a person jumps")]}, stream_mode="custom"):
        yield event
    await agent.ainvoke({"messages": [AIMessage("make a walk")]})


@dataclass
class Shared:
    tenant: str


def embed() -> list[BaseTool]:
    """The agent as a node, as a tool, and its tools in another agent."""
    agent = create_motion_agent(AgentConfig.load(memory="memory"))
    graph = StateGraph(MessagesState, context_schema=Shared)
    graph.add_node("motion", agent)
    graph.add_edge(START, "motion")
    graph.compile().invoke({"messages": [HumanMessage("walk")]}, context=Shared("acme"))

    @tool
    def animate(request: str) -> str:
        """Make a motion."""
        return str(agent.invoke({"messages": [("user", request)]})["messages"][-1].content)

    tools = create_motion_tools(load_backend(), MotionMemory(), output_folder="out", raise_errors=True)
    create_agent("openai:gpt-4.1", [*tools, animate])
    return tools


def move() -> np.ndarray:
    """Motion without any agent."""
    backend = load_backend(device="cpu")
    tokens: list[torch.LongTensor] = backend.generate(["a person waves"], seconds=4, seed=1)
    motion = Motion.from_features(backend.decode(tokens[0]), caption="wave")
    save_motion(motion, "wave.glb")
    joints = skeleton.retarget(load_motion("wave.bvh").joints)
    memory = MotionMemory(InMemoryStore())
    shown = render_motion(memory, backend, "m2k7p", user="ann")
    words: list[str] = backend.caption(tokens)
    print(words, shown.joints.shape, memory.get("ann", "m2k7p").seconds)
    return joints


def keep() -> str:
    try:
        with open_memory("sqlite:motions.sqlite") as memory:
            create_motion_agent(checkpointer=memory.checkpointer, store=memory.store)
        with Session.start(AgentConfig(), thread="demo") as session:
            turn = session.say("a person walks")
            return turn.answer + ", ".join(ref.name for ref in turn.new)
    except (ConfigError, CoordinatorError) as error:
        return str(error)
