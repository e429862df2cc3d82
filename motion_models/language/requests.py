"""What can be asked of MotionLLM, one item at a time; different ones may share a batch.

Options that are None are what the checkpoint says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TypeVar

from ..decoding.sampling import Sampling
from ..errors import InvalidRequestError
from .llm_config import GenerationDefaults
from .templates import Codes

T = TypeVar("T")


@dataclass(frozen=True)
class GenerateRequest:
    """A motion for a caption.

    seconds: the duration, met to the token; None: the model ends by itself, at `max_seconds` at the latest.
    prefix: tokens that come right before the motion, as context. Sampling: see `Sampling`.
    """

    caption: str
    seconds: float | None = None
    seed: int | None = None
    prefix: Codes | None = None
    max_seconds: float | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    greedy: bool = False
    guidance: float | None = None

    def sampling(self, defaults: GenerationDefaults) -> Sampling:
        return defaults.sampling.changed(
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            greedy=self.greedy,
            guidance=self.guidance,
        )


@dataclass(frozen=True)
class CaptionRequest:
    """A caption for a motion (N,) of tokens; max_new_tokens counts the caption only."""

    motion: Codes
    max_new_tokens: int | None = None
    seed: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    greedy: bool = True

    def sampling(self, defaults: GenerationDefaults) -> Sampling:
        return defaults.sampling.changed(
            temperature=self.temperature, top_k=self.top_k, top_p=self.top_p, greedy=self.greedy
        )


Request = GenerateRequest | CaptionRequest


def per_item(name: str, value: T | Sequence[T | None] | None, count: int) -> list[T | None]:
    """One value for all items, or a list of one value per item."""
    if not isinstance(value, list | tuple):
        return [value] * count  # type: ignore[list-item]
    if len(value) != count:
        raise InvalidRequestError(f"{name} has {len(value)} values for {count} items")
    return list(value)


def check_seeds(seed: int | Sequence[int | None] | None, count: int) -> list[int | None]:
    """One seed per item. Raises InvalidRequestError."""
    return [check_seed(item) for item in per_item("seed", seed, count)]


def check_seed(seed: int | None) -> int | None:
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    if seed is not None and not (whole and 0 <= seed < 2**63):
        raise InvalidRequestError(f"a seed must be an integer from 0 to 2**63 - 1, got {seed!r}")
    return None if seed is None else int(seed)
