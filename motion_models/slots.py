"""A key-value cache of fixed size whose rows come and go, for any transformers decoder.

Each row is a sequence of its own: it starts at column 0, has its own length, and leaves when it is done, when
a waiting one takes its place (continuous batching: Yu et al., Orca, OSDI 2022). Prompts are read once however
often they occur, and what all of them begin with is read once for all. Because no tensor ever changes its
place or shape, a step can be compiled, and captured as a CUDA graph.

Shapes: R rows in use, T columns, H width of the decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import Cache, DynamicCache
from transformers.cache_utils import CacheLayerMixin

#: A beginning shorter than this is not worth a forward pass of its own.
_WORTH_SHARING = 16


class Slots:
    """Room for `capacity` sequences of `columns` tokens. Positions count from each sequence's first token."""

    def __init__(
        self,
        decoder: nn.Module,
        capacity: int,
        columns: int,
        like: Tensor,
        *,
        fixed: bool = False,
        compiled: bool = False,
    ) -> None:
        """like: any tensor with the dtype and device of the decoder's inputs. fixed: a step looks at all
        columns, as graphs need it, not only at those in use. compiled: steps go through torch.compile."""
        self.decoder, self.capacity, self.columns, self.fixed = decoder, capacity, columns, fixed
        self.stepper: Any = torch.compile(decoder, dynamic=not fixed) if compiled else decoder
        self.blocked = torch.finfo(like.dtype).min
        self.like = like
        self.lengths = torch.zeros(capacity, dtype=torch.long, device=like.device)
        self._columns = torch.arange(columns, device=like.device)
        self._rows = torch.arange(capacity, device=like.device)
        self._layers: list[_SlotLayer] = []
        self._cache: Cache | None = None
        self._reach = 0  # no row in use is longer

    def admit(self, start: int, prompts: Sequence[Sequence[int]], read: Callable[[Tensor], Tensor]) -> Tensor:
        """Read prompts (ids) into the rows from `start` on; hidden states (R, H) of their last tokens.

        read: ids (B, L) -> inputs of the decoder (B, L, H).
        """
        distinct = list(dict.fromkeys(tuple(prompt) for prompt in prompts))
        place = {prompt: row for row, prompt in enumerate(distinct)}
        cache, hidden = self._prefill(distinct, read)
        source = torch.tensor([place[tuple(prompt)] for prompt in prompts], device=self.like.device)
        rows = slice(start, start + len(prompts))
        self._reach = max([self._reach if start else 0, *map(len, distinct)])
        self._make_layers(cache)
        for mine, other in zip(self._layers, cast("list[Any]", cache.layers), strict=True):
            mine.keys[rows, :, : other.keys.shape[2]] = other.keys[source]
            mine.values[rows, :, : other.values.shape[2]] = other.values[source]
        self.lengths[rows] = torch.tensor([len(prompt) for prompt in prompts], device=self.like.device)
        return hidden[source]

    def step(self, inputs: Tensor) -> Tensor:
        """Append one token to each of the first R rows, (R, H) -> (R, H)."""
        rows, self._reach = len(inputs), min(self._reach + 1, self.columns)
        seen = self.columns if self.fixed else self._reach
        # Rows that have ended but were not yet taken out stay where they are.
        here = self.lengths[:rows].clamp(max=self.columns - 1)
        mask = self.like.new_zeros(rows, 1, 1, seen)
        mask.masked_fill_((self._columns[:seen] > here[:, None])[:, None, None], self.blocked)
        for layer in self._layers:
            layer.rows, layer.here, layer.seen = self._rows[:rows], here, seen
        hidden = _forward(self.stepper, inputs[:, None], mask, here[:, None], self._cache)
        self.lengths[:rows] += 1
        return hidden[:, 0]

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Overwrite the target rows with the source rows."""
        source, target = (torch.tensor(rows, device=self.like.device) for rows in (sources, targets))
        self.lengths[target] = self.lengths[source]
        for layer in self._layers:
            layer.keys[target] = layer.keys[source]
            layer.values[target] = layer.values[source]

    def _prefill(
        self, prompts: Sequence[tuple[int, ...]], read: Callable[[Tensor], Tensor]
    ) -> tuple[DynamicCache, Tensor]:
        """Keys and values of distinct prompts, padded on the right, and the hidden state after each."""
        cache, shared = DynamicCache(), _shared_beginning(prompts)
        if shared:
            start = torch.tensor([prompts[0][:shared]], device=self.like.device)
            self._read(read(start), 0, cache)
            cache.batch_repeat_interleave(len(prompts))
        rest = [prompt[shared:] for prompt in prompts]
        longest = max(map(len, rest))
        ids = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids in rest], device=self.like.device)
        hidden = self._read(read(ids), shared, cache)
        last = torch.tensor([len(ids) - 1 for ids in rest], device=self.like.device)
        return cache, hidden[torch.arange(len(rest), device=self.like.device), last]

    def _read(self, inputs: Tensor, offset: int, cache: DynamicCache) -> Tensor:
        """Hidden states (B, L, H). No token sees the padding on its right, so the mask is causal alone."""
        positions = torch.arange(offset, offset + inputs.shape[1], device=inputs.device)
        columns = torch.arange(offset + inputs.shape[1], device=inputs.device)
        mask = inputs.new_zeros(len(positions), len(columns))
        mask = mask.masked_fill(columns > positions[:, None], self.blocked).expand(len(inputs), 1, -1, -1)
        return _forward(self.decoder, inputs, mask, positions[None].expand(len(inputs), -1), cache)

    def _make_layers(self, cache: DynamicCache) -> None:
        if not self._layers:
            self._layers = [_SlotLayer(layer, self.capacity, self.columns) for layer in cache.layers]
            self._cache = Cache(layers=list(self._layers))


class _SlotLayer(CacheLayerMixin):
    """Keys and values (capacity, heads, T, D) of one layer; a step writes each row at its own column."""

    is_compileable = True

    def __init__(self, pattern: Any, capacity: int, columns: int) -> None:
        super().__init__()
        self.keys: Tensor = _room_like(pattern.keys, capacity, columns)  # pyright: ignore[reportIncompatibleVariableOverride]
        self.values: Tensor = _room_like(pattern.values, capacity, columns)  # pyright: ignore[reportIncompatibleVariableOverride]
        self.is_initialized = True
        self.rows: Tensor
        self.here: Tensor
        self.seen = columns

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        self.keys[self.rows, :, self.here] = key_states[:, :, 0]
        self.values[self.rows, :, self.here] = value_states[:, :, 0]
        rows = len(key_states)
        return self.keys[:rows, :, : self.seen], self.values[:rows, :, : self.seen]

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        raise AssertionError("slots are made with their room")

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.seen, 0

    def get_seq_length(self) -> int:
        return self.seen

    def get_max_length(self) -> int:
        return self.keys.shape[2]


def _room_like(states: Tensor, capacity: int, columns: int) -> Tensor:
    return states.new_zeros(capacity, states.shape[1], columns, states.shape[3])


def _shared_beginning(prompts: Sequence[tuple[int, ...]]) -> int:
    """How many ids all prompts begin with, each keeping at least one of its own; 0 if not worth it."""
    if len(prompts) < 2:
        return 0
    shared = 0
    for ids in zip(*(prompt[:-1] for prompt in prompts), strict=False):
        if len(set(ids)) > 1:
            break
        shared += 1
    return shared if shared >= _WORTH_SHARING else 0


def _forward(decoder: Any, inputs: Tensor, mask: Tensor, positions: Tensor, cache: Cache | None) -> Tensor:
    """The mask is a prepared 4-D bias, which transformers takes as it is: making masks anew at each step
    costs more than a small model's own arithmetic."""
    output = decoder(
        inputs_embeds=inputs,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
    )
    return output.last_hidden_state
