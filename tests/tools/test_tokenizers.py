"""Whose tokens a motion is made of: those of another tokenizer are refused and never decoded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.tokenizer.tokenizer import MotionTokenizer
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from motion_agent.tools import MotionMemory, render_motion
from motion_agent.tools.errors import TokenizerError
from motion_agent.tools.services import Services


class Marked(FakeBackend):
    """Knows its tokenizer."""

    def __init__(self, mark: str | None) -> None:
        super().__init__()
        self.tokenizer_fingerprint = mark
        self.decoded = 0

    def decode(self, tokens):
        self.decoded += 1
        return super().decode(tokens)


USES = {
    "edit_motion": {"operations": [{"op": "mirror"}]},
    "caption_motion": {},
    "export_motion": {"formats": ["npz"]},
}


@pytest.fixture
def memory() -> MotionMemory:
    return MotionMemory()


def a_motion(memory: MotionMemory, mark: str | None):
    hand = Hand(Services(Marked(mark), memory))
    return hand.make("generate_motion", description="a person walks", seconds=1)


@pytest.mark.parametrize("tool", USES)
def test_a_motion_of_another_tokenizer_is_refused(memory, tool, tmp_path):
    clip = a_motion(memory, "aaaa")
    assert clip.tokenizer == "aaaa"
    other = Marked("bbbb")
    hand = Hand(Services(other, memory, output_folder=tmp_path))
    with pytest.raises(TokenizerError, match=r"another tokenizer \(aaaa\) than that of fake \(bbbb\): load"):
        hand.use(tool, motion_id=clip.id, **USES[tool])
    with pytest.raises(TokenizerError):
        render_motion(memory, other, clip.id)
    assert other.decoded == 0
    assert hand.use("list_motions").content["motions"][0]["motion_id"] == clip.id


def test_neither_composed_nor_put_into_a_scene(memory):
    clip = a_motion(memory, "aaaa")
    hand = Hand(Services(Marked("bbbb"), memory))
    for tool, field in (("compose_sequence", "segments"), ("arrange_scene", "people")):
        parts = [{"motion_id": clip.id}, {"description": "a person jumps"}]
        with pytest.raises(TokenizerError):
            hand.use(tool, **{field: parts})


@pytest.mark.parametrize(("theirs", "ours"), [(None, "bbbb"), ("aaaa", None), ("aaaa", "aaaa")])
def test_where_nobody_knows_or_it_is_the_same_it_is_shown(memory, theirs, ours):
    clip = a_motion(memory, theirs)
    assert render_motion(memory, Marked(ours), clip.id).frames == 20


def test_a_fingerprint_is_of_weights_and_statistics_alone(tmp_path: Path):
    torch.manual_seed(0)
    config = VQVAEConfig(width=16, code_dim=8, codes=16, residual_depth=1)
    tokenizer = MotionTokenizer(VQVAE(config), [0.0] * 263, [1.0] * 263)
    tokenizer.save_pretrained(tmp_path)
    assert MotionTokenizer.from_pretrained(tmp_path).fingerprint == tokenizer.fingerprint
    assert len(tokenizer.fingerprint) == 12
    moved = MotionTokenizer(tokenizer.vqvae, [0.1] * 263, [1.0] * 263)
    torch.manual_seed(1)
    drawn = MotionTokenizer(VQVAE(config), [0.0] * 263, [1.0] * 263)
    assert len({tokenizer.fingerprint, moved.fingerprint, drawn.fingerprint}) == 3
