"""Pairs of stretches of different recordings, one after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.corpus_items import CorpusItem, Mixture
from motion_agent.motion_models.data.dataset import MotionTextDataset
from motion_agent.motion_models.data.following import following_items
from motion_agent.motion_models.data.streams import ALL_VARIANTS, TokenStreams
from numpy.typing import NDArray


def still(frames: int, *, lowered: float = 0.0) -> NDArray[np.float32]:
    """A body that stands in the first pose of a walk; the joints over the feet lower by `lowered` metres."""
    joints = np.repeat(walking(2)[:1], frames, axis=0)
    joints[..., 1] *= 1 - lowered
    return joints


@pytest.fixture
def trials() -> dict[str, Trial]:
    moving = np.concatenate([still(20), walking(60)])
    made = {"stand": still(60), "still": still(80), "low": still(60, lowered=0.5), "off": moving}
    return {name: Trial(name, joints.astype(np.float32), "train") for name, joints in made.items()}


def item(trial: str, start: float, end: float, family: str, *more: str) -> CorpusItem:
    return CorpusItem(trial, start, end, family, (f"a person {family}s", *more))


def test_what_ends_as_another_begins_can_be_followed_by_it(trials: dict[str, Trial]) -> None:
    items = [
        item("stand", 0, 2, "wave"),
        item("still", 0, 2, "clap"),
        item("low", 0, 2, "crouch"),
        item("off", 0, 3.5, "walk"),
    ]
    found = {(pair.family, pair.then.family) for pair in following_items(items, trials, 60) if pair.then}
    assert found == {("wave", "clap"), ("clap", "wave"), ("wave", "walk"), ("clap", "walk")}


def test_long_stretches_and_words_for_several_actions_are_left_out(trials: dict[str, Trial]) -> None:
    waits = item("still", 0, 3, "wait")
    for other in (
        replace(item("stand", 0, 2, "x"), captions=("a person waves, then claps",)),
        item("stand", 0, 0.5, "nod"),
        replace(waits, start=0.2),
    ):
        assert following_items([waits, other], trials, 10) == []
    assert following_items([], trials, 10) == []


def test_the_same_arguments_give_the_same_pairs(trials: dict[str, Trial]) -> None:
    items = [item("stand", 0, 2, "wave"), item("still", 0, 2, "clap"), item("still", 1, 3, "point")]
    first, again, other = (following_items(items, trials, 12, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 12


class Numbered:
    """A tokenizer whose codes tell the trials apart by the height of the root, in centimetres."""

    def encode(self, features: NDArray[np.float32]) -> object:
        import torch

        return torch.from_numpy(np.round(features[: len(features) // 4 * 4 : 4, 3] * 100).astype(np.int64))


def test_a_pair_is_shown_as_both_stretches_with_the_words_of_both() -> None:
    high, low = Trial("high", still(80), "train"), Trial("low", still(80, lowered=0.2), "train")
    streams = TokenStreams.build([high, low], Numbered(), variants=ALL_VARIANTS, progress=False)  # type: ignore[arg-type]
    pair = replace(item("high", 0, 2, "wave"), then=item("low", 1, 2.5, "clap"))
    shown = MotionTextDataset(
        streams,
        {"segments": [pair], "following": [pair]},
        mixture=replace(Mixture(), segments=0.0, context=0.0),
        length=8,
    )
    for index in range(len(shown)):
        caption, tokens, _ = shown[index]
        codes = [int(code) for code in tokens]
        changes = [n for n in range(1, len(codes)) if codes[n] != codes[n - 1]]
        assert len(changes) == 1
        assert codes[0] > codes[-1]
        assert 7 <= changes[0] <= 13
        assert 5 <= len(codes) - changes[0] <= 10
        assert "wav" in caption and "clap" in caption
