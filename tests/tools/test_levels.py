"""Tools over a backend of several codes a step: every code is kept, cut and joined with its step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from hand import Hand
from motion_agent.tools import MotionMemory
from motion_agent.tools.rendering import render_motion
from motion_agent.tools.services import Services


class TwoCodes(FakeBackend):
    """Gives every step a second code, which must come back beside the first it was given with."""

    def generate(self, captions: Sequence[str], **options: Any) -> list[torch.LongTensor]:
        plain = {
            **options,
            "prefixes": [_first(p) for p in options.get("prefixes") or [None] * len(captions)],
        }
        return [_with_second(motion) for motion in super().generate(captions, **plain)]

    def caption(self, motions: Sequence[torch.LongTensor]) -> list[str]:
        return super().caption([_first(motion) for motion in motions])

    def encode(self, features: np.ndarray) -> torch.LongTensor:
        return _with_second(super().encode(features))

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        return super().decode(_first(tokens))


def _with_second(motion: torch.Tensor) -> Any:
    return torch.stack([motion, (7 * motion + 3) % 512], dim=1)


def _first(tokens: torch.Tensor | None) -> Any:
    if tokens is None:
        return None
    assert tokens.ndim == 2 and torch.equal(_with_second(tokens[:, 0]), tokens)
    return tokens[:, 0]


@pytest.fixture
def hands(tmp_path: Path) -> tuple[Hand, Hand]:
    """The same tools over two codes a step, and over the first of them alone."""
    made = [
        Hand(Services(backend, MotionMemory(), output_folder=tmp_path, input_folder=tmp_path))
        for backend in (TwoCodes(), FakeBackend())
    ]
    return made[0], made[1]


EDITS = [
    {"op": "repeat", "segment": 1, "times": 2},
    {"op": "insert", "position": 2, "description": "a person bows", "seconds": 1},
    {"op": "mirror"},
    {"op": "trim", "start": 0.4, "end": 4.0},
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit["op"])
def test_tools_do_with_steps_what_they_do_with_codes(hands: tuple[Hand, Hand], edit: dict[str, Any]) -> None:
    several, single = (
        hand.make(
            "edit_motion",
            motion_id=hand.sequence("a person walks", "a person jumps").id,
            operations=[edit],
        )
        for hand in hands
    )
    steps = [step for step in several.tokens if isinstance(step, tuple)]
    assert [step[0] for step in steps] == list(single.tokens)
    assert all(step[1] == (7 * step[0] + 3) % 512 for step in steps)
    # Read back from the store as it was kept.
    assert hands[0].services.memory.get("local", several.id).tokens == several.tokens
    ours, theirs = (_rendered(hand, clip.id) for hand, clip in zip(hands, (several, single), strict=True))
    np.testing.assert_allclose(ours, theirs)


def _rendered(hand: Hand, motion_id: str) -> np.ndarray:
    return render_motion(hand.services.memory, hand.services.backend, motion_id).joints
