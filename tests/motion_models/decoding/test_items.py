"""The room that items take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from motion_agent.motion_models.decoding.items import Item, Outcomes, Size, power_of_two, round_up
from motion_agent.motion_models.decoding.sampling import Sampling

OUTCOMES = Outcomes(
    torch.zeros(1), read=torch.zeros_like, embed=torch.zeros_like, score=torch.zeros_like, stop=0
)


def item(prompt: int, most: int, guide: int | None = None, **outcomes: Any) -> Item:
    """One with so many ids, that is gone on with by so many outcomes at most."""
    own = replace(OUTCOMES, **outcomes)
    return Item([1] * prompt, own, Sampling(), 1, most, guide=None if guide is None else [1] * guide)


@pytest.mark.parametrize(
    ("items", "room", "size"),
    [
        ([item(5, 10)], 8, (1, 1, 15, 10, 1)),
        ([item(5, 10), item(9, 3)], 8, (2, 2, 15, 10, 1)),
        ([item(5, 10), item(20, 3)], 8, (2, 2, 23, 10, 1)),
        ([item(5, 10, guide=7)], 8, (1, 2, 17, 10, 1)),
        # Whichever of them come first, there are rows for those that take most.
        ([item(5, 10), item(5, 10), item(5, 10, guide=2)], 2, (2, 3, 15, 10, 1)),
        ([item(5, 10, draws=4), item(5, 10)], 8, (2, 2, 15, 10, 4)),
    ],
)
def test_there_is_room_for_the_longest_and_the_widest(
    items: list[Item], room: int, size: tuple[int, int, int, int, int]
) -> None:
    assert Size.of(items, room, fixed=False) == Size(*size[:4], fixed=False, draws=size[4])


def test_fixed_sizes_are_rounded_up_and_no_further() -> None:
    size = Size.of([item(5, 60)] * 5, 8, fixed=True)
    assert size == Size(8, 8, 128, 64, fixed=True)
    assert size.rounded() == size
    assert [power_of_two(count) for count in (1, 2, 3, 4, 5, 8, 9)] == [1, 2, 4, 4, 8, 8, 16]
    assert [round_up(tokens) for tokens in (1, 63, 64, 65, 128)] == [64, 64, 64, 128, 128]


def test_room_for_two_sizes_is_the_larger_in_every_respect() -> None:
    one, other = Size(4, 8, 100, 10, True, 1), Size(2, 9, 50, 20, True, 4)
    both = Size(4, 9, 100, 20, True, 4)
    assert one.with_room_for(other) == other.with_room_for(one) == both
