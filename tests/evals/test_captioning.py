"""Judging captions: the action's family, left and right."""

from __future__ import annotations

import pytest
from helpers import walking
from motion_agent.evals.motion.captioning import (
    CaptionSample,
    evaluate,
    judge,
    sides_in,
    summarize,
    to_report,
)
from motion_agent.evals.motion.corpus import Clip


def _clip(action: str, captions: tuple[str, ...], trial: str = "1_1") -> Clip:
    return Clip(trial, "val", 0.0, 3.0, action, captions, walking(60))


WALK = _clip("walk", ("a person walks forward",) * 4)
KICK = _clip("kick", ("a person kicks", "someone kicks with the left leg", "a kick", "a left kick"), "2_1")


class Captioner:
    """Says the same of every motion."""

    name = "captioner"

    def __init__(self, says: str) -> None:
        self.says = says

    def encode(self, features):
        return range(len(features) // 4)

    def caption(self, motions):
        return [self.says for _ in motions]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("a person turns left", "left"),
        ("raises the Right hand", "right"),
        ("from left to right", "both"),
        ("walks forward", "none"),
        ("turns by a right angle", "none"),
        ("stands upright", "none"),
        ("turns counter-clockwise", "left"),
        ("turns clockwise", "right"),
        ("leans leftwards", "left"),
    ],
)
def test_sides_in_a_text(text: str, side: str) -> None:
    assert sides_in(text) == side


def test_an_action_is_named_by_any_wording_of_its_family() -> None:
    assert judge(WALK, "someone strolls along").named
    assert not judge(WALK, "a person jumps").named


def test_the_opposite_side_is_wrong_and_a_missing_side_is_not() -> None:
    wrong, right, silent = (
        judge(KICK, f"a person kicks{end}") for end in (" right", " with the left leg", "")
    )
    assert [s.comparable for s in (wrong, right, silent)] == [True, True, False]
    summary = summarize([wrong, right, silent])
    error = summary["left/right wrong where both say one side"]
    assert (error.mean, error.n) == (0.5, 2)


def test_a_side_nobody_mentioned_is_counted_apart() -> None:
    summary = summarize([judge(WALK, "a person walks to the left"), judge(KICK, "a person kicks left")])
    assert summary["side said where the references say none"].mean == 0.5


def test_chance_is_the_share_named_by_other_clips_captions() -> None:
    samples = [judge(WALK, "a person walks") for _ in range(10)]
    assert summarize(samples)["action named by another clip's caption"].mean == 1.0


def test_every_clip_is_captioned_once_in_batches() -> None:
    samples = evaluate(Captioner("a person walks"), [WALK, KICK, WALK], batch_size=2, progress=False)  # type: ignore[arg-type]
    assert [s.named for s in samples] == [True, False, True]
    assert all(isinstance(sample, CaptionSample) for sample in samples)
    report = to_report(samples, "captioner", "the command")
    assert "| action named | 66.7%" in report.body
    assert "2 of 2" in report.body
