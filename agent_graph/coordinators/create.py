"""From configuration to a coordinator (a LangChain chat model), and to one that is asked for plans."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langgraph.errors import GraphBubbleUp
from pydantic import SecretStr

from ...motion_models.errors import MotionAgentError
from ...motion_models.secrets import as_cause, hide, line_of
from ..config import OFFLINE, AgentConfig
from ..errors import ConfigError, CoordinatorError
from ..run_settings import RunSettings
from .asking import Asking
from .modes import schema_tokens, ways_of
from .talk import Question
from .transformers_chat import MOST_TOKENS, LocalCoordinator

#: What the name of a folder with a chat model begins with.
LOCAL = "local:"
#: Headers the client fills from OPENAI_ORG_ID and OPENAI_PROJECT_ID, which concern no other server.
_NAMED_BY_THE_ENVIRONMENT = ("OpenAI-Organization", "OpenAI-Project")
#: Providers whose client must be told to ask for the usage of streamed replies; elsewhere it does so itself,
#: or only at the provider's own address.
REPORTING = ("openai", "azure_openai")
#: How many coordinators an agent keeps that its runs asked for, each with a client of its own.
REMEMBERED = 16
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
        extra = " or motion-agent[openai]" if "openai" in config.coordinator.partition(":")[0] else ""
        raise CoordinatorError(f"coordinator {config.coordinator}: {line_of(error)}{extra}") from error
    except Exception as error:
        reason = HOW_TO_NAME if _names_no_provider(error) else line_of(error)
        raise CoordinatorError(f"coordinator {config.coordinator} cannot be set up: {reason}") from error


def label_of(config: AgentConfig, model: BaseChatModel | None = None) -> str:
    """What errors call the coordinator: the class of a model that was given, else what is configured."""
    if model is not None:
        return f"coordinator {type(model).__name__}"
    return f"coordinator {config.coordinator}" + (f" at {config.base_url}" if config.base_url else "")


def with_temperature(model: BaseChatModel, temperature: float | None, label: str) -> BaseChatModel:
    """A model that was given, at a temperature; None: at its own. Raises ConfigError where it has none."""
    if temperature is None:
        return model
    if "temperature" not in getattr(type(model), "model_fields", {}):
        raise ConfigError(f"{label} has no temperature to set; leave the setting out, or give another model")
    return model.model_copy(update={"temperature": temperature})


def checked_model(model: BaseChatModel) -> BaseChatModel:
    """A model that was given. Raises CoordinatorError for what is none, such as `model.with_retry()`."""
    if hasattr(model, "bind_tools"):
        for value in vars(model).values():
            hide(value.get_secret_value() if isinstance(value, SecretStr) else None)
        return model
    raise CoordinatorError(
        f"{type(model).__name__} is no chat model: give the chat model itself, or its name "
        '("openai:gpt-4.1"); failed calls are tried again by its own max_retries'
    )


class Coordinator(NamedTuple):
    """A coordinator ready to be asked: its settings, what errors call it, and the model with the tools."""

    config: AgentConfig
    label: str
    asked: Runnable[Question, AIMessage]


class Coordinators:
    """The coordinators of one agent: the configured one, and those runs ask for; the last used are kept."""

    def __init__(
        self,
        config: AgentConfig,
        repertoire: Sequence[str],
        tools: Sequence[BaseTool],
        model: BaseChatModel | None = None,
    ) -> None:
        """model: the coordinator when it is given as an object. Raises CoordinatorError."""
        self.config, self._repertoire, self._tools = config, repertoire, tools
        self._model = None if model is None else checked_model(model)
        self._made: OrderedDict[str, Coordinator] = OrderedDict()
        self._lock = Lock()
        self.of(None)

    def of(self, run: RunSettings | None) -> Coordinator:
        """The coordinator of a run. Raises ConfigError and CoordinatorError."""
        asked: dict[str, Any] = {name: value for name, value in (run or {}).items() if name != "seed"}
        if asked.get("coordinator") == self.config.coordinator:
            del asked["coordinator"]
        key = repr(sorted(asked.items()))
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(asked)
            self._made.move_to_end(key)
            if len(self._made) > REMEMBERED:
                self._made.popitem(last=False)
            return self._made[key]

    def seed(self, run: RunSettings | None) -> int | None:
        return (run or {}).get("seed", self.config.seed)

    def _make(self, asked: dict[str, Any]) -> Coordinator:
        model, config = self._model, self.config
        if "coordinator" in asked:
            model, config = None, _at_its_own_address(config, self._allowed(asked.pop("coordinator")))
        config = config.changed(**asked) if asked else config
        label = label_of(config, model)
        if model is not None:
            model = with_temperature(model, config.temperature, label)
        first = self._asking(model or make_coordinator(config, self._repertoire), config, label)
        others = [self._fallback(config, name) for name in config.fallbacks]
        return Coordinator(config, label, first.with_fallbacks(others) if others else first)

    def _allowed(self, name: str) -> str:
        """The operator's entry for a coordinator that a run asks for. Raises ConfigError."""
        entries = {entry.partition("@")[0]: entry for entry in self.config.run_coordinators}
        if name not in entries:
            offered = ", ".join([self.config.coordinator, *entries])
            raise ConfigError(
                f"a run may not ask for coordinator {name}; the operator offers {offered} "
                "(setting run_coordinators)"
            )
        return entries[name]

    def _asking(self, model: BaseChatModel, config: AgentConfig, label: str) -> Asking:
        ways = ways_of(model, self._tools, config.mode, label)
        local = isinstance(model, LocalCoordinator)
        plans_only = local if config.last_word == "auto" else config.last_word == "results"
        if isinstance(model, LocalCoordinator):
            model.read_ahead(ways[0].told(Question([], self._repertoire, plans_only=plans_only)))
        context = config.context or context_of(model)
        return Asking(ways, context, config.max_tokens, schema_tokens(self._tools), plans_only=plans_only)

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


def _at_its_own_address(config: AgentConfig, entry: str) -> AgentConfig:
    """The settings for "provider:model" or "provider:model@http://...": another address, so without the key
    of this one."""
    coordinator, _, url = entry.partition("@")
    return config.changed(coordinator=coordinator, base_url=url or None, api_key=None, fallbacks=())


@contextmanager
def reached(label: str) -> Iterator[None]:
    """Turn what a coordinator's client raises (no server, no key, a timeout, 5xx) into one clear error."""
    try:
        yield
    except (MotionAgentError, GraphBubbleUp):
        raise
    except Exception as error:
        failed = CoordinatorError(f"{label} failed: {type(error).__name__}: {line_of(error)}")
        raise failed from as_cause(error)


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
    if config.base_url is not None:
        at = "azure_endpoint" if provider == "azure_openai" else "base_url"
        options |= {at: config.base_url, "api_key": NO_KEY}
    if config.base_url is not None and provider in REPORTING:
        options["default_headers"] = dict.fromkeys(_NAMED_BY_THE_ENVIRONMENT, "")
    if provider in REPORTING:
        options["stream_usage"] = True
    if config.key is not None:
        options["api_key"] = config.key
    return options


def _names_no_provider(error: Exception) -> bool:
    """Whether `init_chat_model` could not tell the provider; its text speaks of its own arguments."""
    return isinstance(error, ValueError) and "'model_provider'" in str(error)
