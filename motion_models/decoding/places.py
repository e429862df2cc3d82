"""What a step knows of every item in work, as tensors that stay where they are: a place for each item.

Shapes: P places, one more than there is room for; N places of a group.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .items import Item, Size
from .sampling import uniform_streams


class Places:
    """Limits and random numbers of items, and what they were continued by so far."""

    def __init__(self, size: Size, device: torch.device) -> None:
        self.size, self.device = size, device
        #: The place nobody has: what fills up a group of fixed size is written there.
        self.spare = size.room
        places = size.room + 1
        self.uniforms = torch.zeros(places, size.longest, size.draws, device=device)
        counts = torch.zeros(5, places, dtype=torch.long, device=device)
        self.floor, self.ceiling, self.made, self.last, self.kind = counts
        self.ended = torch.zeros(places, dtype=torch.bool, device=device)
        # One column more than any item may use, for what is drawn between its end and its harvest.
        self.history = torch.zeros(places, size.longest + 1, dtype=torch.long, device=device)

    @property
    def _all(self) -> tuple[Tensor, ...]:
        return (
            self.uniforms, self.history,
            self.floor, self.ceiling, self.made, self.last, self.kind, self.ended,
        )  # fmt: skip

    @property
    def state(self) -> tuple[Tensor, ...]:
        """What a step changes."""
        return self.made, self.last, self.ended, self.history

    def enlarged(self, size: Size, count: int) -> Places:
        """As many or more places for as long or longer items; the first `count` are in use."""
        larger = Places(size, self.device)
        for mine, other in zip(larger._all, self._all, strict=True):
            mine[(slice(count), *map(slice, other.shape[1:]))] = other[:count]
        return larger

    def fill(self, start: int, items: Sequence[Item]) -> None:
        """Give items the places from `start` on."""
        here = slice(start, start + len(items))
        for place, item in enumerate(items, start):
            # As many as the item itself draws, so that no batch mate changes them.
            draws = item.outcomes.draws
            stream = uniform_streams([item.seed], self.size.longest * draws).view(-1, draws)
            self.uniforms[place, :, :draws] = stream.to(self.device)
        for values, numbers in (
            (self.floor, [item.least for item in items]),
            (self.ceiling, [item.most for item in items]),
            (self.kind, [item.outcomes.adapter for item in items]),
        ):
            values[here] = torch.tensor(numbers, device=self.device)
        self.made[here] = 0
        self.ended[here] = False

    def uniform(self, places: Tensor, draw: int = 0) -> Tensor:
        """The random number (N,) that the next outcome, or a further draw of its step, is drawn by."""
        return self.uniforms[places, self.made[places].clamp(max=self.size.longest - 1), draw]

    def may_not_stop(self, places: Tensor) -> Tensor:
        """Whether the next outcome (N,) must be another than the stop."""
        return self.made[places] < self.floor[places]

    def record(self, places: Tensor, chosen: Tensor, stop: int) -> None:
        """One more outcome (N,) at each of the places."""
        made = self.made[places]
        self.history[places, made.clamp(max=self.size.longest)] = chosen
        self.last[places] = chosen
        self.made[places] = made + 1
        self.ended[places] |= (chosen == stop) | (made + 1 >= self.ceiling[places])

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Overwrite the target places with the source places."""
        source, target = (torch.tensor(places, device=self.device) for places in (sources, targets))
        for values in self._all:
            values[target] = values[source]

    def done(self, count: int) -> list[int]:
        """Those of the first `count` places whose items have ended; waits for the device."""
        return self.ended[:count].nonzero().squeeze(1).tolist()

    def outcomes(self, places: Sequence[int]) -> list[list[int]]:
        """What was made at each of the places; waits for the device."""
        here = torch.tensor(places, device=self.device)
        rows, counts = self.history[here].tolist(), self.made[here].tolist()
        # Beyond what was made stands what an earlier item left behind.
        return [row[:count] for row, count in zip(rows, counts, strict=True)]
