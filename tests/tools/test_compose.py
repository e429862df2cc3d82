"""compose_sequence: seeds of its parts."""

from __future__ import annotations

from hand import Hand


def test_a_seed_of_zero_is_a_seed(hand: Hand) -> None:
    segments = [{"description": "a person walks"}, {"description": "a person jumps"}]
    once, again = (hand.make("compose_sequence", segments=segments, seed=0) for _ in range(2))
    assert once.seed == 0
    assert [part.seed for part in once.timeline] == [0, 1]
    assert once.tokens == again.tokens
