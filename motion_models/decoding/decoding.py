"""Batched autoregressive decoding over a part of the vocabulary, with a key-value cache.

The loop knows no words: it chooses among K outcomes through the functions of `Outcomes`, so motion generation
and captioning share it, and so do all backbones.

Each item draws from its own seeded stream of uniform numbers, one a step, so its result depends neither on
its batch mates nor on how long they run. Items that are done make room for those that wait.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import cast

import torch
from torch import nn

from .batch import Batch
from .beginnings import Beginnings
from .cpu_threads import fitting_threads
from .items import Item, Outcomes, Size
from .sampling import Sampling, choose, uniform_streams

__all__ = ["Decoding", "Item", "Outcomes", "Sampling", "choose", "uniform_streams"]

#: Items decoded at once; more wait for a place.
ROOM = 256
#: Batches kept with their graphs.
IDLE = 4


class Decoding:
    """What decoding keeps from one call to the next: beginnings of prompts, and batches with their graphs."""

    def __init__(self, *, compiled: bool = False, room: int = ROOM, fixed: bool | None = None) -> None:
        """compiled: steps go through torch.compile; the first of every shape takes long, the others less.
        room: how many items run at once; the others wait until one is done. fixed: batches of few sizes, as
        graphs need them; None: where there are graphs, on CUDA."""
        self.compiled, self.room, self.fixed = compiled, room, fixed
        self.beginnings = Beginnings()
        #: Grows when the weights changed: what was made of earlier ones is of no use.
        self.epoch = 0
        self._idle: dict[tuple[object, ...], Batch] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Let go of everything: the weights have moved or changed their adapters."""
        with self._lock:
            self.epoch += 1
            self._idle.clear()
        self.beginnings.forget()

    def is_fixed(self, item: Item) -> bool:
        return item.outcomes.like.is_cuda if self.fixed is None else self.fixed

    def start(self, decoder: nn.Module, items: Sequence[Item], room: int) -> Batch:
        """An empty batch for items like these."""
        size = Size.of(items, room, self.is_fixed(items[0]))
        like = items[0].outcomes.like
        return Batch(decoder, like, size, compiled=self.compiled, beginnings=self.beginnings)

    @torch.inference_mode()
    def decode(self, decoder: nn.Module, items: Sequence[Item]) -> list[list[int]]:
        """The outcomes of each item, without the stop."""
        key = (decoder, Size.of(items, self.room, self.is_fixed(items[0])), self.compiled)
        with self._lock:
            epoch, batch = self.epoch, self._idle.pop(key, None)
        batch = batch or self.start(decoder, items, self.room)
        with fitting_threads(batch.device, batch.work):
            results = _decode_all(batch, items)
        if batch.size.fixed:
            self._keep(key, batch, epoch)
        return results

    def _keep(self, key: tuple[object, ...], batch: Batch, epoch: int) -> None:
        with self._lock:
            if epoch != self.epoch:
                return
            self._idle[key] = batch
            while len(self._idle) > IDLE:
                del self._idle[next(iter(self._idle))]


def _decode_all(batch: Batch, items: Sequence[Item]) -> list[list[int]]:
    results: list[list[int]] = [[] for _ in items]
    waiting = deque(enumerate(items))
    while waiting or batch.live:
        batch.admit(_next_entries(batch, waiting))
        for item, made in batch.harvest():
            results[cast(int, item)] = made
        batch.advance()
    return results


def _next_entries(batch: Batch, waiting: deque[tuple[int, Item]]) -> list[tuple[int, Item]]:
    """Those of the waiting that there is room for, in their order."""
    entries: list[tuple[int, Item]] = []
    while waiting and batch.fits([item for _, item in (*entries, waiting[0])]):
        entries.append(waiting.popleft())
    return entries
