"""Batched autoregressive decoding over a part of the vocabulary, with a key-value cache.

The loop knows no words: it chooses among K outcomes through the functions of `Outcomes`, so motion generation
and captioning share it, and so do all backbones.

Each item draws from its own seeded stream of uniform numbers, one a step, so its result depends neither on
its batch mates nor on how long they run. Items that are done make room for those that wait.

A step is one function of tensors that stay where they are, drawing included: on CUDA it is captured as a
graph, and the host looks at what came out only every few steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from .errors import InvalidRequestError
from .slots import Slots

#: Items decoded at once; more wait for a place.
ROOM = 256
#: Steps between two looks at what has ended, on CUDA.
STRIDE = 8
#: Sizes of batches whose graphs are kept.
IDLE = 4


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
    """The K outcomes of a step. stop: the one that ends an item. banned: those never legal.

    like: a tensor with the dtype and device of the decoder's inputs.
    read: ids of a prompt (B, L) -> inputs of the decoder (B, L, H). embed: outcomes (B,) -> inputs (B, H).
    score: hidden states (B, H) -> float32 logits (B, K).
    """

    like: Tensor = field(compare=False)
    read: Callable[[Tensor], Tensor]
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


@dataclass(frozen=True)
class Item:
    """A prompt (ids) to be continued by between `least` and `most` outcomes, the stop not counted.

    guide: the same prompt without what it asks for, where sampling is guided; it runs in the same batch.
    """

    prompt: Sequence[int]
    least: int
    most: int
    seed: int | None = None
    guide: Sequence[int] | None = None


class Decoding:
    """What decoding keeps from one call to the next, which is worth it where graphs were captured."""

    def __init__(self, *, compiled: bool = False, room: int = ROOM) -> None:
        """compiled: steps go through torch.compile; the first of every shape takes long, the others less.
        room: how many items run at once; the others wait until one is done."""
        self.compiled, self.room = compiled, room
        self._idle: dict[tuple[object, ...], _Run] = {}

    def forget(self) -> None:
        """Let go of everything: the weights have moved or changed their adapters."""
        self._idle.clear()

    @torch.inference_mode()
    def decode(
        self,
        decoder: nn.Module,
        items: Sequence[Item],
        outcomes: Outcomes,
        sampling: Sampling,
    ) -> list[list[int]]:
        """The outcomes of each item, without the stop. Either all items have a guide or none has."""
        size = _Size.of(items, self.room, fixed=outcomes.like.is_cuda)
        key = (decoder, outcomes, sampling, size, self.compiled)
        run = self._idle.pop(key, None)
        if run is None:
            run = _Run(decoder, outcomes, sampling, size, compiled=self.compiled)
        results: list[list[int]] = [[] for _ in items]
        waiting = deque(range(len(items)))
        run.items, run.live = items, []
        while waiting or run.live:
            run.admit([waiting.popleft() for _ in range(min(len(waiting), run.free))])
            for item, made in run.harvest():
                results[item] = made
            run.advance()
        if size.fixed:
            self._idle[key] = run
            while len(self._idle) > IDLE:
                del self._idle[next(iter(self._idle))]
        return results


@dataclass(frozen=True)
class _Size:
    """Room for items of `copies` rows, `columns` tokens long, the last `longest` of them outcomes.

    fixed: rounded up, so that few sizes occur and a graph can be used again.
    """

    room: int
    copies: int
    columns: int
    longest: int
    fixed: bool

    @classmethod
    def of(cls, items: Sequence[Item], room: int, fixed: bool) -> _Size:
        count, copies = min(room, len(items)), 1 if items[0].guide is None else 2
        longest = max(item.most for item in items)
        columns = longest + max(max(len(item.prompt), len(item.guide or ())) for item in items)
        if fixed:
            return cls(_power_of_two(count), copies, _round_up(columns), _round_up(longest), True)
        return cls(count, copies, columns, longest, False)


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def _round_up(tokens: int, step: int = 64) -> int:
    return -(-tokens // step) * step


class _Run:
    """The items in work: the first `len(live)` places of every tensor; guides follow what they guide."""

    def __init__(
        self,
        decoder: nn.Module,
        outcomes: Outcomes,
        sampling: Sampling,
        size: _Size,
        *,
        compiled: bool,
    ) -> None:
        self.outcomes, self.sampling, self.size = outcomes, sampling, size
        like = outcomes.like
        self.device = like.device
        self.items: Sequence[Item] = ()
        self.live: list[int] = []
        self.slots = Slots(
            decoder, size.room * size.copies, size.columns, like, fixed=size.fixed, compiled=compiled
        )
        self.uniforms = torch.zeros(size.room, size.longest, device=self.device)
        counts = torch.zeros(4, size.room, dtype=torch.long, device=self.device)
        self.floor, self.ceiling, self.made, self.last = counts
        self.ended = torch.zeros(size.room, dtype=torch.bool, device=self.device)
        # One column more than any item may use, for what is drawn between its end and its harvest.
        self.history = torch.zeros(size.room, size.longest + 1, dtype=torch.long, device=self.device)
        self.banned = torch.tensor(outcomes.banned, dtype=torch.long, device=self.device)
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}

    @property
    def free(self) -> int:
        return self.size.room - len(self.live)

    @property
    def _state(self) -> tuple[Tensor, ...]:
        """All that a step changes but keys and values: these it writes again at the same place."""
        return self.made, self.last, self.ended, self.history, self.slots.lengths

    def admit(self, waiting: Sequence[int]) -> None:
        """Read the prompts of further items and draw their first outcomes."""
        if not waiting:
            return
        start, new = len(self.live), [self.items[i] for i in waiting]
        here = slice(start, start + len(new))
        self.live.extend(waiting)
        self.uniforms[here] = uniform_streams([item.seed for item in new], self.size.longest).to(self.device)
        self.floor[here] = torch.tensor([item.least for item in new], device=self.device)
        self.ceiling[here] = torch.tensor([item.most for item in new], device=self.device)
        self.made[here] = 0
        self.ended[here] = False
        prompts = [p for item in new for p in (item.prompt, item.guide) if p is not None]
        self._draw(self.slots.admit(start * self.size.copies, prompts, self.outcomes.read), here)

    def advance(self) -> None:
        """One more outcome for every item in work; several where asking which are done takes longer."""
        count = len(self.live)
        if not count:
            return
        if not self.size.fixed:
            self._step(count)
            return
        count = min(_power_of_two(count), self.size.room)
        if count not in self._graphs:
            self._graphs[count] = self._capture(count)
        for _ in range(STRIDE):
            self._graphs[count].replay()

    def harvest(self) -> list[tuple[int, list[int]]]:
        """Take out the items that are done, with their outcomes."""
        places = self.ended[: len(self.live)].nonzero().squeeze(1).tolist()
        done = []
        for place in places:
            item, stop = self.live[place], self.outcomes.stop
            row = self.history[place, : self.items[item].most].tolist()
            # Beyond what was made stands what an earlier item left behind.
            row = row[: int(self.made[place])]
            done.append((item, row[: row.index(stop)] if stop in row else row))
        self._close(places)
        return done

    def _step(self, count: int) -> None:
        inputs = self.outcomes.embed(self.last[:count].repeat_interleave(self.size.copies))
        self._draw(self.slots.step(inputs), slice(0, count))

    def _draw(self, hidden: Tensor, here: slice) -> None:
        logits = self.outcomes.score(hidden)
        if self.size.copies == 2:
            asked, free = logits[0::2], logits[1::2]
            logits = free + self.sampling.guidance * (asked - free)
        made, stop = self.made[here], self.outcomes.stop
        logits = logits.index_fill(1, self.banned, -torch.inf)
        logits[:, stop] = logits[:, stop].masked_fill(made < self.floor[here], -torch.inf)
        step = made.clamp(max=self.size.longest - 1)[:, None]
        chosen = choose(logits, self.uniforms[here].gather(1, step).squeeze(1), self.sampling)
        self.history[here].scatter_(1, made.clamp(max=self.size.longest)[:, None], chosen[:, None])
        self.last[here] = chosen
        self.made[here] += 1
        self.ended[here] |= (chosen == stop) | (self.made[here] >= self.ceiling[here])

    def _capture(self, count: int) -> torch.cuda.CUDAGraph:
        """A step over the first `count` places as a CUDA graph; it leaves no trace of having been tried."""
        before = [tensor.clone() for tensor in self._state]
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(side):  # libraries set themselves up, and kernels are compiled, outside of it
            for _ in range(2):
                self._step(count)
        torch.cuda.current_stream(self.device).wait_stream(side)
        for tensor, old in zip(self._state, before, strict=True):
            tensor.copy_(old)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step(count)
        return graph

    def _close(self, places: Sequence[int]) -> None:
        """Fill the places that fell free with the last items in work."""
        rest, copies = len(self.live) - len(places), range(self.size.copies)
        holes = [place for place in places if place < rest]
        fillers = sorted(set(range(rest, len(self.live))) - set(places))
        if holes:
            source, target = (torch.tensor(rows, device=self.device) for rows in (fillers, holes))
            for values in (self.uniforms, self.floor, self.ceiling, *self._state[:-1]):
                values[target] = values[source]
            self.slots.move(
                [row * len(copies) + copy for row in fillers for copy in copies],
                [row * len(copies) + copy for row in holes for copy in copies],
            )
            for filler, hole in zip(fillers, holes, strict=True):
                self.live[hole] = self.live[filler]
        del self.live[rest:]
