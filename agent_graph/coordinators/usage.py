"""What a turn cost: the tokens coordinators report, and their price where the configuration states one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage

from ..config import AgentConfig


@dataclass(frozen=True)
class Usage:
    """Tokens read and written by the coordinator, and US dollars, None where no price is configured."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


def usage_of(messages: Sequence[BaseMessage], config: AgentConfig) -> Usage:
    """Sum over replies; those of models that report nothing count nothing."""
    reported = [m.usage_metadata for m in messages if isinstance(m, AIMessage) and m.usage_metadata]
    read = sum(usage["input_tokens"] for usage in reported)
    written = sum(usage["output_tokens"] for usage in reported)
    if config.input_price is None or config.output_price is None:
        return Usage(read, written)
    return Usage(read, written, (read * config.input_price + written * config.output_price) / 1e6)
