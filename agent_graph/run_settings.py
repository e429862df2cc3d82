"""What the caller of a run may set, read from a context of any type.

The caller of a run is not the operator of the agent. Addresses, keys, folders and models that run here are
the operator's; a run may set what `AgentConfig.run_may_set` names, and choose among `run_coordinators`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from difflib import get_close_matches
from typing import Any

from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypedDict

from .config import AgentConfig, Mode
from .errors import ConfigError

#: The key of a shared context under which this agent's settings stand.
OWN_KEY = "motion_agent"
#: What LangGraph puts between a graph and its subgraph in the namespace of a checkpoint.
_SUBGRAPH = "|"


class RunSettings(TypedDict, total=False):
    """What one run may set: `agent.invoke(..., context={"seed": 7})`.

    Where the context is shared with a parent graph they stand together under "motion_agent":
    `context={"tenant": "acme", "motion_agent": {"seed": 7}}`.
    """

    coordinator: str
    mode: Mode
    temperature: float
    seed: int


KNOWN = tuple(RunSettings.__annotations__)


class OwnContext(BaseModel):
    """A context that was given to this agent itself, whatever it holds.

    LangGraph makes one of a mapping in the agent's own `invoke(..., context=...)`, also where that is called
    in a node or a tool of another graph, and not of the context which that graph hands on. So the two can be
    told apart.
    """

    model_config = ConfigDict(extra="allow")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return TypeAdapter(RunSettings).json_schema()


def run_settings(context: Any, run: RunnableConfig, config: AgentConfig) -> RunSettings:
    """The settings of a run, from a context of any type: a mapping, an object, None.

    A graph hands its context on to its subgraphs, so most of what stands there may be somebody else's: of
    such a context only the key "motion_agent" is read; of one given to this agent also settings by their
    plain name.
    Raises ConfigError for settings that are wrong, or that the operator does not leave to runs.
    """
    given_to_us = _given_to_us(context, run)
    found = _own(context if given_to_us is None else given_to_us)
    if given_to_us is not None:
        found = {name: given_to_us[name] for name in KNOWN if name in given_to_us} | found
        _require_no_slip(given_to_us)
    if unknown := sorted(str(name) for name in found if name not in KNOWN):
        raise ConfigError(
            f"a run cannot set {', '.join(unknown)}; it can set: {', '.join(config.run_may_set)}"
        )
    given = {name: value for name, value in found.items() if value is not None}
    if refused := sorted(set(given) - set(config.run_may_set)):
        raise ConfigError(
            f"a run may not set {', '.join(refused)}: the operator of this agent left it "
            f"{', '.join(config.run_may_set) or 'nothing'} (setting run_may_set)"
        )
    _require_values(given)
    return RunSettings(**given)


def _own(context: Any) -> dict[str, Any]:
    """What stands under our own key of a mapping, or our own attribute of an object."""
    own = context.get(OWN_KEY) if isinstance(context, Mapping) else getattr(context, OWN_KEY, None)
    if own is None:
        return {}
    if isinstance(own, Mapping):
        return dict(own)
    if isinstance(own, BaseModel):
        return own.model_dump(exclude_unset=True)
    if is_dataclass(own) and not isinstance(own, type):
        return asdict(own)
    raise ConfigError(f"{OWN_KEY} in the context is a mapping of settings, not {type(own).__name__}")


def _given_to_us(context: Any, run: RunnableConfig) -> Mapping[Any, Any] | None:
    """The values of a context that was given to this agent itself; None for one that a parent handed on."""
    if isinstance(context, OwnContext):
        return context.model_extra or {}
    return context if isinstance(context, Mapping) and not in_parent(run) else None


def in_parent(run: RunnableConfig) -> bool:
    """Whether this run is a node of another graph."""
    namespace = (run.get("configurable") or {}).get("checkpoint_ns", "")
    return _SUBGRAPH in str(namespace)


def _require_no_slip(context: Mapping[Any, Any]) -> None:
    """A misspelt setting would go unnoticed among what is not ours."""
    for name in context:
        if isinstance(name, str) and name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1, cutoff=0.92)
            if near and name != f"{near[0]}s":
                raise ConfigError(f"a run cannot set {name}; did you mean {near[0]}?")


def _require_values(given: Mapping[str, Any]) -> None:
    seed = given.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise ConfigError(f"seed of a run is a whole number from 0 to 2^63-1, not {seed!r:.80}")
