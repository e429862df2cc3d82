"""Folders of captioned motion as the trainings read them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models.data.humanml3d import MotionTextFolder, open_motion_text
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.training import corpus
from motion_agent.motion_models.training.corpus import CaptionedTokens, motions, require_clips
from motion_folder import write_motion_folder


class CountingTokenizer:
    """A clip's first root height, in centimetres, as its only code; counts what it encodes."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale, self.encoded = scale, 0

    def encode(self, features: np.ndarray) -> torch.Tensor:
        self.encoded += 1
        return torch.full((len(features) // 4,), int(100 * self.scale * features[0, 3]))


@pytest.fixture
def folder(tmp_path: Path) -> MotionTextFolder:
    return open_motion_text(write_motion_folder(tmp_path / "data", clips=6), statistics="any")


def test_recordings_come_whole_and_once(folder: MotionTextFolder) -> None:
    texts = folder.root / "texts" / "000000.txt"
    # A caption of a part makes a sub-clip of its own, but no second recording.
    texts.write_text(texts.read_text() + "a person takes a step#a/DET#0.0#2.5\n")
    assert len(folder.load("train")) == 4
    assert [len(clip) for clip in motions(folder, "train")] == [60, 64, 68]


def test_a_missing_recording_is_an_error_unless_it_may_be_left_out(folder: MotionTextFolder) -> None:
    folder.vectors("000001").unlink()
    with pytest.raises(FormatError, match="000001"):
        list(motions(folder, "train"))
    lenient = open_motion_text(folder.root, statistics="any", skip_missing=True)
    assert len(list(motions(lenient, "train"))) == 2


def test_an_epoch_shows_every_clip_once_in_words_that_change(
    folder: MotionTextFolder, tmp_path: Path
) -> None:
    clips = folder.load("train")
    data = CaptionedTokens.build(clips, CountingTokenizer(), tmp_path / "cache")  # type: ignore[arg-type]
    assert [len(data[i][1]) for i in range(len(data))] == [15, 16, 17]
    shown = set()
    for epoch in range(12):
        data.set_epoch(epoch)
        words = [data[i][0] for i in range(3)]
        assert words == [data[i][0] for i in range(3)]
        shown.update(words)
    assert shown == set(data.texts())
    assert len(data.pairs()) == len(data.texts()) == 6


def test_tokens_are_kept_for_this_tokenizer_and_this_data(folder: MotionTextFolder, tmp_path: Path) -> None:
    clips, cache = folder.load("train"), tmp_path / "cache"

    def build(tokenizer: CountingTokenizer, count: int = 3) -> CaptionedTokens:
        return CaptionedTokens.build(clips[:count], tokenizer, cache)  # type: ignore[arg-type]

    first, again, other = CountingTokenizer(), CountingTokenizer(), CountingTokenizer(scale=0.5)
    made, read = build(first), build(again)
    assert again.encoded < first.encoded, "probes only"
    for (_, a), (_, b) in zip(made.pairs(), read.pairs(), strict=True):
        assert torch.equal(a, b) and b.dtype == torch.long
    assert not torch.equal(build(other).pairs()[0][1], made.pairs()[0][1])
    assert len(build(CountingTokenizer(), count=2)) == 2
    assert len(list(cache.glob("*.npz"))) == 3


def test_tokens_of_a_clip_that_has_changed_are_made_anew(
    folder: MotionTextFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "_PROBES", 1)
    clips, cache = folder.load("train"), tmp_path / "cache"
    before = CaptionedTokens.build(clips, CountingTokenizer(), cache)  # type: ignore[arg-type]
    path = folder.vectors("000001")
    np.save(path, np.ones_like(np.load(path)))
    after = CaptionedTokens.build(clips, CountingTokenizer(), cache)  # type: ignore[arg-type]
    assert not torch.equal(before[1][1], after[1][1])
    assert (before.name, len(before)) == (after.name, len(after))


def test_a_name_tells_captions_and_lengths_apart() -> None:
    tokens = torch.tensor([1, 2, 3])
    names = {
        CaptionedTokens(captions, motions).name  # type: ignore[arg-type]
        for captions, motions in (
            ([["a"]], [tokens]), ([["b"]], [tokens]), ([["a"]], [tokens[:2]]), ([["a"], ["a"]], [tokens] * 2),
        )
    }  # fmt: skip
    assert len(names) == 4


def test_a_split_without_usable_clips_is_refused(folder: MotionTextFolder) -> None:
    with pytest.raises(InvalidMotionError, match="40 to 199 frames"):
        require_clips([], folder, "train")


def test_a_folder_without_a_test_split_is_evaluated_on_its_validation(folder: MotionTextFolder) -> None:
    (folder.root / "test.txt").write_text("000001\n")
    assert [clip.id for clip in folder.held_out()] == ["000001"]
    (folder.root / "test.txt").write_text("")
    assert [clip.id for clip in folder.held_out()] == [clip.id for clip in folder.load("val")]
