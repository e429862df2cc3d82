"""The items in work: one running batch that items enter and leave between steps.

Items may choose among different outcomes and be drawn in different ways; those alike form a group, which
meets its own head and nothing else does, so motion generation never multiplies with the text rows.

A step is one function of tensors that stay where they are, drawing included: on CUDA it is captured as a
graph, and the host looks at what came out only every few steps.

An item has one place, and one row of the cache, or two where it is guided. Places and rows in use are the
first of each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor, nn

from .beginnings import Beginnings
from .graphs import Steps
from .items import Item, Outcomes, Size, power_of_two
from .places import Places
from .sampling import Sampling, choose
from .slots import Prompts, Slots

#: Steps between two looks at what has ended, where steps are captured.
STRIDE = 8
#: Ways of drawing whose places are kept where captured steps find them.
MAX_SAMPLERS = 32


@dataclass
class _Place:
    """An item in work, the name it goes by, and its rows."""

    name: Hashable
    item: Item
    rows: list[int]


@dataclass(frozen=True)
class _Group:
    """Items whose outcomes are drawn alike. index (3, N): their places, rows and guiding rows."""

    outcomes: Outcomes
    sampling: Sampling
    guided: bool
    index: Tensor = field(compare=False)


class Batch:
    """Items in work over one decoder. Not for several threads at once."""

    def __init__(
        self,
        decoder: nn.Module,
        like: Tensor,
        size: Size,
        *,
        compiled: bool = False,
        beginnings: Beginnings | None = None,
    ) -> None:
        self.size, self.like, self.device = size, like, like.device
        self.slots = Slots(
            decoder, size.rows, size.columns, like,
            fixed=size.fixed, compiled=compiled, beginnings=beginnings,
        )  # fmt: skip
        #: Weights that every row multiplies with in a step.
        self.weights = sum(t.numel() for t in (*decoder.parameters(), *decoder.buffers()) if t.ndim > 1)
        self.live: list[_Place] = []
        self._owners: list[int] = []  # the place of every row in use
        self._groups: list[_Group] = []
        self._banned: dict[tuple[int, ...], Tensor] = {}
        self._settle(Places(size, self.device))

    def _settle(self, places: Places) -> None:
        """Take other tensors for places: all that was told where the earlier ones are is of no use."""
        self.places, self.size = places, places.size
        self._owner = torch.zeros(self.size.rows, dtype=torch.long, device=self.device)
        self._indices: dict[object, Tensor] = {}
        self._steps = Steps(self.device)

    @property
    def work(self) -> int:
        """Multiplications of a step with all rows in use."""
        return self.size.rows * self.weights

    @property
    def _state(self) -> tuple[Tensor, ...]:
        """All that a step changes but keys and values: these it writes again at the same place."""
        return *self.places.state, self.slots.lengths

    # ------------------------------------------------------------------ coming

    def fits(self, items: Sequence[Item]) -> bool:
        """Whether places and rows are free for all of them."""
        rows = len(self._owners) + sum(len(item.prompts) for item in items)
        return len(self.live) + len(items) <= self.size.room and rows <= self.size.rows

    def resize(self, size: Size) -> None:
        """Room for more or longer items; those in work go on. A failure leaves all as it was."""
        if size == self.size:
            return
        larger = self.places.enlarged(size, len(self.live))
        self.slots.resize(size.rows, size.columns)
        self._settle(larger)
        self._regroup()

    def admit(self, entries: Sequence[tuple[Hashable, Item]]) -> None:
        """Read the prompts of further items and draw their first outcomes; a failure leaves all as it was."""
        if not entries:
            return
        # Rows of one adapter stand together, so that their prompts are read in one pass.
        entries = sorted(entries, key=lambda entry: entry[1].outcomes.adapter)
        first, start = len(self.live), len(self._owners)
        new: list[_Place] = []
        for name, item in entries:
            row = start + sum(len(place.rows) for place in new)
            new.append(_Place(name, item, list(range(row, row + len(item.prompts)))))
        try:
            hidden = self._read(new, start)
            self.live += new
            self._owners += [first + n for n, place in enumerate(new) for _ in place.rows]
            self.places.fill(first, [place.item for place in new])
            for group in self._group(range(first, len(self.live)), offset=start):
                self._draw(hidden, group)
            self._regroup()
        except BaseException:
            del self.live[first:], self._owners[start:]
            self.slots.keep(start)
            raise

    def _read(self, new: Sequence[_Place], start: int) -> Tensor:
        hidden = []
        for adapter in sorted({place.item.outcomes.adapter for place in new}):
            mine = [place.item for place in new if place.item.outcomes.adapter == adapter]
            outcomes = mine[0].outcomes
            prompts = [ids for item in mine for ids in item.prompts]
            hidden.append(
                self.slots.admit(start, Prompts(prompts, outcomes.read, adapter, outcomes.beginning))
            )
            start += len(prompts)
        return torch.cat(hidden)

    # ------------------------------------------------------------------ groups

    def _regroup(self) -> None:
        """After items came or went: which place each row belongs to, and who is drawn with whom."""
        owners = torch.tensor(self._owners, dtype=torch.long)
        # Rows out of use are given to the first place: whatever they embed is then legal.
        self._owner.zero_()
        self._owner[: len(owners)] = owners.to(self.device)
        self._groups = self._group(range(len(self.live)))
        if self.size.fixed:
            self._groups = [self._at_its_place(group) for group in self._groups]

    def _group(self, places: Iterable[int], offset: int = 0) -> list[_Group]:
        """The groups among some places; their rows count from `offset`."""
        found: dict[tuple[Outcomes, Sampling, bool], list[int]] = {}
        for place in places:
            item = self.live[place].item
            found.setdefault((item.outcomes, item.sampling, item.guide is not None), []).append(place)
        groups = []
        for key, members in found.items():
            rows = [self.live[place].rows for place in members]
            index = [members, [r[0] - offset for r in rows], [r[-1] - offset for r in rows]]
            groups.append(_Group(*key, torch.tensor(index, device=self.device)))
        return groups

    def _at_its_place(self, group: _Group) -> _Group:
        """The same, filled up to a power of two, in the tensor in which a captured step looks for it."""
        if group not in self._indices:
            while len(self._indices) >= MAX_SAMPLERS:
                del self._indices[next(iter(self._indices))]
            self._indices[group] = torch.zeros(3, self.size.room, dtype=torch.long, device=self.device)
        count = group.index.shape[1]
        index = self._indices[group][:, : min(power_of_two(count), self.size.room)]
        index[0, count:], index[1:, count:] = self.places.spare, 0
        index[:, :count] = group.index
        return replace(group, index=index)

    # ------------------------------------------------------------------ steps

    def advance(self) -> None:
        """One more outcome for every item in work; several where asking which are done takes longer."""
        count = len(self._owners)
        if not count:
            return
        if not self.size.fixed:
            self._step(count, self._groups)
            return
        count = min(power_of_two(count), self.size.rows)
        # A captured step reads the groups' places where they stood.
        key = (count, tuple((g, g.index.data_ptr(), g.index.shape[1]) for g in self._groups))
        step = self._steps.get(key, partial(self._step, count, list(self._groups)), self._state)
        for _ in range(STRIDE):
            step()

    def _step(self, count: int, groups: Sequence[_Group]) -> None:
        hidden = self.slots.step(self._inputs(count, groups))
        for group in groups:
            self._draw(hidden, group)

    def _inputs(self, count: int, groups: Sequence[_Group]) -> Tensor:
        """What the first `count` rows read next (count, H)."""
        owner = self._owner[:count]
        last = self.places.last[owner]
        embed = {group.outcomes.adapter: group.outcomes.embed for group in groups}
        if len(embed) == 1:
            return next(iter(embed.values()))(last)
        inputs = self.like.new_zeros(count, self.like.shape[-1])
        for adapter, look_up in embed.items():
            mine = self.places.kind[owner] == adapter
            inputs = torch.where(mine[:, None], look_up(last * mine), inputs)
        return inputs

    def _draw(self, hidden: Tensor, group: _Group) -> None:
        places, rows, guides = group.index
        outcomes, sampling = group.outcomes, group.sampling
        states = hidden[torch.cat((rows, guides)) if group.guided else rows]
        logits = _guided(outcomes.score(states), group)
        logits.index_fill_(1, self._banned_tensor(outcomes), -torch.inf)
        logits[:, outcomes.stop].masked_fill_(self.places.may_not_stop(places), -torch.inf)
        chosen = choose(logits, self.places.uniform(places), sampling)
        if outcomes.finish is not None:
            chosen = outcomes.finish(
                states,
                chosen,
                lambda further, draw: choose(
                    _guided(further, group), self.places.uniform(places, draw), sampling
                ),
            )
        self.places.record(places, chosen, outcomes.stop)

    def _banned_tensor(self, outcomes: Outcomes) -> Tensor:
        if outcomes.banned not in self._banned:
            self._banned[outcomes.banned] = torch.tensor(
                outcomes.banned, dtype=torch.long, device=self.device
            )
        return self._banned[outcomes.banned]

    # ------------------------------------------------------------------ going

    def harvest(self) -> list[tuple[Hashable, list[int]]]:
        """Take out the items that are done, by name, with their outcomes; the stop is not one of them."""
        places = self.places.done(len(self.live))
        if not places:
            return []
        done = []
        for place, row in zip(places, self.places.outcomes(places), strict=True):
            item, name = self.live[place].item, self.live[place].name
            made, stop = row[: item.most], item.outcomes.stop
            done.append((name, made[: made.index(stop)] if stop in made else made))
        self._close(places)
        return done

    def drop(self, names: set[Hashable]) -> None:
        """Take out items whether done or not."""
        self._close([place for place, entry in enumerate(self.live) if entry.name in names])

    def _close(self, places: Sequence[int]) -> None:
        """Fill the places and rows that fell free with the last ones in use."""
        if not places:
            return
        freed = [row for place in places for row in self.live[place].rows]
        for filler, hole in _fillings(len(self.live), places, self.places.move):
            self.live[hole] = self.live[filler]
        del self.live[len(self.live) - len(places) :]
        count = len(self._owners) - len(freed)
        moved = dict(_fillings(len(self._owners), freed, self.slots.move))
        self._owners = [0] * count
        for place, entry in enumerate(self.live):
            entry.rows = [moved.get(row, row) for row in entry.rows]
            for row in entry.rows:
                self._owners[row] = place
        self.slots.keep(count)
        self._regroup()


def _guided(logits: Tensor, group: _Group) -> Tensor:
    """Logits (B, K) as they are sampled from, of items, or of items and behind them their guiding twins."""
    if not group.guided:
        return logits
    asked, free = logits.chunk(2)
    return free + group.sampling.guidance * (asked - free)


def _fillings(
    count: int, freed: Sequence[int], move: Callable[[Sequence[int], Sequence[int]], None]
) -> list[tuple[int, int]]:
    """Of `count` in use some fall free: move the last ones there. Pairs (old, new)."""
    rest, gone = count - len(freed), set(freed)
    holes = sorted(hole for hole in gone if hole < rest)
    fillers = [filler for filler in range(rest, count) if filler not in gone]
    if holes:
        move(fillers, holes)
    return list(zip(fillers, holes, strict=True))
