"""What joins parts: lengths stay as asked, low poses are gone on from, boundaries become smooth."""

from __future__ import annotations

from typing import Any

import codebook
import pytest
import torch
from codebook import pose
from fakes import FakeBackend
from hand import Hand
from motion_agent.evals.motion.composition.composition import Composer, load_sequences, measure
from motion_agent.motion_models import load_backend
from motion_agent.tools.memory import ClipDraft, ClipSegment, MotionMemory
from motion_agent.tools.montage.flow import LOW
from motion_agent.tools.montage.parts import TRANSITION_TOKENS
from motion_agent.tools.montage.transitions import connecting
from motion_agent.tools.services import Services

LOW_POSE, NEAR, FAR = (
    pose(height=LOW - 0.1),
    pose(height=LOW - 0.05),
    pose(height=LOW + 0.5, hand=0.5),
)


class Rising(FakeBackend):
    """Sits low; what comes next is near to that pose either in its context or without it, far otherwise."""

    def __init__(self, *, near_in_context: bool) -> None:
        super().__init__()
        self.near_in_context = near_in_context

    def generate(self, captions: Any, *, seconds: Any = None, seed: Any = None, prefixes: Any = None) -> Any:
        made = super().generate(captions, seconds=seconds, seed=seed, prefixes=prefixes)
        before = prefixes or [None] * len(captions)
        return [
            torch.full_like(tokens, self._pose(caption, prefix is not None))
            for tokens, caption, prefix in zip(made, captions, before, strict=True)
        ]

    def _pose(self, caption: str, in_context: bool) -> int:
        if "sits" in caption:
            return LOW_POSE
        return NEAR if in_context == self.near_in_context else FAR


@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.6, 1.0, 3.0, 12.0])
def test_transitions_take_their_time_from_the_parts_they_join(hand, seconds):
    clip = hand.sequence("a person walks", "a person jumps", "a person sits", seconds=seconds)
    tokens = round(seconds / 0.2)
    assert [(part.start, part.end) for part in clip.timeline] == [
        (n * tokens, (n + 1) * tokens) for n in range(3)
    ]


def test_after_a_low_pose_a_part_is_also_tried_in_its_context(hand, backend):
    backend.decode = lambda tokens: codebook.decode(torch.LongTensor([LOW_POSE] * len(tokens)))
    clip = hand.sequence("a person sits", "a person jumps", seconds=3)
    assert backend.batches == [["a person sits", "a person jumps"], ["a person jumps"]]
    assert backend.prefixes == [[], [], list(clip.tokens[14 - TRANSITION_TOKENS : 14])]


def test_a_low_pose_is_not_gone_on_from_where_a_later_part_goes_on_with_the_next(hand, backend):
    backend.decode = lambda tokens: codebook.decode(torch.LongTensor([LOW_POSE] * len(tokens)))
    hand.sequence("a person sits", "a person jumps", "a person jumps", seconds=3)
    assert backend.batches == [["a person sits", "a person jumps"], ["a person jumps"]]


def test_an_upright_pose_is_not_gone_on_from(hand, backend):
    hand.sequence("a person walks", "a person jumps", seconds=3)
    assert backend.batches == [["a person walks", "a person jumps"]]


@pytest.mark.parametrize(("poses", "batches"), [((FAR, LOW_POSE), 2), ((LOW_POSE, FAR), 1)])
def test_it_is_the_end_of_a_part_that_is_low(hand, backend, poses, batches):
    tokens = tuple(pose for pose in poses for _ in range(4))
    part = ClipSegment(description="a person moves", start=0, end=8)
    draft = ClipDraft(description="a person moves", tokens=tokens, timeline=(part,), source="test")
    clip = hand.services.memory.remember("local", draft, "before")
    hand.make("compose_sequence", segments=[{"motion_id": clip.id}, {"description": "a person jumps"}])
    assert len(backend.batches) == batches


@pytest.mark.parametrize("near_in_context", [True, False])
def test_after_a_low_pose_the_better_boundary_wins(near_in_context):
    hand = Hand(Services(Rising(near_in_context=near_in_context), MotionMemory()))
    clip = hand.sequence("a person sits", "a person jumps")
    assert set(clip.tokens[11:]) == {NEAR}


@pytest.mark.parametrize(
    ("seconds", "asked"),
    [
        (0.2, [0.2, 0.2, 0.2]),
        (0.4, [0.4, 0.4, 0.4]),
        (0.6, [0.4, 0.2, 0.4]),
        (1.0, [0.8, 0.6, 0.8]),
        (3.0, [2.8, 2.6, 2.8]),
    ],
)
def test_new_parts_give_a_token_to_each_transition(hand, backend, seconds, asked):
    hand.sequence("a person walks", "a person jumps", "a person sits", seconds=seconds)
    assert backend.seconds == pytest.approx(asked)


@pytest.mark.parametrize(("seconds", "asked"), [(0.6, 0.2), (2.0, 1.2), (4.0, 2.8), (None, None)])
def test_a_new_part_beside_parts_that_stay_gives_the_whole_of_both_transitions(hand, seconds, asked):
    clip = hand.sequence("a person walks", "a person jumps")
    backend = hand.services.backend
    backend.seconds.clear()
    new = {"op": "insert", "description": "a person bows", "position": 2, "seconds": seconds}
    child = hand.make("edit_motion", motion_id=clip.id, operations=[new])
    assert backend.seconds == [None if asked is None else pytest.approx(asked)]
    assert child.tokens[:10] == clip.tokens[:10] and child.tokens[-10:] == clip.tokens[10:]
    assert child.length == 20 + (16 if seconds is None else round(seconds / 0.2))


def test_transitions_lead_from_the_part_before_into_the_part_after(hand, services):
    clip = hand.sequence("a person walks", "a person jumps", seconds=3)
    before, after = clip.tokens[:14], clip.tokens[16:]
    assert clip.tokens[14:16] == connecting(services, before, after, 2)


def test_the_shipped_model_flows_at_less_than_half_the_jerk_of_bare_concatenation():
    composer = Composer(load_backend(None))
    for pair in load_sequences()["pairs"][:2]:
        bare, _, ours = measure(composer, pair, seed=0)
        assert ours.seams[0].peak < 0.5 * bare.seams[0].peak
        assert ours.seams[0].transition < 0.5 * bare.seams[0].transition
