"""Drawing one outcome of several from their logits, with seeded streams of uniform numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..errors import InvalidRequestError


@dataclass(frozen=True)
class Sampling:
    """How an outcome is drawn. top_k 0 and top_p 1 mean no restriction; `greedy` takes the most likely.

    guidance: how far logits are pushed away from those without the caption (classifier-free guidance, Ho and
    Salimans 2022); 1 leaves them alone. For generation with templates that know an unconditional caption.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    greedy: bool = False
    guidance: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.temperature <= 100.0:
            raise InvalidRequestError(f"temperature must lie in (0, 100], got {self.temperature}")
        if self.top_k < 0 or not 0.0 < self.top_p <= 1.0:
            raise InvalidRequestError(
                f"top_k must be >= 0 and top_p in (0, 1], got top_k={self.top_k}, top_p={self.top_p}"
            )

        if not 1.0 <= self.guidance <= 20.0:
            raise InvalidRequestError(f"guidance must lie in [1, 20], got {self.guidance}")

    def changed(self, **changes: float | int | bool | None) -> Sampling:
        """The same with the changes that are not None."""
        return replace(self, **{key: value for key, value in changes.items() if value is not None})  # type: ignore[arg-type]


def uniform_streams(seeds: Sequence[int | None], steps: int) -> Tensor:
    """Uniform numbers (B, steps) on the CPU, row i drawn from seed i alone (None: a fresh seed)."""
    rows = []
    for seed in seeds:
        generator = torch.Generator()
        if seed is None:
            generator.seed()
        else:
            generator.manual_seed(seed)
        rows.append(torch.rand(steps, generator=generator, dtype=torch.float64))
    # Below one also after rounding, so that a draw cannot fall on an outcome of no probability.
    return torch.stack(rows).float().clamp_(max=1.0 - 2.0**-23)


def choose(logits: Tensor, uniform: Tensor, sampling: Sampling) -> Tensor:
    """Draw one outcome per row: logits (B, K), uniform (B,) in [0, 1) -> (B,)."""
    if sampling.greedy:
        return logits.argmax(dim=-1)
    ordered = _descending(logits)
    if sampling.top_k:
        ordered = ordered[:, : sampling.top_k]
    probabilities = (ordered / sampling.temperature).softmax(dim=-1)
    cumulative = probabilities.cumsum(dim=-1)
    total = cumulative[:, -1:]
    if sampling.top_p < 1.0:
        # Outcomes are kept while those before them hold less than top_p; the first one always is.
        kept = (cumulative - probabilities < sampling.top_p).sum(dim=-1, keepdim=True)
        total = cumulative.gather(1, kept - 1)
    drawn = (cumulative <= uniform[:, None] * total).sum(dim=-1, keepdim=True)
    return _of_rank(logits, ordered, drawn.clamp(max=ordered.shape[1] - 1))


def _descending(logits: Tensor) -> Tensor:
    """Rows of logits (B, K) sorted, largest first. numpy sorts a row on the CPU many times faster than torch,
    which sorts the indices along."""
    if logits.device.type == "cpu" and logits.dtype == torch.float32:
        return torch.from_numpy(np.sort(logits.detach().numpy(), axis=-1)).flip(-1)
    return logits.sort(dim=-1, descending=True).values


def _of_rank(logits: Tensor, ordered: Tensor, rank: Tensor) -> Tensor:
    """The outcomes (B,) that stand at `rank` (B, 1) of the order; equal ones in the order of their ids."""
    value = ordered.gather(1, rank)
    nth = rank - (ordered > value).sum(dim=-1, keepdim=True)
    passed = (logits == value).cumsum(dim=-1) <= nth
    return passed.sum(dim=-1).clamp(max=logits.shape[1] - 1)
