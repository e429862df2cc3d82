"""A key-value cache of fixed size whose rows come and go, for any transformers decoder.

Each row is a sequence of its own: it starts at column 0, has its own length, and leaves when it is done, when
a waiting one takes its place (continuous batching: Yu et al., Orca, OSDI 2022). Because no tensor ever
changes its place or shape, a step can be compiled, and captured as a CUDA graph. Prompts are read once
however often they occur, and so is what all of a call begin with and, over all calls, what their template
begins with.

Shapes: R rows in use, T columns, H width of the decoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import Cache, DynamicCache
from transformers.cache_utils import CacheLayerMixin

from .beginnings import Beginnings

#: A beginning shorter than this is not worth a forward pass of its own, or a place among those kept.
_WORTH_SHARING, _WORTH_KEEPING = 16, 16


@dataclass(frozen=True)
class Prompts:
    """Prompts (ids) of rows with one adapter. read: ids (B, L) -> inputs of the decoder (B, L, H).

    beginning: ids that prompts of this kind begin with in every call; one that does not is read as a whole.
    """

    ids: Sequence[Sequence[int]]
    read: Callable[[Tensor], Tensor]
    adapter: int = 0
    beginning: tuple[int, ...] = ()


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
        beginnings: Beginnings | None = None,
    ) -> None:
        """like: any tensor with the dtype and device of the decoder's inputs. fixed: a step looks at all
        columns, as graphs need it, not only at those in use. compiled: steps go through torch.compile.
        beginnings: what prompts begin with, kept from one call to the next."""
        self.decoder, self.capacity, self.columns, self.fixed = decoder, capacity, columns, fixed
        self.stepper: Any = torch.compile(decoder, dynamic=not fixed) if compiled else decoder
        self.blocked = torch.finfo(like.dtype).min
        self.like = like
        self.beginnings = Beginnings() if beginnings is None else beginnings
        self.lengths = torch.zeros(capacity, dtype=torch.long, device=like.device)
        #: Which adapter each row uses, where the decoder has several at once.
        self.adapters = torch.zeros(capacity, dtype=torch.long, device=like.device)
        self._layers: list[_SlotLayer] = []
        self._cache: Cache | None = None
        self._make_ranges()
        self._known: list[int] = []  # lengths as far as the host knows them, of the rows in use

    def admit(self, start: int, prompts: Prompts) -> Tensor:
        """Read prompts into the rows from `start` on; hidden states (R, H) of their last tokens."""
        distinct = list(dict.fromkeys(tuple(ids) for ids in prompts.ids))
        place = {ids: row for row, ids in enumerate(distinct)}
        cache, hidden = self._prefill(distinct, prompts)
        source = torch.tensor([place[tuple(ids)] for ids in prompts.ids], device=self.like.device)
        rows = slice(start, start + len(prompts.ids))
        self._known[start:] = [len(ids) for ids in prompts.ids]
        self._make_layers(cache)
        for mine, other in zip(self._layers, cast("list[Any]", cache.layers), strict=True):
            mine.keys[rows, :, : other.keys.shape[2]] = other.keys[source]
            mine.values[rows, :, : other.values.shape[2]] = other.values[source]
        self.lengths[rows] = torch.tensor(self._known[start:], device=self.like.device)
        self.adapters[rows] = prompts.adapter
        return hidden[source]

    def step(self, inputs: Tensor) -> Tensor:
        """Append one token to each of the first R rows, (R, H) -> (R, H)."""
        rows, seen = len(inputs), self.columns
        if not self.fixed:
            self._known = [min(length + 1, self.columns) for length in self._known[:rows]]
            seen = max(self._known)
        # Rows that have ended but were not yet taken out stay where they are.
        here = self.lengths[:rows].clamp(max=self.columns - 1)
        mask = self.like.new_zeros(rows, 1, 1, seen)
        mask.masked_fill_((self._columns[:seen] > here[:, None])[:, None, None], self.blocked)
        for layer in self._layers:
            layer.rows, layer.here, layer.seen = self._rows[:rows], here, seen
        self._select(self.adapters[:rows])
        hidden = _forward(self.stepper, inputs[:, None], mask, here[:, None], self._cache)
        self.lengths[:rows] += 1
        return hidden[:, 0]

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Overwrite the target rows with the source rows."""
        source, target = (torch.tensor(rows, device=self.like.device) for rows in (sources, targets))
        for values in (self.lengths, self.adapters):
            values[target] = values[source]
        for layer in self._layers:
            layer.keys[target] = layer.keys[source]
            layer.values[target] = layer.values[source]
        for old, new in zip(sources, targets, strict=True):
            self._known[new] = self._known[old]

    def keep(self, rows: int) -> None:
        """Only the first `rows` rows are in use from now on."""
        del self._known[rows:]

    def resize(self, capacity: int, columns: int) -> None:
        """More room; rows and columns in use stay. A failure, such as no memory, leaves all as it was."""
        states = [
            [enlarged(kept, capacity, kept.shape[1], columns) for kept in (layer.keys, layer.values)]
            for layer in self._layers
        ]
        self.lengths, self.adapters = (enlarged(values, capacity) for values in (self.lengths, self.adapters))
        for layer, (keys, values) in zip(self._layers, states, strict=True):
            layer.keys, layer.values = keys, values
        self.capacity, self.columns = capacity, columns
        self._make_ranges()

    def _prefill(self, distinct: Sequence[tuple[int, ...]], prompts: Prompts) -> tuple[DynamicCache, Tensor]:
        """Keys and values of distinct prompts, padded on the right, and the hidden state after each."""
        read, count = prompts.read, len(distinct)
        self._select(torch.tensor([prompts.adapter], device=self.like.device))
        known = _kept_beginning(distinct, prompts.beginning)
        cache = DynamicCache()
        if known:
            key = (self.decoder, prompts.adapter, distinct[0][:known])
            cache = self.beginnings.cache(key, lambda empty: self._read(read(self._ids([key[2]])), 0, empty))
        shared = known + _shared_beginning([ids[known:] for ids in distinct])
        if shared > known:
            self._read(read(self._ids([distinct[0][known:shared]])), known, cache)
        if shared and count > 1:
            cache.batch_repeat_interleave(count)
        rest = [ids[shared:] for ids in distinct]
        longest = max(map(len, rest))
        padded = self._ids([[*ids, *[0] * (longest - len(ids))] for ids in rest])
        hidden = self._read(read(padded), shared, cache)
        last = torch.tensor([len(ids) - 1 for ids in rest], device=self.like.device)
        return cache, hidden[torch.arange(count, device=self.like.device), last]

    def _read(self, inputs: Tensor, offset: int, cache: DynamicCache) -> Tensor:
        """Hidden states (B, L, H). No token sees the padding on its right, so the mask is causal alone."""
        positions = torch.arange(offset, offset + inputs.shape[1], device=inputs.device)
        columns = torch.arange(offset + inputs.shape[1], device=inputs.device)
        mask = inputs.new_zeros(len(positions), len(columns))
        mask = mask.masked_fill(columns > positions[:, None], self.blocked).expand(len(inputs), 1, -1, -1)
        return _forward(self.decoder, inputs, mask, positions[None].expand(len(inputs), -1), cache)

    def _ids(self, rows: Sequence[Sequence[int]]) -> Tensor:
        return torch.tensor(rows, device=self.like.device)

    def _select(self, adapters: Tensor) -> None:
        """Tell the decoder which adapter each row uses; only one that has several at once asks."""
        if (select := getattr(self.decoder, "select", None)) is not None:
            select(adapters)

    def _make_ranges(self) -> None:
        self._columns = torch.arange(self.columns, device=self.like.device)
        self._rows = torch.arange(self.capacity, device=self.like.device)

    def _make_layers(self, cache: Cache) -> None:
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


def enlarged(values: Tensor, *sizes: int) -> Tensor:
    """`values` in a larger tensor whose first axes have these sizes; zero where there is nothing yet."""
    larger = values.new_zeros(*sizes, *values.shape[len(sizes) :])
    larger[tuple(slice(size) for size in values.shape[: len(sizes)])] = values
    return larger


def _kept_beginning(prompts: Sequence[tuple[int, ...]], beginning: tuple[int, ...]) -> int:
    """How many ids are read from what is kept: all of `beginning` or none."""
    length = len(beginning)
    usable = all(len(ids) > length and ids[:length] == beginning for ids in prompts)
    return length if usable and length >= _WORTH_KEEPING else 0


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
