"""Judging captions: the action's family, left and right, and the tables of scores beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from fakes import FakeBackend
from motion_agent.evals.motion.captions import captioning
from motion_agent.evals.motion.captions.captioning import (
    CaptionSample,
    caption_all,
    judge,
    sides_in,
    summarize,
)
from motion_agent.evals.motion.captions.items import CaptioningItem, CaptioningSet
from motion_agent.motion_models.data.clips import Caption
from motion_agent.motion_models.errors import CheckpointError, InvalidRequestError
from tiny_bert import save_tiny_bert


def _item(action: str, captions: tuple[str, ...], trial: str = "1_1", token: int = 0) -> CaptioningItem:
    tokens = torch.full((5,), token)
    return CaptioningItem(trial, tuple(Caption(text) for text in captions), tokens, 0.0, action)  # type: ignore[arg-type]


WALK = _item("walk", ("a person walks forward",) * 4)
KICK = _item(
    "kick", ("a person kicks", "someone kicks with the left leg", "a kick", "a left kick"), "2_1", token=1
)
JUMP = _item("", ("a person jumps up", "someone leaps"), "3_1", token=2)


class Captioner(FakeBackend):
    """Says of every motion what belongs to its first token."""

    name = "captioner"

    def __init__(self, *says: str) -> None:
        super().__init__()
        self.says = says
        self.sizes: list[int] = []

    def caption(self, motions):
        self.sizes.append(len(motions))
        return [self.says[int(tokens[0]) % len(self.says)] for tokens in motions]


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
    captioner = Captioner("a person walks", "a person kicks")
    captions = caption_all(captioner, [WALK, KICK, WALK], batch_size=2, progress=False)
    assert captions == ["a person walks", "a person kicks", "a person walks"]
    assert captioner.sizes == [2, 1]
    samples = [judge(*pair) for pair in zip([WALK, KICK, WALK], captions, strict=True)]
    assert all(isinstance(sample, CaptionSample) and sample.named for sample in samples)


def _run(
    *items: CaptioningItem, says=("a person walks forward", "a person jumps", "a person jumps up"), **given
):
    clips = CaptioningSet("three clips", items, **given)
    return captioning.run(backend=Captioner(*says), clips=clips, progress=False)


def test_the_report_names_protocols_data_and_what_was_not_run() -> None:
    report = _run(WALK, KICK, JUMP, nearest=("a person walks", "a kick", "a jump"))
    assert "| action named | 50.0%" in report.body
    assert "1 of 1" in report.body
    for protocol in ("raw", "processed"):
        assert f"| {protocol} references: captions from |" in report.body
        assert [row["origin"] for row in report.data["scores"][protocol]] == [
            "captioner",
            "nearest training clip's caption",
            "captioner, dealt to other clips",
            "captioner",
            "the description left out",
            "captioner",
            "the description left out",
        ]
    assert "BERTScore: not run" in report.body
    assert "not HumanML3D's" in report.body
    assert report.command == "motion-agent eval captions"
    assert report.subject == "captioner, three clips"
    json.dumps(report.data, allow_nan=False)


def test_bertscore_runs_with_a_local_model(tmp_path: Path) -> None:
    clips = CaptioningSet("three clips", (WALK, KICK, JUMP))
    captioner = Captioner("a person walks forward", "a person jumps", "a person jumps up")
    report = captioning.run(
        backend=captioner, clips=clips, bert_model=save_tiny_bert(tmp_path), progress=False
    )
    [model, *_] = report.data["scores"]["raw"]
    assert model["samples"]["BERTScore"][0] == pytest.approx(100)
    assert "BERTScore: bert of 3 layers, layer 3, idf, not rescaled" in report.body
    assert "not run" not in report.body
    assert report.command == "motion-agent eval captions --bert-model DIR"


def test_clips_without_labels_or_a_second_description_have_fewer_tables() -> None:
    alone = [_item("", (text,), str(n), n) for n, text in enumerate(("a person walks", "a person jumps up"))]
    report = _run(*alone)
    assert "action named" not in report.body
    assert [row["references"] for row in report.data["scores"]["raw"]] == ["all", "all"]


def test_nothing_to_measure_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="give recorded motion"):
        captioning.run(backend=Captioner("a"), progress=False)
    with pytest.raises(CheckpointError, match="no model for BERTScore"):
        captioning.run(tmp_path, Captioner("a"), bert_model=tmp_path, progress=False)
