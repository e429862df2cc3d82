"""Statistics of another model are noticed from what the tokenizer decodes, without any data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models import CheckpointError, MotionTokenizer
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from motion_agent.motion_models.tokenizer.consistency import require_fitting_statistics, root_scale
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from tiny_weights import quantizer_of

#: Of the std that is published beside the one that fits, and of the feature bias of 5.
FACTORS = (25.0, 5.0, 1 / 5, 1 / 25)


@pytest.fixture(scope="module")
def trained() -> MotionTokenizer:
    return MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / "tokenizer")


def with_root_std(tokenizer: MotionTokenizer, factor: float) -> np.ndarray:
    """The tokenizer's std with the other bias in the dimensions that have one."""
    std = tokenizer.std.numpy().copy()
    std[0:4] *= factor
    std[259:] *= factor
    return std


@pytest.fixture(scope="module")
def of_one_code() -> MotionTokenizer:
    """One code a step, as official files have it; like a trained one, it says the root's path twice alike."""
    torch.manual_seed(0)
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=32))
    quantizer_of(vqvae).codebook.normal_()
    last = vqvae.decoder.model[-1]
    assert isinstance(last, torch.nn.Conv1d) and last.bias is not None
    root, joint = [1, 2], [HUMANML3D.joint_velocities.start + axis for axis in (0, 2)]
    with torch.no_grad():
        last.weight[joint], last.bias[joint] = last.weight[root], last.bias[root]
    return MotionTokenizer(vqvae, np.zeros(263), np.full(263, 0.1, np.float32))


def official(tokenizer: MotionTokenizer, folder: Path, std: np.ndarray) -> Path:
    torch.save(tokenizer.official_state(), folder / "vqvae.pth")
    np.save(folder / "mean.npy", tokenizer.mean.numpy())
    np.save(folder / "std.npy", std)
    return folder / "vqvae.pth"


def test_the_statistics_that_ship_fit(trained):
    assert root_scale(trained) == pytest.approx(1.0, abs=0.1)
    assert require_fitting_statistics(trained, "the weights that ship")


@pytest.mark.parametrize("factor", FACTORS)
def test_trained_weights_tell_the_other_published_std(trained, factor):
    other = MotionTokenizer(trained.vqvae, trained.mean.numpy(), with_root_std(trained, factor))
    with pytest.raises(CheckpointError, match="mean and std do not fit"):
        require_fitting_statistics(other, "the weights that ship")


def test_its_own_statistics_fit_an_official_file(of_one_code, tmp_path):
    assert root_scale(of_one_code) == pytest.approx(1.0, abs=0.1)
    again = MotionTokenizer.from_pretrained(official(of_one_code, tmp_path, of_one_code.std.numpy()))
    np.testing.assert_array_equal(again.decode([1, 2]), of_one_code.decode([1, 2]))


@pytest.mark.parametrize("factor", FACTORS)
def test_the_other_published_std_is_refused(of_one_code, tmp_path, factor):
    with pytest.raises(CheckpointError, match="mean and std do not fit"):
        MotionTokenizer.from_pretrained(official(of_one_code, tmp_path, with_root_std(of_one_code, factor)))


def test_an_array_that_is_none_is_named(of_one_code, tmp_path):
    file = official(of_one_code, tmp_path, of_one_code.std.numpy())
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


def test_a_collapsed_codebook_does_not_tell():
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=32))
    assert root_scale(MotionTokenizer(vqvae, np.zeros(263), np.ones(263))) is None
