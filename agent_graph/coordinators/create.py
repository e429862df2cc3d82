"""From configuration to a coordinator (a LangChain chat model), and to one that is asked for plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langgraph.errors import GraphBubbleUp

from ...motion_models.errors import MotionAgentError
from ..config import OFFLINE, AgentConfig, Mode
from ..errors import ConfigError, CoordinatorError
from .asking import Asking
from .modes import schema_tokens, ways_of
from .talk import Question
from .transformers_chat import MOST_TOKENS, LocalCoordinator

#: What the name of a folder with a chat model begins with.
LOCAL = "local:"
#: What to do about a name that says nothing of who offers the model.
HOW_TO_NAME = f"write provider:model (openai:gpt-4.1), {LOCAL}FOLDER, {LOCAL}FILE.gguf, or {OFFLINE}"
#: Sent to servers of the user's own, which ask for no key but whose client insists on one.
NO_KEY = "not-needed"


def make_coordinator(config: AgentConfig, repertoire: Sequence[str]) -> BaseChatModel:
    """The chat model a configuration names.

    "offline" is built in, "local:FOLDER" or "local:FILE.gguf" runs here; everything else is "provider:model"
    as `init_chat_model` knows it, reached at `config.base_url` when that is set. Raises CoordinatorError when
    it is unknown or not set up.
    """
    if config.coordinator == OFFLINE:
        from .offline import OfflineCoordinator

        return OfflineCoordinator(repertoire=list(repertoire))
    if config.coordinator.startswith(LOCAL):
        return LocalCoordinator.load(
            config.coordinator.removeprefix(LOCAL),
            temperature=config.temperature or 0.0,
            seed=config.seed,
            max_tokens=min(config.max_tokens, MOST_TOKENS),
        )
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(config.coordinator, **_options(config))
    except ImportError as error:
        raise CoordinatorError(f"coordinator {config.coordinator}: {_line(error)}") from error
    except Exception as error:
        reason = HOW_TO_NAME if _names_no_provider(error) else _line(error)
        raise CoordinatorError(f"coordinator {config.coordinator} cannot be set up: {reason}") from error


def label_of(config: AgentConfig, model: BaseChatModel | None = None) -> str:
    """What errors call the coordinator: the class of a model that was given, else what is configured."""
    if model is not None:
        return f"coordinator {type(model).__name__}"
    return f"coordinator {config.coordinator}" + (f" at {config.base_url}" if config.base_url else "")


class Coordinator(NamedTuple):
    """A coordinator ready to be asked: its settings, what errors call it, and the model with the tools."""

    config: AgentConfig
    label: str
    asked: Runnable[Question, AIMessage]


class RunSettings(TypedDict, total=False):
    """What one run may set anew through the graph's context: `agent.invoke(..., context={...})`.

    A coordinator of its own brings its own address and key; those of the configuration stay behind.
    """

    coordinator: str
    mode: Mode
    base_url: str
    fallbacks: Sequence[str]
    temperature: float
    seed: int


class Coordinators:
    """The coordinators of one agent, each made once: the configured one, and those that runs ask for."""

    def __init__(
        self,
        config: AgentConfig,
        repertoire: Sequence[str],
        tools: Sequence[BaseTool],
        model: BaseChatModel | None = None,
    ) -> None:
        """model: the coordinator when it is given as an object. Raises CoordinatorError."""
        self.config, self._repertoire, self._tools, self._model = config, repertoire, tools, model
        self._made: dict[str, Coordinator] = {}
        self._lock = Lock()
        self.of(None)

    def of(self, run: RunSettings | None) -> Coordinator:
        """The coordinator of a run. Raises ConfigError and CoordinatorError."""
        run = run or {}
        if unknown := sorted(set(run) - RunSettings.__annotations__.keys()):
            known = ", ".join(RunSettings.__annotations__)
            raise ConfigError(f"a run cannot set {', '.join(unknown)}; it can set: {known}")
        asked = {name: value for name, value in run.items() if name != "seed"}
        key = repr(sorted(asked.items()))
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(asked)
            return self._made[key]

    def seed(self, run: RunSettings | None) -> int | None:
        return (run or {}).get("seed", self.config.seed)

    def _make(self, asked: dict[str, Any]) -> Coordinator:
        model = self._model
        if "coordinator" in asked:
            model, asked = None, {"base_url": None, "api_key": None, "fallbacks": ()} | asked
        config = self.config.changed(**asked) if asked else self.config
        label = label_of(config, model)
        first = self._asking(model or make_coordinator(config, self._repertoire), config, label)
        others = [self._fallback(config, name) for name in config.fallbacks]
        return Coordinator(config, label, first.with_fallbacks(others) if others else first)

    def _asking(self, model: BaseChatModel, config: AgentConfig, label: str) -> Asking:
        ways = ways_of(model, self._tools, config.mode, label)
        context = config.context or context_of(model)
        return Asking(ways, context, config.max_tokens, schema_tokens(self._tools))

    def _fallback(self, config: AgentConfig, name: str) -> Asking:
        coordinator, _, url = name.partition("@")
        config = config.changed(
            coordinator=coordinator, base_url=url or None, api_key=None, fallbacks=(), mode="auto"
        )
        return self._asking(make_coordinator(config, self._repertoire), config, label_of(config))


def context_of(model: BaseChatModel) -> int | None:
    """The tokens a model can read and write, as far as it is known."""
    if isinstance(model, LocalCoordinator):
        return model.context
    most = (model.profile or {}).get("max_input_tokens")
    return most if isinstance(most, int) else None


@contextmanager
def reached(config: AgentConfig, label: str) -> Iterator[None]:
    """Turn what a coordinator's client raises (no server, no key, a timeout, 5xx) into one clear error."""
    try:
        yield
    except (MotionAgentError, GraphBubbleUp):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {_line(error)}"
        if config.api_key is not None:  # servers quote the key they refuse
            reason = reason.replace(config.api_key.get_secret_value(), "***")
        raise CoordinatorError(f"{label} failed: {reason}") from error


def _options(config: AgentConfig) -> dict[str, Any]:
    """Keyword arguments for the client. A key of the environment never goes to a server of one's own."""
    options: dict[str, Any] = {
        "timeout": config.timeout,
        "max_retries": config.max_retries,
        "max_tokens": config.max_tokens,
    }
    provider, _, deployment = config.coordinator.partition(":")
    if provider == "azure_openai":
        options |= {"azure_deployment": deployment}
        if config.api_version is not None:
            options["api_version"] = config.api_version
    if config.temperature is not None:
        options["temperature"] = config.temperature
    if provider == "azure_openai" and config.base_url is not None:
        options["azure_endpoint"] = config.base_url
    elif config.base_url is not None:
        options |= {"base_url": config.base_url, "api_key": NO_KEY}
    if config.api_key is not None:
        options["api_key"] = config.api_key.get_secret_value()
    return options


def _names_no_provider(error: Exception) -> bool:
    """Whether `init_chat_model` could not tell the provider; its text speaks of its own arguments."""
    return isinstance(error, ValueError) and "'model_provider'" in str(error)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
