"""What a model in this process has read: the keys and values of its last prompts stay.

A prompt reads only what is new since one before. On a processor most of a step's time would go into
copying what was read, and into attention that is made for many tokens at once; both are avoided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

#: Room for further tokens that is made whenever there is no more, so that a step copies nothing.
SPARE = 512
#: How many prompts stay, and how many tokens of one may be given up for another before both do.
KEPT, GIVEN_UP = 2, 512
#: Up to how many new tokens plain attention is the faster one for bfloat16 on a processor.
FEW = 16


@dataclass
class _Read:
    """Tokens that were read, and their keys and values."""

    ids: list[int]
    cache: DynamicCache


class Reading:
    """A causal LM and the tokens it has read."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: list[_Read] = []
        self._reads_few_apart = (
            model.device.type == "cpu"
            and model.dtype == torch.bfloat16
            and model.config._attn_implementation == "sdpa"
        )

    def next(self, ids: Sequence[int]) -> torch.Tensor:
        """Logits [1, V] of the token after `ids`, reading only what was not read before."""
        ids = list(ids)
        begun = self._begun(ids[:-1])
        new = torch.tensor([ids[len(begun.ids) :]], device=self._model.device)
        if self._reads_few_apart:
            self._model.set_attn_implementation("eager" if new.shape[1] <= FEW else "sdpa")
        with torch.inference_mode():
            output = self._model(input_ids=new, past_key_values=begun.cache, use_cache=True, logits_to_keep=1)
        self._kept = [*self._kept, _Read(ids, begun.cache)][-KEPT:]
        return output.logits[:, -1].float().cpu()

    def ahead(self, one: Sequence[int], other: Sequence[int]) -> None:
        """Read what both prompts begin with, unless something that was read begins with it too."""
        head = list(one[: _shared(one, other)])
        if all(read.ids[: len(head)] != head for read in self._kept):
            self.next(head)

    def _begun(self, ids: list[int]) -> _Read:
        """The beginning of `ids` that was read: taken out of what is kept, since an interrupted call leaves a
        cache of unknown length, or copied where much else of it would be lost."""
        nearest = max(self._kept, key=lambda read: _shared(read.ids, ids), default=None)
        if nearest is None:
            return _Read([], _empty(self._model.config))
        kept = _shared(nearest.ids, ids)
        if len(nearest.ids) - kept > GIVEN_UP and (copy := _copied(nearest.cache, kept, self._model.config)):
            return _Read(ids[:kept], copy)
        self._kept = [read for read in self._kept if read is not nearest]
        if _cropped(nearest.cache, kept):
            return _Read(ids[:kept], nearest.cache)
        return _Read([], _empty(self._model.config))


class _RoomyLayer(DynamicLayer):
    """Keys and values [1, heads, tokens, width] that grow in room made ahead."""

    _room: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        kept = self.get_seq_length()
        length = kept + key_states.shape[-2]
        if self._room is None or self._room[0].shape[-2] < length:
            larger = _room_like(key_states, length), _room_like(value_states, length)
            if self.keys is not None and self.values is not None and kept:
                larger[0][..., :kept, :] = self.keys
                larger[1][..., :kept, :] = self.values
            self._room = larger
        for room, new in zip(self._room, (key_states, value_states), strict=True):
            room[..., kept:length, :] = new
        self.keys, self.values = (room[..., :length, :] for room in self._room)
        return self.keys, self.values


def _room_like(states: torch.Tensor, length: int) -> torch.Tensor:
    return states.new_empty((*states.shape[:-2], length + SPARE, states.shape[-1]))


def _empty(config: Any) -> DynamicCache:
    cache = DynamicCache(config=config)
    cache.layers = [_RoomyLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


def _copied(cache: DynamicCache, length: int, config: Any) -> DynamicCache | None:
    """The first tokens of a cache; None where there are none, or where it holds them in another way."""
    copy = _empty(config)
    for number, layer in enumerate(cache.layers if length else ()):
        if not isinstance(layer, _RoomyLayer) or layer.keys is None or layer.values is None:
            return None
        copy.update(layer.keys[..., :length, :], layer.values[..., :length, :], number)
    return copy if length else None


def _shared(read: Sequence[int], ids: Sequence[int]) -> int:
    """How many tokens two prompts have in common at their beginning."""
    if ids[: len(read)] == read:
        return len(read)
    return next(
        n for n, (one, other) in enumerate(zip([*read, None], [*ids, -1], strict=False)) if one != other
    )


def _cropped(cache: Any, length: int) -> bool:
    """Shorten a cache to its first tokens; False where it cannot be, because it holds a sliding window."""
    surplus = cache.get_seq_length() - length
    if surplus and any(cache.is_sliding):
        return False
    if surplus:
        cache.crop(-surplus)
    return True
