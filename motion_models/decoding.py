"""Batched autoregressive decoding over a part of the vocabulary, with a key-value cache.

The loop knows no words: it chooses among K outcomes through two functions, `embed` (outcome -> input vector)
and `score` (hidden state -> K logits), so motion generation and captioning share it, and so do all backbones.

Each item draws from its own seeded stream of uniform numbers, one a step, so its result depends neither on
its batch mates nor on how long they run. Items that are done leave the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from transformers import DynamicCache

from .errors import InvalidRequestError


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

    def but(self, **changes: float | int | bool | None) -> Sampling:
        """The same with the changes that are not None."""
        return replace(self, **{key: value for key, value in changes.items() if value is not None})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Outcomes:
    """The K outcomes of a step. stop: the one that ends an item. banned: those never legal."""

    embed: Callable[[Tensor], Tensor]
    score: Callable[[Tensor], Tensor]
    stop: int
    banned: tuple[int, ...] = ()


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
    ordered, outcomes = logits.sort(dim=-1, descending=True)
    if sampling.top_k:
        ordered, outcomes = ordered[:, : sampling.top_k], outcomes[:, : sampling.top_k]
    probabilities = (ordered / sampling.temperature).softmax(dim=-1)
    cumulative = probabilities.cumsum(dim=-1)
    total = cumulative[:, -1:]
    if sampling.top_p < 1.0:
        # Outcomes are kept while those before them hold less than top_p; the first one always is.
        kept = (cumulative - probabilities < sampling.top_p).sum(dim=-1, keepdim=True)
        total = cumulative.gather(1, kept - 1)
    drawn = (cumulative <= uniform[:, None] * total).sum(dim=-1, keepdim=True)
    return outcomes.gather(1, drawn.clamp(max=outcomes.shape[1] - 1)).squeeze(1)


@torch.inference_mode()
def decode(
    decoder: nn.Module,
    prompts: Sequence[Tensor],
    outcomes: Outcomes,
    *,
    least: Sequence[int],
    most: Sequence[int],
    seeds: Sequence[int | None],
    sampling: Sampling,
    guides: Sequence[Tensor] = (),
) -> list[list[int]]:
    """Continue each prompt; item i gets between least[i] and most[i] outcomes, the stop not counted.

    prompts: embedded, (P_i, H) each. guides: the same prompts without what they ask for, one each, where
    sampling is guided: they run in the same batch. Returns the outcomes of each item, without the stop.
    """
    batch = _Batch([*prompts, *guides], max(most))
    copies = 2 if guides else 1
    uniforms = uniform_streams(seeds, max(most)).to(batch.device)
    floor, ceiling = torch.tensor(least, device=batch.device), torch.tensor(most, device=batch.device)
    results: list[list[int]] = [[] for _ in prompts]
    alive = torch.arange(len(prompts), device=batch.device)
    hidden = batch.prefill(decoder)
    for step in range(max(most)):
        logits = outcomes.score(hidden)
        if guides:
            asked, free = logits.chunk(2)
            logits = free + sampling.guidance * (asked - free)
        logits[:, list(outcomes.banned)] = -torch.inf
        logits[floor[alive] > step, outcomes.stop] = -torch.inf
        chosen = choose(logits, uniforms[alive, step], sampling)
        stopped = chosen == outcomes.stop
        for item, outcome in zip(alive.tolist(), chosen.tolist(), strict=True):
            if outcome != outcomes.stop:
                results[item].append(outcome)
        going = ~stopped & (ceiling[alive] > step + 1)
        if not going.all():
            if not going.any():
                break
            alive, chosen = alive[going], chosen[going]
            batch.keep(going.repeat(copies).nonzero().squeeze(1))
        hidden = batch.step(decoder, outcomes.embed(chosen.repeat(copies)))
    return results


class _Batch:
    """Left-padded prompts and their key-value cache; position 0 is each item's first real token.

    The attention bias is prepared once as a 4-D float mask, which transformers takes as it is: building
    masks anew at each step costs more than a small model's own arithmetic.
    """

    def __init__(self, prompts: Sequence[Tensor], new_tokens: int) -> None:
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        self.length = int(lengths.max())
        first = prompts[0]
        self.device = first.device
        self.inputs = first.new_zeros(len(prompts), self.length, first.shape[-1])
        for row, prompt in zip(self.inputs, prompts, strict=True):
            row[self.length - len(prompt) :] = prompt
        self.padding = (self.length - lengths).to(self.device)
        self.blocked = torch.finfo(first.dtype).min
        columns = torch.arange(self.length + new_tokens, device=self.device)
        self.bias = first.new_zeros(len(prompts), 1, 1, len(columns))
        self.bias.masked_fill_((columns < self.padding[:, None])[:, None, None], self.blocked)
        self.cache = DynamicCache()

    def prefill(self, decoder: nn.Module) -> Tensor:
        """Run the prompts; hidden states (B, H) of their last tokens."""
        columns = torch.arange(self.length, device=self.device)
        future = columns[None, :] > columns[:, None]
        mask = self.bias[..., : self.length].masked_fill(future, self.blocked)
        positions = (columns - self.padding[:, None]).clamp(min=0)
        return self._run(decoder, self.inputs, mask, positions)

    def step(self, decoder: nn.Module, inputs: Tensor) -> Tensor:
        """Run one more token per item, (B, H) -> (B, H)."""
        positions = (self.length - self.padding)[:, None]
        self.length += 1
        return self._run(decoder, inputs[:, None], self.bias[..., : self.length], positions)

    def keep(self, rows: Tensor) -> None:
        """Drop all items but `rows`."""
        self.padding, self.bias = self.padding[rows], self.bias[rows]
        self.cache.batch_select_indices(rows)

    def _run(self, decoder: nn.Module, inputs: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
        output = decoder(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
        )
        return output.last_hidden_state[:, -1]
