"""What prompts begin with, read once and kept from call to call.

Prefix reuse as in SGLang (Zheng et al., NeurIPS 2024), for the one beginning that is known beforehand: a
template puts the same ids before every caption. Their keys and values depend on nothing that follows, so
they are read in a pass of their own, the first time as later, and every prompt goes on from there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, cast

from torch import Tensor, nn
from transformers import DynamicCache

#: Keys and values (1, heads, L, D) of every layer.
States = list[tuple[Tensor, Tensor]]
Key = tuple[nn.Module, int, tuple[int, ...]]


class Beginnings:
    """At most `room` beginnings of (decoder, adapter, ids); those not asked for longest leave first.

    They are those of the weights of the time: whoever changes weights forgets them.
    """

    def __init__(self, room: int = 8) -> None:
        self.room = room
        self._kept: OrderedDict[Key, States] = OrderedDict()
        self._forgotten = 0
        self._lock = Lock()

    def cache(self, key: Key, read: Callable[[DynamicCache], object]) -> DynamicCache:
        """A cache that holds the beginning; `read` fills an empty one where it is not known yet."""
        with self._lock:
            states, forgotten = self._kept.get(key), self._forgotten
        if states is None:
            first = DynamicCache()
            read(first)
            states = [(layer.keys, layer.values) for layer in cast("list[Any]", first.layers)]
        with self._lock:
            if forgotten == self._forgotten:  # else these are of weights that have changed since
                self._kept[key] = states
                self._kept.move_to_end(key)
            while len(self._kept) > self.room:
                self._kept.popitem(last=False)
        filled = DynamicCache()
        for number, (keys, values) in enumerate(states):
            filled.update(keys, values, number)  # concatenates, so what is kept is never written to
        return filled

    def forget(self) -> None:
        with self._lock:
            self._forgotten += 1
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
