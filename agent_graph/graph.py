"""The agent: one state machine, on one screen.

START -> begin -> coordinate -> validate -> (approve) -> execute -> coordinate -> ... -> answer (END)
                   ^      |         |
                   |      |         +-- refused too often --> give_up -> END
                   |      +-- one plan too many ------------> give_up -> END
                   +--------- refused

An input that adds nothing to an answered thread ends at begin; a plan that never ran goes on at validate.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.types import Checkpointer

from ..motion_models.backends.protocol import MotionBackend
from ..tools.memory import MotionMemory
from ..tools.services import Services
from ..tools.toolbox import bind_services, make_services
from .config import AgentConfig
from .coordinators.create import Coordinators
from .nodes import Nodes
from .run_settings import OwnContext, RunSettings
from .state import AgentState, Conversation, Turn

#: What `create_motion_agent` makes. Its runs may share any context with a parent graph; see RunSettings.
MotionAgent = CompiledStateGraph[AgentState, RunSettings, Turn, Conversation]

#: The node that ends a turn whose plans keep failing.
GIVE_UP = "give_up"


def create_motion_agent(
    config: AgentConfig | None = None,
    *,
    model: BaseChatModel | str | None = None,
    backend: MotionBackend | str | Path | None = None,
    checkpointer: Checkpointer = None,
    store: BaseStore | None = None,
) -> MotionAgent:
    """The motion agent as a compiled LangGraph graph.

    model: the coordinator (None: what `config.coordinator` names). backend: a `MotionBackend` or what
    `load_backend` takes (None: `config.backend`, else the weights that ship). checkpointer: keeps threads
    between turns, best made with `serde=serializer()` (None: every call stands alone). store: keeps motions
    where the run that is under way has no store of its own, such as a parent graph's (None: in this process).
    Warns where threads would outlive their motions.

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
    if backend is None or isinstance(backend, (str, Path)):
        source = config.backend if backend is None else backend
        from ..motion_models import load_backend

        backend = load_backend(source, **config.backend_options.model_dump())
    return make_services(
        backend,
        MotionMemory(store),
        output_folder=Path(config.output_folder),
        input_folder=Path(config.input_folder),
        max_seconds=config.max_seconds,
        max_people=config.max_people,
        max_file_megabytes=config.max_file_megabytes,
        body=config.body,
        bone_names=config.bone_names,
    )


def build_graph(
    config: AgentConfig,
    services: Services,
    model: BaseChatModel | None,
    checkpointer: Checkpointer,
    store: BaseStore | None,
) -> MotionAgent:
    """The graph over services that are there already; the rest as in `create_motion_agent`."""
    _warn_of_motions_that_are_lost(checkpointer, store)
    tools = bind_services(services)
    nodes = Nodes(Coordinators(config, services.backend.repertoire, tools, model), services)

    graph = StateGraph(AgentState, input_schema=Turn, output_schema=Conversation, context_schema=OwnContext)
    graph.add_node("begin", nodes.begin)
    graph.add_node("coordinate", RunnableLambda(nodes.coordinate, nodes.acoordinate, name="coordinate"))
    graph.add_node("validate", nodes.validate)
    graph.add_node("approve", nodes.approve)
    graph.add_node("execute", nodes.execute)
    graph.add_node(GIVE_UP, nodes.give_up)

    graph.add_edge(START, "begin")
    graph.add_conditional_edges(
        "begin", nodes.after_begin, {"coordinate": "coordinate", "validate": "validate", "answered": END}
    )
    graph.add_conditional_edges(
        "coordinate", nodes.after_coordinate, {"validate": "validate", "answer": END, GIVE_UP: GIVE_UP}
    )
    graph.add_conditional_edges(
        "validate", nodes.after_validate, ["approve", "execute", "coordinate", GIVE_UP]
    )
    graph.add_conditional_edges("approve", nodes.after_approve, ["execute", "coordinate"])
    graph.add_edge("execute", "coordinate")
    graph.add_edge(GIVE_UP, END)
    agent: Any = graph.compile(checkpointer=checkpointer, store=store, name="motion_agent")
    return agent  # whose context is typed as what a run writes, not as what LangGraph makes of it


def _warn_of_motions_that_are_lost(checkpointer: Checkpointer, store: BaseStore | None) -> None:
    """A thread that is opened again needs its motions too, not only its messages."""
    lasts = isinstance(checkpointer, BaseCheckpointSaver) and not isinstance(checkpointer, InMemorySaver)
    if lasts and (store is None or isinstance(store, InMemoryStore)):
        warnings.warn(
            f"threads are kept by {type(checkpointer).__name__}, but motions only in this process: opened "
            "again, a thread will not find them. Give create_motion_agent a store that lasts, too "
            "(SqliteStore, PostgresStore)",
            stacklevel=3,
        )
