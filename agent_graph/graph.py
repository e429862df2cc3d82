"""The agent: one state machine, on one screen.

START -> coordinate -> validate -> (approve) -> execute -> coordinate -> ... -> answer (END)
          ^      |         |
          |      |         +-- refused too often --> give_up -> END
          |      +-- one plan too many ------------> give_up -> END
          +--------- refused
"""

from __future__ import annotations

from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Checkpointer

from ..motion_models.backends.protocol import MotionBackend
from ..tools.memory import MotionMemory
from ..tools.services import Services
from ..tools.toolbox import bind_services, make_services
from .config import AgentConfig
from .coordinators.create import Coordinators, RunSettings
from .nodes import Nodes
from .state import AgentState, Conversation

#: The node that ends a turn whose plans keep failing.
GIVE_UP = "give_up"


def create_motion_agent(
    config: AgentConfig | None = None,
    *,
    model: BaseChatModel | str | None = None,
    backend: MotionBackend | str | Path | None = None,
    checkpointer: Checkpointer = None,
    store: BaseStore | None = None,
) -> CompiledStateGraph[AgentState, RunSettings, Conversation, Conversation]:
    """The motion agent as a compiled LangGraph graph.

    model: the coordinator, or its name (None: what `config.coordinator` names). backend: a `MotionBackend`
    or what `load_backend` takes (None: `config.backend`, else the weights that ship). checkpointer: keeps
    threads between turns, best made with `serde=serializer()` (None: every call stands alone). store: keeps
    motions (None: in this process).

    Invoke it with {"messages": [...]} and {"configurable": {"thread_id": ..., "user_id": ...}}; the state
    that comes back has "messages", "motions" (id -> MotionRef) and "current" (id or None).
    """
    config = AgentConfig.load() if config is None else config
    if isinstance(model, str):
        config, model = config.changed(coordinator=model), None
    return build_graph(config, services_of(config, backend, store), model, checkpointer, store)


def services_of(
    config: AgentConfig, backend: MotionBackend | str | Path | None, store: BaseStore | None
) -> Services:
    """What the tools close over by a configuration; `backend` and `store` as in `create_motion_agent`."""
    return make_services(
        config.backend if backend is None else backend,
        MotionMemory(store),
        output_folder=config.output_folder,
        input_folder=config.input_folder,
        max_seconds=config.max_seconds,
        max_people=config.max_people,
    )


def build_graph(
    config: AgentConfig,
    services: Services,
    model: BaseChatModel | None,
    checkpointer: Checkpointer,
    store: BaseStore | None,
) -> CompiledStateGraph[AgentState, RunSettings, Conversation, Conversation]:
    """The graph over services that are there already; the rest as in `create_motion_agent`."""
    tools = bind_services(services)
    nodes = Nodes(Coordinators(config, services.backend.repertoire, tools, model), services)

    graph = StateGraph(
        AgentState, input_schema=Conversation, output_schema=Conversation, context_schema=RunSettings
    )
    graph.add_node("coordinate", RunnableLambda(nodes.coordinate, nodes.acoordinate, name="coordinate"))
    graph.add_node("validate", nodes.validate)
    graph.add_node("approve", nodes.approve)
    graph.add_node("execute", nodes.execute)
    graph.add_node(GIVE_UP, nodes.give_up)

    graph.add_edge(START, "coordinate")
    graph.add_conditional_edges(
        "coordinate", nodes.after_coordinate, {"validate": "validate", "answer": END, GIVE_UP: GIVE_UP}
    )
    graph.add_conditional_edges(
        "validate", nodes.after_validate, ["approve", "execute", "coordinate", GIVE_UP]
    )
    graph.add_conditional_edges("approve", nodes.after_approve, ["execute", "coordinate"])
    graph.add_edge("execute", "coordinate")
    graph.add_edge(GIVE_UP, END)
    return graph.compile(checkpointer=checkpointer, store=store, name="motion_agent")
