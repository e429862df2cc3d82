"""The training pairs: splits, variants, determinism, limits, the cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.corpus_items import CorpusItem, Mixture, collect_items
from motion_agent.motion_models.data.dataset import MotionTextDataset
from motion_agent.motion_models.data.streams import PLAIN, TokenStreams, Variant
from motion_agent.motion_models.english.captions import CaptionedSegment
from motion_agent.motion_models.errors import InvalidMotionError
from numpy.typing import NDArray


class YawTokenizer:
    """Stands for a motion tokenizer: a token is the rounded mean root height and yaw velocity."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, features: NDArray[np.float32]) -> torch.LongTensor:
        self.calls += 1
        groups = features[: len(features) // 4 * 4].reshape(-1, 4, 263).mean(axis=1)
        return torch.from_numpy(np.floor(groups[:, 3] * 50 + groups[:, 0] * 1000).astype(np.int64) % 512)  # type: ignore[return-value]


@pytest.fixture
def trials() -> list[Trial]:
    return [
        Trial("01_01", walking(160), "train"),
        Trial("01_02", walking(100), "train"),
        Trial("02_01", walking(80), "val"),
    ]


@pytest.fixture
def segments() -> list[CaptionedSegment]:
    return [
        CaptionedSegment("01_01", 0.0, 3.0, "walk", ("a person walks forward", "a person walks to the left")),
        CaptionedSegment("01_01", 3.0, 5.0, "wave", ("a person waves the left hand", "someone waves")),
        CaptionedSegment("01_02", 0.0, 4.0, "dribble", ("a person dribbles", "someone dribbles a ball")),
        CaptionedSegment("01_02", 1.0, 2.5, "kick", ("a person kicks", "someone kicks the left leg")),
        CaptionedSegment("02_01", 0.0, 3.0, "run", ("a person runs", "someone runs")),
    ]  # fmt: skip


def build(trials: list[Trial], segments: list[CaptionedSegment], **options: object) -> MotionTextDataset:
    return MotionTextDataset.build(trials, YawTokenizer(), segments=segments, progress=False, **options)  # type: ignore[arg-type]


def test_walks_on_what_is_not_there_are_left_out() -> None:
    raised = Trial("01_01", walking(160) + np.array([0, 0.5, 0], np.float32), "train", "playground - climb")
    segments = [
        CaptionedSegment("01_01", 0.0, 3.0, "walk", ("a person walks forward",)),
        CaptionedSegment("01_01", 3.0, 6.0, "climb", ("a person climbs up",)),
    ]
    whole = collect_items(segments, {"01_01": raised}, Mixture())
    assert [item.captions for item in whole["segments"]] == [("a person climbs up",)]
    assert whole["measured"] == [] == whole["joined"]
    level = collect_items(segments, {"01_01": Trial("01_01", walking(160), "train", "playground")}, Mixture())
    assert len(level["segments"]) == 2 and level["measured"]


def test_items_are_drawn_anew_each_epoch_and_reproducibly(trials, segments) -> None:
    first, second = build(trials, segments, length=40), build(trials, segments, length=40)
    assert len(first) == 40
    shown = [
        (caption, tokens.tolist(), before.tolist())
        for caption, tokens, before in (first[i] for i in range(40))
    ]
    assert shown == [
        (caption, tokens.tolist(), before.tolist())
        for caption, tokens, before in (second[i] for i in range(40))
    ]
    first.set_epoch(1)
    assert shown != [
        (caption, tokens.tolist(), before.tolist())
        for caption, tokens, before in (first[i] for i in range(40))
    ]


def test_motions_fit_the_limits(trials, segments) -> None:
    dataset = build(trials, segments, length=120)
    for caption, tokens, _ in (dataset[i] for i in range(120)):
        assert tokens.dtype == torch.int64
        assert 2 <= len(tokens) <= 50
        assert caption.strip() == caption != ""


def test_held_out_trials_stay_out(trials, segments) -> None:
    train = build(trials, segments)
    assert {item.trial for found in train.items.values() for item in found} == {"01_01", "01_02"}
    held_out = build(trials, segments, split="val")
    assert {trial for trial, _ in held_out.streams.tokens} == {"02_01"}
    assert len(held_out) == 1
    assert held_out.references(0) == ("a person runs", "someone runs")
    assert held_out.family(0) == "run"


def test_val_is_plain(trials, segments) -> None:
    dataset = build(trials, segments, split="val")
    caption, tokens, _ = dataset[0]
    rows = trials[2].features
    assert caption == "a person runs"
    assert torch.equal(tokens, YawTokenizer().encode(rows)[:15])


def test_every_kind_of_item_occurs(trials, segments) -> None:
    found = build(trials, segments).items
    assert all(found[kind] for kind in ("segments", "subclips", "measured", "joined", "repeated"))


def test_sides_follow_the_mirror(trials) -> None:
    only = [CaptionedSegment("01_01", 0.0, 2.0, "wave", ("a person waves the left hand",))]
    dataset = build(trials, only, length=60)
    item = dataset.items["segments"][0]
    rng = np.random.default_rng(0)
    assert all("left" in dataset._caption(item, Variant(mirrored=False), rng) for _ in range(20))
    assert all("right" in dataset._caption(item, Variant(mirrored=True), rng) for _ in range(20))


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "of another recording"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_both_of_two_actions_in_a_row_are_told_as_they_are_shown(trials, mirrored, goes_on) -> None:
    wave = CorpusItem("01_01", 0.0, 2.0, "wave", ("a person waves the left hand",))
    kick = CorpusItem("01_01" if goes_on else "01_02", 2.0, 4.0, "kick", ("a person kicks the left leg",))
    dataset = build(trials, [CaptionedSegment("01_01", 0.0, 2.0, "wave", wave.captions)], length=4)
    shown, other = ("right", "left") if mirrored else ("left", "right")
    for seed in range(20):
        rng = np.random.default_rng(seed)
        told = dataset._caption(replace(wave, then=kick), Variant(mirrored=mirrored), rng)
        assert told.count(shown) == 2 and other not in told


@pytest.mark.parametrize("seed", range(8))
def test_of_two_actions_in_a_row_both_are_shown_once(trials, segments, seed) -> None:
    first = CorpusItem("01_01", 0.0, 2.0, "wave", ("a person waves",))
    second = CorpusItem("01_02", 1.0, 3.0, "kick", ("a person kicks",))
    dataset = build(trials, segments, length=4)
    variants = dataset.streams.variants
    variant = variants[int(np.random.default_rng(seed).random() * len(variants))]
    parts = [
        dataset.streams.cut(item.trial, item.start, item.end, variant).tolist() for item in (first, second)
    ]
    _, tokens, _ = dataset._augmented(replace(first, then=second), np.random.default_rng(seed))
    assert tokens.tolist() == parts[0] + parts[1]
    _, tokens, _ = dataset._augmented(replace(first, times=3), np.random.default_rng(seed))
    assert tokens.tolist() == parts[0] * 3


def test_streams_find_a_moment_in_every_variant(trials) -> None:
    streams = TokenStreams.build(trials[:1], YawTokenizer(), progress=False)
    for variant in streams.variants:
        length = len(streams.cut("01_01", 2.0, 4.0, variant))
        assert length == pytest.approx(10 / variant.speed, abs=1)
    assert len(streams.cut("01_01", 0.0, 99.0, PLAIN)) == len(streams.tokens["01_01", PLAIN])


def test_the_cache_is_used_and_not_mixed_up(trials, tmp_path: Path) -> None:
    class Shifted(YawTokenizer):
        def encode(self, features: NDArray[np.float32]) -> torch.LongTensor:
            return (super().encode(features) + 1) % 512  # type: ignore[return-value]

    def tokens(tokenizer: YawTokenizer) -> list[int]:
        streams = TokenStreams.build(trials[:2], tokenizer, cache=tmp_path, progress=False)
        return streams.tokens["01_01", PLAIN].tolist()

    cold, warm, other = YawTokenizer(), YawTokenizer(), Shifted()
    assert tokens(cold) == tokens(warm) != tokens(other)
    assert warm.calls == 1 < cold.calls == other.calls


def test_no_trial_of_the_split_is_an_error(trials, segments) -> None:
    with pytest.raises(InvalidMotionError, match="val"):
        build(trials[:2], segments, split="val")


def test_a_short_walk_is_brief_and_a_long_one_or_a_turn_is_not(trials: list[Trial]) -> None:
    segments = [
        CaptionedSegment("01_01", 0.0, 2.0, "walk", ("a person walks forward",)),
        CaptionedSegment("01_01", 0.0, 5.0, "walk", ("a person walks forward",)),
        CaptionedSegment("01_02", 0.0, 2.0, "wave", ("a person waves",)),
    ]
    plain = build(trials, segments, augmented=False)
    assert [plain.is_brief(index) for index in range(3)] == [True, False, False]


def test_what_people_tell_and_what_is_made_is_shown_beside_the_segments(trials: list[Trial]) -> None:
    segments = [CaptionedSegment("01_01", 0.0, 3.0, "walk", ("a person walks forward",))]
    further = {
        "human": [CaptionedSegment("01_02", 0.0, 3.0, "walk", ("some guy wanders off",))],
        "rested": [CaptionedSegment("02_01", 0.0, 3.0, "walk", ("a held-out person walks",))],
    }
    data = build(trials, segments, further=further, mixture=Mixture(human=0.9))
    assert {item.trial for item in data.items["human"]} == {"01_02"} and not data.items["rested"]
    assert sorted(data.texts()) == ["a person walks forward", "some guy wanders off"]
    shown = {data._order[index].trial for index in range(len(data))}
    assert shown == {"01_01", "01_02"}
