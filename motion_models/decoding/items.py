"""What decoding works on: outcomes to choose among, items that choose, and the room that they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from .sampling import Sampling

#: See `Outcomes`. How to draw others: their logits (G * B, K) and the number of the draw -> outcomes (B,).
Finish = Callable[[Tensor, Tensor, Callable[[Tensor, int], Tensor]], Tensor]


@dataclass(frozen=True)
class Outcomes:
    """The K outcomes of a step. stop: the one that ends an item. banned: those never legal.

    like: a tensor with the dtype and device of the decoder's inputs.
    read: ids of a prompt (B, L) -> inputs of the decoder (B, L, H). embed: outcomes (B,) -> inputs (B, H).
    score: hidden states (B, H) -> float32 logits (B, K).
    draws: random numbers of a step. finish: where a step has further codes, hidden states (G * B, H), the
    outcomes drawn (B,) and how to draw others -> the whole steps (B,), which are what `embed` takes.
    adapter: which one rows with these outcomes use, where the decoder has several at once; outcomes of one
    adapter have the same `embed`. beginning: ids that every prompt for them begins with.
    """

    like: Tensor = field(compare=False)
    read: Callable[[Tensor], Tensor]
    embed: Callable[[Tensor], Tensor]
    score: Callable[[Tensor], Tensor]
    stop: int
    banned: tuple[int, ...] = ()
    adapter: int = 0
    beginning: tuple[int, ...] = ()
    draws: int = 1
    finish: Finish | None = None


@dataclass(frozen=True)
class Item:
    """A prompt (ids) to be continued by between `least` and `most` outcomes, the stop not counted.

    guide: the same prompt without what it asks for, where sampling is guided; it runs in the same batch.
    """

    prompt: Sequence[int]
    outcomes: Outcomes
    sampling: Sampling
    least: int
    most: int
    seed: int | None = None
    guide: Sequence[int] | None = None

    @property
    def prompts(self) -> list[Sequence[int]]:
        """One for each row the item takes."""
        return [self.prompt] if self.guide is None else [self.prompt, self.guide]

    @property
    def columns(self) -> int:
        return self.most + max(map(len, self.prompts))


@dataclass(frozen=True)
class Size:
    """Room for `room` items in `rows` rows, `columns` tokens long, the last `longest` of them outcomes.

    draws: random numbers of a step. fixed: rounded up, so that few sizes occur and a graph can be used again.
    """

    room: int
    rows: int
    columns: int
    longest: int
    fixed: bool
    draws: int = 1

    @classmethod
    def of(cls, items: Sequence[Item], room: int, fixed: bool) -> Size:
        """For these items, at most `room` at once."""
        takes = sorted((len(item.prompts) for item in items), reverse=True)
        size = cls(
            min(room, len(items)),
            sum(takes[:room]),
            max(item.columns for item in items),
            max(item.most for item in items),
            fixed,
            max(item.outcomes.draws for item in items),
        )
        return size.rounded() if fixed else size

    def rounded(self) -> Size:
        return Size(
            power_of_two(self.room),
            power_of_two(self.rows),
            round_up(self.columns),
            round_up(self.longest),
            self.fixed,
            self.draws,
        )

    def with_room_for(self, other: Size) -> Size:
        """The larger in every respect."""
        room, rows, columns, longest, draws = map(max, zip(self._sizes, other._sizes, strict=True))
        return Size(room, rows, columns, longest, self.fixed, draws)

    @property
    def _sizes(self) -> tuple[int, int, int, int, int]:
        return self.room, self.rows, self.columns, self.longest, self.draws


def power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def round_up(tokens: int) -> int:
    """To a multiple of 64."""
    return -(-tokens // 64) * 64
