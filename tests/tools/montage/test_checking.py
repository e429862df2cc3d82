"""The agent looks at what it made, and says so when it is not what was asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.evals.motion.suite.prompts import load_prompts
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.errors import UnknownActionError
from motion_agent.tools import MotionMemory
from motion_agent.tools.montage.checking import doubts
from motion_agent.tools.montage.parts import PIECE_TOKENS
from motion_agent.tools.services import Services


class Doubtful(FakeBackend):
    """Takes every motion for a jump."""

    weak_below = -2.0

    def __init__(self, score: float = -3.0) -> None:
        super().__init__()
        self.score = score
        self.judged: list[str] = []

    def judge(self, captions: Any, motions: Any) -> list[float]:
        self.judged += captions
        return [self.score for _ in captions]

    def caption(self, motions: Any) -> list[str]:
        return ["a person jumps"] * len(motions)


def notes(backend: FakeBackend, tool: str = "generate_motion", **arguments: Any) -> tuple[str, ...]:
    return Hand(Services(backend, MotionMemory())).make(tool, **arguments).notes


def test_a_weak_match_is_told_with_what_came_out_instead():
    expected = ("weak match: 'a person waves' came out more like 'a person jumps'",)
    assert notes(Doubtful(), description="a person waves") == expected
    segments = [{"description": "a person waves"}, {"description": "a person jumps"}]
    assert notes(Doubtful(), "compose_sequence", segments=segments) == expected


def test_joints_that_show_the_action_are_believed():
    """Every motion of this backend is a walk; nobody is asked whether it is one."""
    backend = Doubtful()
    assert notes(backend, description="a person walks") == ()
    assert notes(backend, description="a person runs")[0].startswith("weak match")
    assert backend.judged == ["a person runs"]


def test_a_new_motion_is_decoded_to_be_chosen_and_once_more_to_be_measured_and_shown(monkeypatch):
    backend, decoded = FakeBackend(), []
    decode = backend.decode
    monkeypatch.setattr(backend, "decode", lambda tokens: decoded.append(len(tokens)) or decode(tokens))
    notes(backend, description="a person walks", seconds=4.0)
    assert decoded == [20, 20]


@pytest.mark.parametrize("backend", [Doubtful(score=-1.0), FakeBackend()], ids=["likely", "cannot judge"])
def test_a_good_match_needs_no_word(backend):
    assert notes(backend, description="a person walks") == ()


def test_an_unlikely_caption_of_the_right_action_is_no_weak_match():
    assert notes(Doubtful(), description="a person jumps") == ()


def test_of_a_long_motion_the_last_piece_is_looked_at(monkeypatch):
    backend, seen = Doubtful(), []

    def judge(captions: Any, motions: Any) -> list[float]:
        seen.extend(tuple(motion.tolist()) for motion in motions)
        return [-3.0] * len(captions)

    monkeypatch.setattr(backend, "judge", judge)
    hand = Hand(Services(backend, MotionMemory()))
    clip = hand.make("generate_motion", description="a person waves", seconds=16)
    assert len(clip.tokens) > PIECE_TOKENS
    assert seen == [clip.tokens[-PIECE_TOKENS:]]


@pytest.mark.slow
def test_few_good_motions_are_doubted_and_many_exchanged_ones_are():
    """On the open suite's prompts: motions as made, and each with the request of another group of actions."""
    backend = load_backend()
    services, readings, groups = Services(backend, MotionMemory()), [], []
    for prompt in load_prompts():
        try:
            readings.append(backend.interpret(prompt.text))
            groups.append(prompt.group)
        except UnknownActionError:
            continue
    motions = backend.generate([r.text for r in readings], seed=list(range(len(readings))))
    tokens = [tuple(motion.tolist()) for motion in motions]
    rng = np.random.default_rng(0)
    other = [rng.choice([k for k, g in enumerate(groups) if g != group]) for group in groups]
    alarms = np.mean([bool(n) for n in doubts(services, readings, tokens)])
    caught = np.mean([bool(n) for n in doubts(services, [readings[k] for k in other], tokens)])
    print(f"doubted as made {alarms:.1%}, exchanged {caught:.1%}")
    assert alarms < 0.12
    assert caught > 0.45
