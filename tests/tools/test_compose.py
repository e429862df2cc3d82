"""compose_sequence: seeds of its parts, and what is done several times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import codebook
import numpy as np
import pytest
import torch
from edits import parts_shown
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.measures.events import events
from motion_agent.tools.batching import Tokens
from motion_agent.tools.memory import MotionClip, MotionMemory
from motion_agent.tools.services import Services
from motions import shifted, standing


def test_a_seed_of_zero_is_a_seed(hand: Hand) -> None:
    segments = [{"description": "a person walks"}, {"description": "a person jumps"}]
    once, again = (hand.make("compose_sequence", segments=segments, seed=0) for _ in range(2))
    assert once.seed == 0
    assert [part.seed for part in once.timeline] == [0, 1]
    assert once.tokens == again.tokens


class Jumping(FakeBackend):
    """Makes three jumps of what is called a jump."""

    def generate(self, captions: Sequence[str], **options: Any) -> list[torch.LongTensor]:
        height = np.zeros(97)
        for start in (12, 40, 68):
            height[start : start + 10] = 0.4 * np.sin(np.pi * np.arange(10) / 9)
        jumps = codebook.encode(from_joints(shifted(standing(97), y=height).astype(np.float32)))
        made = super().generate(captions, **options)
        return [jumps if "jump" in text else tokens for text, tokens in zip(captions, made, strict=True)]


JUMPS = {"description": "a person jumps", "repeat": 3}


def jumps_of(clip: MotionClip) -> list[Tokens]:
    """The tokens of each jump."""
    return [clip.tokens[part.start : part.end] for part in clip.timeline if "jump" in part.description]


@pytest.mark.parametrize("before", [{"description": "a person walks", "seconds": 2}, "walk"])
def test_what_is_done_several_times_is_told_apart_at_the_same_places_whatever_comes_before(before) -> None:
    hand = Hand(Services(Jumping(), MotionMemory()))
    walk = hand.make("generate_motion", description="a person walks", name="walk")
    before = {"motion_id": walk.id} if before == "walk" else before
    alone = jumps_of(hand.make("compose_sequence", segments=[JUMPS], seed=8))
    after = jumps_of(hand.make("compose_sequence", segments=[before, JUMPS], seed=7))
    assert len(alone) == len(after) == 3
    assert after[1:] == alone[1:]
    assert after[0][-len(alone[0]) :] == alone[0], "only what leads into the first one is more"


def test_each_of_several_jumps_is_one() -> None:
    hand = Hand(Services(Jumping(), MotionMemory()))
    clip = hand.make("compose_sequence", segments=[{"description": "a person walks"}, JUMPS, JUMPS])
    for part, shown in zip(clip.timeline, parts_shown(hand, clip), strict=True):
        assert "jump" not in part.description or len(events(shown, "jump")) == 1
    assert sum(float(check.reached) for part in clip.timeline for check in part.checks if check.counted) == 6


def test_what_cannot_be_counted_is_made_anew_each_time(hand: Hand) -> None:
    segments = [{"description": "a person walks", "repeat": 3}, {"description": "a person sits"}]
    clip = hand.make("compose_sequence", segments=segments, seed=4)
    assert [part.seed for part in clip.timeline] == [4, 5, 6, 7]
    first, second, third = (clip.tokens[part.start : part.end] for part in clip.timeline[:3])
    assert first != second != third != first
