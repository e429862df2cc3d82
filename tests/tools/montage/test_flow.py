"""What joins parts: lengths stay as asked, low poses are gone on from, boundaries become smooth."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from motion_agent.evals.motion.composition.composition import Composer, load_sequences, measure
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.motion.features import LOCAL_POSITIONS, ROOT_HEIGHT
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.flow import LOW
from motion_agent.tools.montage.parts import TRANSITION_TOKENS
from motion_agent.tools.montage.transitions import boundary_cost, connecting
from motion_agent.tools.services import Services


class Poses(FakeBackend):
    """Token t decodes to four frames with every joint t centimetres away, and back."""

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        features = np.zeros((4 * len(tokens), 263), dtype=np.float32)
        features[:, LOCAL_POSITIONS] = np.repeat(tokens.numpy(), 4)[:, None] / 100
        return features

    def encode(self, features: np.ndarray) -> torch.LongTensor:
        first = features[::4, LOCAL_POSITIONS].mean(axis=-1)
        return torch.LongTensor(np.rint(100 * first).clip(0, 511).astype(np.int64))


@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.6, 1.0, 3.0, 12.0])
def test_transitions_take_their_time_from_the_parts_they_join(hand, seconds):
    clip = hand.sequence("a person walks", "a person jumps", "a person sits", seconds=seconds)
    tokens = round(seconds / 0.2)
    assert [(part.start, part.end) for part in clip.timeline] == [
        (n * tokens, (n + 1) * tokens) for n in range(3)
    ]


def test_after_a_low_pose_a_part_is_also_tried_in_its_context(hand, backend):
    upright = backend.decode

    def lying(tokens):
        features = upright(tokens).copy()
        features[:, ROOT_HEIGHT] = LOW - 0.1
        return features

    backend.decode = lying
    clip = hand.sequence("a person sits", "a person jumps", seconds=3)
    assert backend.batches == [["a person sits", "a person jumps"], ["a person jumps"]]
    assert backend.prefixes == [[], [], list(clip.tokens[14 - TRANSITION_TOKENS : 14])]


def test_a_way_leads_over_evenly_and_costs_less_than_a_leap():
    services = Services(Poses(), MotionMemory())
    before, after = (0,) * 8, (40,) * 8
    way = connecting(services, before, after, 3)
    assert list(way) == sorted(way) and 0 < way[1] < 40
    assert connecting(services, before, after, 0) == ()
    leap = boundary_cost(services, before, after)
    assert boundary_cost(services, before, after, way) < leap
    assert boundary_cost(services, before, before) < boundary_cost(services, before, after, way)


def test_the_shipped_model_flows_at_less_than_half_the_jerk_of_bare_concatenation():
    composer = Composer(load_backend(None))
    for pair in load_sequences()["pairs"][:2]:
        bare, _, ours = measure(composer, pair, seed=0)
        assert ours.seams[0].peak < 0.5 * bare.seams[0].peak
        assert ours.seams[0].transition < 0.5 * bare.seams[0].transition
