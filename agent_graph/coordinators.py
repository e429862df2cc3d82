"""The one function that turns configuration into a coordinator (a LangChain chat model)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langgraph.errors import GraphBubbleUp

from ..motion_models.errors import MotionAgentError
from .config import OFFLINE, AgentConfig
from .errors import CoordinatorError

#: Sent to servers of the user's own, which ask for no key but whose client insists on one.
NO_KEY = "not-needed"


def make_coordinator(config: AgentConfig, repertoire: Sequence[str]) -> BaseChatModel:
    """The chat model a configuration names.

    "offline" is built in; everything else is "provider:model" as `init_chat_model` knows it, reached at
    `config.base_url` when that is set. Raises CoordinatorError when it is unknown or not set up.
    """
    if config.coordinator == OFFLINE:
        from .offline import OfflineCoordinator

        return OfflineCoordinator(repertoire=list(repertoire))
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(config.coordinator, **_options(config))
    except ImportError as error:
        raise CoordinatorError(f"coordinator {config.coordinator}: {_line(error)}") from error
    except Exception as error:
        raise CoordinatorError(
            f"coordinator {config.coordinator} cannot be set up: {_line(error)}"
        ) from error


def label_of(config: AgentConfig, model: BaseChatModel | None = None) -> str:
    """What errors call the coordinator: the class of a model that was given, else what is configured."""
    if model is not None:
        return f"coordinator {type(model).__name__}"
    return f"coordinator {config.coordinator}" + (f" at {config.base_url}" if config.base_url else "")


def with_tools(
    model: BaseChatModel, tools: Sequence[BaseTool], label: str
) -> Runnable[LanguageModelInput, AIMessage]:
    """The model with the tools bound. Raises CoordinatorError for one that cannot call tools."""
    try:
        return model.bind_tools(tools)
    except NotImplementedError as error:
        raise CoordinatorError(
            f"{label} cannot call tools, which the agent works by: use a chat model that supports tool calls "
            f'(one whose bind_tools is implemented), or coordinator "{OFFLINE}"'
        ) from error


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
    options: dict[str, Any] = {"timeout": config.timeout, "max_retries": config.max_retries}
    if config.temperature is not None:
        options["temperature"] = config.temperature
    if config.base_url is not None:
        options |= {"base_url": config.base_url, "api_key": NO_KEY}
    if config.api_key is not None:
        options["api_key"] = config.api_key.get_secret_value()
    return options


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
