"""What a reply in this process is held to: a JSON schema, or nothing but an end."""

from __future__ import annotations

import json
from typing import Any, Protocol

import numpy as np
import torch

from ..errors import CoordinatorError


class Held(Protocol):
    """Follows a reply token by token."""

    def allow(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [1, V] with what cannot come next at minus infinity."""
        ...

    def ended(self, token: int) -> bool:
        """Take the next token; whether the reply ends with it."""
        ...

    def forced(self) -> list[int]:
        """The tokens that have to come next, whatever the model says; [] where it has a choice."""
        ...

    def closed(self, surplus: int) -> tuple[list[int], bool] | None:
        """Take back the last tokens and end the string they stand in: what stands there now, and whether the
        reply ends with it. None, and nothing is taken back, where no string can end."""
        ...


class ByNothing:
    """Replies of any text. ends: the tokens that end one."""

    def __init__(self, ends: set[int]) -> None:
        self._ends = ends

    def allow(self, logits: torch.Tensor) -> torch.Tensor:
        return logits

    def ended(self, token: int) -> bool:
        return token in self._ends

    def forced(self) -> list[int]:
        return []

    def closed(self, surplus: int) -> tuple[list[int], bool] | None:
        return [], True


class ByGrammar:
    """Replies of a JSON schema."""

    def __init__(self, vocabulary: Any, schema: dict[str, Any]) -> None:
        """vocabulary: llguidance's tokenizer. Raises CoordinatorError."""
        from llguidance import LLMatcher

        self._matcher = LLMatcher(vocabulary, LLMatcher.grammar_from_json_schema(json.dumps(schema)))
        if self._matcher.is_error():
            raise CoordinatorError(f"the grammar of replies was refused: {self._matcher.get_error()}")
        self._closing: list[int] = vocabulary.tokenize_str('"}')

    def allow(self, logits: torch.Tensor) -> torch.Tensor:
        allowed = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        forbidden = np.unpackbits(allowed, bitorder="little")[: logits.shape[-1]] == 0
        return logits.masked_fill(torch.from_numpy(forbidden), float("-inf"))

    def ended(self, token: int) -> bool:
        self._matcher.consume_token(token)
        return self._matcher.is_stopped()

    def forced(self) -> list[int]:
        return self._matcher.compute_ff_tokens()

    def closed(self, surplus: int) -> tuple[list[int], bool] | None:
        shorter = self._matcher.deep_copy()
        if not shorter.rollback(surplus) or shorter.validate_tokens(self._closing) < len(self._closing):
            return None
        shorter.consume_tokens(self._closing)
        self._matcher = shorter
        return self._closing, shorter.is_stopped()
