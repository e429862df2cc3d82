"""Who is examined: a coordinator by its settings, or any compiled LangGraph agent by its import path."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.store.memory import InMemoryStore

from ...agent_graph.config import AgentConfig
from ...agent_graph.coordinators.create import LOCAL, make_coordinator
from ...agent_graph.graph import create_motion_agent
from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.errors import InvalidRequestError

#: Settings that come along, to be named without their path.
COORDINATORS = Path(__file__).with_name("coordinators")


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in one currency."""

    input: float = 0.0
    output: float = 0.0


@dataclass(frozen=True)
class Subject:
    """One column of the comparison.

    settings: of `AgentConfig`. agent: "module:attribute", a compiled graph or a function that returns one.
    price: None where nobody said what tokens cost.
    """

    label: str
    settings: dict[str, Any] = field(default_factory=dict)
    agent: str | None = None
    price: Price | None = None

    def build(
        self, backend: MotionBackend, workspace: Path, *, seed: int = 0, keep_model: bool = False
    ) -> Any:
        """A fresh agent that reads from `workspace` and writes to a folder in it; one given is itself.

        keep_model: a chat model that runs in this process stays loaded for the next agent.
        """
        if self.agent is not None:
            return _imported(self.agent)
        folders = {"input_folder": workspace, "output_folder": workspace / "written"}
        config = AgentConfig.load(**{"seed": seed} | self.settings | folders)
        kept = keep_model and config.coordinator.startswith(LOCAL)
        model = (
            _loaded(config.coordinator, config.temperature, config.seed, config.max_tokens) if kept else None
        )
        return create_motion_agent(config, model=model, backend=backend, store=InMemoryStore())


@lru_cache(maxsize=1)
def _loaded(name: str, temperature: float | None, seed: int | None, max_tokens: int) -> BaseChatModel:
    """The local chat model that was asked for last, with what it has read of its prompt."""
    config = AgentConfig(coordinator=name, temperature=temperature, seed=seed, max_tokens=max_tokens)
    return make_coordinator(config, [])


def coordinator(text: str) -> Subject:
    """ "offline", "provider:model", "provider:model@http://server/v1", or a TOML file of settings.

    A file of `coordinators` beside this module may be given by its name: "llama-3.1-8b".
    Such a file holds fields of `AgentConfig` and, if one likes, label and [price] input, output.
    """
    if (shipped := COORDINATORS / f"{text}.toml").is_file():
        return _from_file(shipped)
    if text.endswith(".toml"):
        return _from_file(Path(text))
    name, _, address = text.partition("@")
    settings = {"coordinator": name} | ({"base_url": address} if address else {})
    return Subject(text, settings, price=Price() if text == "offline" else None)


def agent(path: str) -> Subject:
    return Subject(path, agent=path)


def _from_file(path: Path) -> Subject:
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
        price = settings.pop("price", None)
        return Subject(settings.pop("label", path.stem), settings, price=Price(**price) if price else None)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise InvalidRequestError(f"{path} holds no settings of a coordinator: {error}") from error


def _imported(path: str) -> Any:
    module, _, attribute = path.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidRequestError(f"--agent {path}: there is no such module:attribute ({error})") from error
    made = found if hasattr(found, "stream") else _called(found, path)
    if not hasattr(made, "get_state"):
        raise InvalidRequestError(f"--agent {path} is no compiled LangGraph agent but {type(made).__name__}")
    return made


def _called(found: Callable[[], Any], path: str) -> Any:
    if not callable(found):
        raise InvalidRequestError(f"--agent {path} is neither an agent nor a function that makes one")
    return found()
