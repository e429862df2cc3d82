"""Stand-ins for tests: a motion backend without a model, and a chat model that follows a script."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import codebook
import numpy as np
import torch
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.motion_models.errors import InvalidRequestError, UnknownActionError

KNOWN = ("walk", "run", "jump", "wave", "sit", "turn", "bow", "kick")
NATURAL_TOKENS = 10


class FakeBackend:
    """Walks as hash of caption and seed has it; decodes what it encoded; remembers what it was asked."""

    name = "fake"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.prefixes: list[list[int]] = []
        self.seconds: list[float | None] = []
        self.seeds: list[int | None] = []

    @property
    def repertoire(self) -> list[str]:
        return list(KNOWN)

    def interpret(self, description: str) -> Interpretation:
        action = next((known for known in KNOWN if known in description.lower()), None)
        if action is None:
            raise UnknownActionError(f"no known action in '{description}'; known: {', '.join(KNOWN)}")
        unknown = tuple(word for word in description.split() if word.startswith("zz"))
        notes = tuple(f"I do not know '{word}'; used '{action}'" for word in unknown)
        return Interpretation(text=description.lower(), action=action, unknown=unknown, notes=notes)

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        prefixes: Sequence[torch.LongTensor | None] | None = None,
    ) -> list[torch.LongTensor]:
        lengths = seconds if isinstance(seconds, Sequence) else [seconds] * len(captions)
        seeds = seed if isinstance(seed, Sequence) else [seed] * len(captions)
        before = prefixes or [None] * len(captions)
        self.batches.append(list(captions))
        self.seconds += lengths
        self.seeds += seeds
        self.prefixes += [[] if prefix is None else prefix.tolist() for prefix in before]
        return [self._one(*item) for item in zip(captions, lengths, seeds, strict=True)]

    def caption(self, motions: Sequence[torch.LongTensor]) -> list[str]:
        if any(len(tokens) == 0 for tokens in motions):
            raise InvalidRequestError("an empty motion cannot be captioned")
        return [f"a person does {int(tokens[0])}" for tokens in motions]

    def encode(self, features: np.ndarray) -> torch.LongTensor:
        return codebook.encode(features)

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        return codebook.decode(tokens)

    def _one(self, caption: str, seconds: float | None, seed: int | None) -> torch.LongTensor:
        if "explode" in caption:
            raise InvalidRequestError("this one breaks its batch")
        length = NATURAL_TOKENS if seconds is None else max(1, round(seconds / 0.2))
        digest = hashlib.sha256(f"{caption}/{seed}".encode()).digest()
        return codebook.stride(length, digest)


def call(tool: str, call_id: str | None = None, /, **arguments: Any) -> dict[str, Any]:
    """One tool call as a chat model writes it."""
    return {"name": tool, "args": arguments, "id": call_id or f"call_{tool}", "type": "tool_call"}


def plan(*calls: dict[str, Any]) -> AIMessage:
    """One assistant message with several tool calls, given distinct ids."""
    numbered = [{**each, "id": f"{each['id']}_{number}"} for number, each in enumerate(calls, 1)]
    return AIMessage("", tool_calls=numbered)


def holding(*known: str, parts: Sequence[float] = (4.0,)) -> Callable[[str], list[float] | None]:
    """A memory as plans see it: the lengths in seconds of the parts of these motions."""
    return lambda name: list(parts) if name in known else None


def anything(name: str) -> list[float]:
    """A memory that holds whatever is asked for."""
    return [4.0]


Reply = AIMessage | Callable[[list[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """Gives the scripted replies in turn and keeps what it was asked; a function may look at the thread."""

    script: Iterator[Reply]
    asked: list[list[BaseMessage]]
    tools: list[Any]

    def __init__(self, *replies: Reply) -> None:
        super().__init__(script=iter(replies), asked=[], tools=[])  # pyright: ignore[reportCallIssue]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> ScriptedModel:
        self.tools[:] = tools
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.asked.append(list(messages))
        reply = next(self.script)
        message = reply(messages) if callable(reply) else reply
        return ChatResult(generations=[ChatGeneration(message=message.model_copy(update={"id": None}))])
