"""Statistics of another model are noticed from what the tokenizer decodes, without any data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models import CheckpointError, MotionTokenizer
from motion_agent.motion_models.motion.representation import KIT
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from motion_agent.motion_models.tokenizer.consistency import root_scale
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from tiny_weights import quantizer_of


@pytest.fixture(scope="module")
def trained() -> MotionTokenizer:
    return MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / "tokenizer")


def official(tokenizer: MotionTokenizer, folder: Path, std: np.ndarray) -> Path:
    torch.save(tokenizer.official_state(), folder / "vqvae.pth")
    np.save(folder / "mean.npy", tokenizer.mean.numpy())
    np.save(folder / "std.npy", std)
    return folder / "vqvae.pth"


def test_its_own_statistics_fit(trained, tmp_path):
    assert root_scale(trained) == pytest.approx(1.0, abs=0.1)
    again = MotionTokenizer.from_pretrained(official(trained, tmp_path, trained.std.numpy()))
    np.testing.assert_array_equal(again.decode([1, 2]), trained.decode([1, 2]))


@pytest.mark.parametrize("factor", [25.0, 5.0, 1 / 5, 1 / 25])
def test_the_other_published_std_is_refused(trained, tmp_path, factor):
    std = trained.std.numpy().copy()
    std[0:4] *= factor
    std[259:] *= factor
    with pytest.raises(CheckpointError, match="mean and std do not fit"):
        MotionTokenizer.from_pretrained(official(trained, tmp_path, std))


def test_an_array_that_is_none_is_named(trained, tmp_path):
    file = official(trained, tmp_path, trained.std.numpy())
    (tmp_path / "std.npy").write_bytes(b"junk")
    with pytest.raises(CheckpointError, match=r"std\.npy is no array"):
        MotionTokenizer.from_pretrained(file)
    np.save(tmp_path / "std.npy", np.array([print]), allow_pickle=True)
    with pytest.raises(CheckpointError, match=r"std\.npy is no array"):
        MotionTokenizer.from_pretrained(file)


@pytest.mark.parametrize("dim", [263, KIT.dim])
def test_networks_without_training_do_not_tell(dim):
    for seed in range(5):
        torch.manual_seed(seed)
        vqvae = VQVAE(VQVAEConfig(features=dim, width=16, code_dim=8, codes=32))
        quantizer_of(vqvae).codebook.normal_()
        assert root_scale(MotionTokenizer(vqvae, np.zeros(dim), np.ones(dim))) is None


def test_a_collapsed_codebook_does_not_tell(trained):
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=32))
    assert root_scale(MotionTokenizer(vqvae, np.zeros(263), np.ones(263))) is None
