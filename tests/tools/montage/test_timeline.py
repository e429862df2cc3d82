"""Parts that are cut: what is kept of their tokens, and what they are decoded beside from then on."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from motion_agent.motion_models.motion.features import SECONDS_PER_TOKEN
from motion_agent.tools.batching import Tokens
from motion_agent.tools.montage.parts import SEEN_BESIDE, Part
from motion_agent.tools.montage.timeline import trim


@pytest.mark.parametrize("cut", [(0, 70), (3, 90), (25, 90), (40, 65), (60, 90), (0, 20), (0, 1), (89, 90)])
@pytest.mark.parametrize("lengths", [(90,), (45, 45), (10, 70, 10), (30, 5, 55)])
def test_what_is_kept_is_decoded_beside_what_was_next_to_it(
    lengths: tuple[int, ...], cut: tuple[int, int]
) -> None:
    """On both sides, as far as a decoder sees, however much was cut away; tokens are numbered throughout."""
    whole: Tokens = tuple(range(sum(lengths)))
    parts = [
        Part("a person moves", whole[first:last]) for first, last in pairwise(accumulate(lengths, initial=0))
    ]
    kept = trim(parts, cut[0] * SECONDS_PER_TOKEN, cut[1] * SECONDS_PER_TOKEN)
    assert sum((part.tokens for part in kept), ()) == whole[slice(*cut)]
    for part in kept:
        first = whole.index(part.tokens[0])
        last = first + len(part.tokens)
        assert part.before == whole[max(0, first - SEEN_BESIDE) : first]
        assert part.after == whole[last : last + SEEN_BESIDE]
