"""Quantizer, VQ-VAE and tokenizer: exact state, published layout, strict loading, bad input."""

import json
import os

import numpy as np
import pytest
import torch
from folders import features_like
from motion_agent.motion_models import (
    CheckpointError,
    InvalidMotionError,
    InvalidRequestError,
    MotionTokenizer,
)
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.motion.representation import KIT
from motion_agent.motion_models.motion.statistics import StatisticsWarning
from motion_agent.motion_models.storage.checkpoint_io import load_tensors
from motion_agent.motion_models.tokenizer.quantizer import EMAQuantizer
from motion_agent.motion_models.tokenizer.vqvae import (
    VQVAE,
    VQVAEConfig,
    count_parameters,
    recover_positions,
)
from tiny_weights import quantizer_of
from torch import nn

TINY = VQVAEConfig(width=16, code_dim=8, codes=32)


@pytest.fixture
def tokenizer():
    torch.manual_seed(0)
    vqvae = VQVAE(TINY)
    quantizer_of(vqvae).codebook.normal_()
    quantizer_of(vqvae).restart_averages()
    return MotionTokenizer(vqvae, np.linspace(-0.1, 0.1, 263), np.linspace(0.1, 1.0, 263))


def test_the_papers_size_and_key_names():
    vqvae = VQVAE()
    assert count_parameters(vqvae) + quantizer_of(vqvae).codebook.numel() == pytest.approx(19.4e6, rel=0.02)
    state = vqvae.state_dict()
    assert state["encoder.model.0.weight"].shape == (512, 263, 3)
    assert state["encoder.model.2.0.weight"].shape == (512, 512, 4)
    assert state["encoder.model.3.1.model.2.conv2.weight"].shape == (512, 512, 1)
    assert state["decoder.model.2.0.model.0.conv1.weight"].shape == (512, 512, 3)
    assert state["decoder.model.3.2.weight"].shape == (512, 512, 3)
    assert state["decoder.model.6.weight"].shape == (263, 512, 3)
    first = vqvae.get_submodule("encoder.model.2.1.model.0.conv1")
    assert isinstance(first, nn.Conv1d) and first.dilation == (9,)
    network = [name for name in state if not name.startswith("quantizer.")]
    assert len(network) == 66


def test_tokens_decode_to_what_the_forward_pass_gave(tokenizer, walk):
    made = from_joints(walk)[:56]
    normal = tokenizer.normalise(made).unsqueeze(0)
    with torch.no_grad():
        forward, quantized = tokenizer.vqvae(normal)
    tokens = tokenizer.encode(made)
    torch.testing.assert_close(tokens, quantized.codes[0])
    decoded = tokenizer.decode(tokens)
    assert decoded.shape == (56, 263)
    assert decoded.dtype == np.float32
    torch.testing.assert_close(tokenizer.normalise(decoded), forward[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("frames", "tokens"), [(4, 1), (7, 1), (8, 2), (59, 14)])
def test_four_frames_fill_a_token(tokenizer, walk, frames, tokens):
    assert tokenizer.encode(from_joints(walk)[:frames]).shape == (tokens,)


def test_saving_and_loading_is_exact(tokenizer, walk, tmp_path):
    tokenizer.save_pretrained(tmp_path)
    again = MotionTokenizer.from_pretrained(tmp_path)
    made = from_joints(walk)
    torch.testing.assert_close(again.encode(made), tokenizer.encode(made))
    np.testing.assert_array_equal(again.decode([1, 2, 3]), tokenizer.decode([1, 2, 3]))


@pytest.mark.parametrize(
    "names", [("mean.npy", "std.npy"), ("Mean.npy", "Std.npy"), ("meta/mean.npy", "meta/std.npy")]
)
def test_an_official_file_gives_the_same_tokens(tokenizer, walk, tmp_path, names):
    torch.save(tokenizer.official_state(), tmp_path / "vqvae.pth")
    (tmp_path / names[0]).parent.mkdir(exist_ok=True)
    np.save(tmp_path / names[0], tokenizer.mean.numpy())
    np.save(tmp_path / names[1], tokenizer.std.numpy())
    again = MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth")
    made = from_joints(walk)
    torch.testing.assert_close(again.encode(made), tokenizer.encode(made))


def test_an_official_file_needs_its_statistics(tokenizer, tmp_path):
    torch.save(tokenizer.official_state(), tmp_path / "vqvae.pth")
    with pytest.raises(CheckpointError, match=r"mean\.npy beside"):
        MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth")


def test_statistics_that_are_given_come_before_those_that_are_stored_and_these_before_files(
    tokenizer, tmp_path
):
    tokenizer.save_pretrained(tmp_path)
    np.save(tmp_path / "mean.npy", np.full(263, 7.0))
    np.save(tmp_path / "other.npy", np.full(263, 8.0))
    stored = MotionTokenizer.from_pretrained(tmp_path)
    assert torch.equal(stored.mean, tokenizer.mean) and torch.equal(stored.std, tokenizer.std)
    given = MotionTokenizer.from_pretrained(tmp_path, mean=np.full(263, 9.0), std=tmp_path / "other.npy")
    assert set(given.mean.tolist()) == {9.0} and set(given.std.tolist()) == {8.0}


def test_only_the_network_is_stored_with_fewer_digits(tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path, dtype=torch.float16)
    kinds = {name: tensor.dtype for name, tensor in load_tensors(tmp_path / "model.safetensors").items()}
    halved = {name for name, kind in kinds.items() if kind == torch.float16}
    assert halved == {name for name in kinds if name.startswith(("encoder.", "decoder."))} != set()
    again = MotionTokenizer.from_pretrained(tmp_path)
    assert torch.equal(quantizer_of(again.vqvae).codebook, quantizer_of(tokenizer.vqvae).codebook)


def test_training_on_after_an_official_load_does_not_replace_the_codebook(tokenizer, tmp_path):
    torch.save(tokenizer.official_state(), tmp_path / "vqvae.pth")
    again = MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth", mean=np.zeros(263), std=np.ones(263))
    before = quantizer_of(again.vqvae).codebook.clone()
    again.vqvae.train()(torch.randn(8, 64, 263))
    used = quantizer_of(again.vqvae).code_count >= quantizer_of(again.vqvae).reset_below
    drift = (quantizer_of(again.vqvae).codebook - before)[used].norm() / before[used].norm()
    assert used.any()
    assert drift < 0.1


def test_quantizer_state_resumes_exactly():
    torch.manual_seed(1)
    batches = torch.randn(6, 4, 16, 8)
    whole = EMAQuantizer(32, 8)
    for batch in batches[:3]:
        whole(batch)
    resumed = EMAQuantizer(32, 8)
    resumed.load_state_dict(whole.state_dict())
    for quantizer in (whole, resumed):
        torch.manual_seed(7)
        for batch in batches[3:]:
            quantizer(batch)
    assert whole.state_dict().keys() == {"codebook", "code_sum", "code_count", "initialised"}
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, rtol=0, atol=0)


def codes_in_use(reset_below: float) -> int:
    """How many of 64 codes serve 64 tight clusters after a start that showed only eight of them."""
    torch.manual_seed(0)
    quantizer = EMAQuantizer(64, 2, reset_below=reset_below)
    clusters = torch.randn(64, 2) * 10
    for step in range(200):
        seen = 8 if step < 20 else 64
        vectors = clusters[torch.randint(seen, (256,))] + 0.05 * torch.randn(256, 2)
        quantizer(vectors.unsqueeze(0))
    return quantizer.eval()(clusters.unsqueeze(0)).codes.unique().numel()


def test_resets_put_unused_codes_to_work():
    assert codes_in_use(reset_below=0.5) > codes_in_use(reset_below=0.0) + 4


def test_a_code_that_is_reset_stands_where_a_vector_of_the_batch_does():
    quantizer = EMAQuantizer(16, 4, reset_below=0.6)
    quantizer.DECAY = 0.5
    quantizer.codebook.normal_()
    quantizer.restart_averages()
    vectors = torch.randn(1, 32, 4) + torch.tensor([8.0, 0.0, 0.0, 0.0])
    quantizer(vectors)
    fresh = quantizer.code_count == 1.0
    assert fresh.sum() >= 8
    distance = torch.cdist(quantizer.codebook[fresh], vectors[0]).min(dim=1).values
    assert distance.max() < 1e-5


def test_gradients_pass_straight_through():
    quantizer = EMAQuantizer(8, 4)
    vectors = torch.randn(2, 3, 4, requires_grad=True)
    quantizer(vectors).vectors.sum().backward()
    torch.testing.assert_close(vectors.grad, torch.ones_like(vectors))


def test_positions_in_torch_agree_with_numpy(walk):
    made = from_joints(walk)
    ours = recover_positions(torch.from_numpy(made).unsqueeze(0))[0].numpy()
    np.testing.assert_allclose(ours, recover_joints(made), atol=1e-4)


@pytest.fixture
def kit_tokenizer():
    torch.manual_seed(0)
    vqvae = VQVAE(VQVAEConfig(features=251, width=16, code_dim=8, codes=32))
    quantizer_of(vqvae).codebook.normal_()
    quantizer_of(vqvae).restart_averages()
    return MotionTokenizer(vqvae, np.linspace(-0.1, 0.1, 251), np.linspace(0.1, 1.0, 251))


class TestKit:
    """KIT-ML's 251 features take the same way."""

    def test_an_official_file_of_its_width_loads(self, kit_tokenizer, tmp_path):
        torch.save(kit_tokenizer.official_state(), tmp_path / "vqvae.pth")
        np.save(tmp_path / "mean.npy", kit_tokenizer.mean.numpy())
        np.save(tmp_path / "std.npy", kit_tokenizer.std.numpy())
        again = MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth")
        assert again.representation is KIT
        rows = features_like(KIT, 42)
        tokens = again.encode(rows)
        assert tokens.shape == (10,)
        torch.testing.assert_close(tokens, kit_tokenizer.encode(rows))
        decoded = again.decode(tokens)
        assert decoded.shape == (40, 251)
        assert recover_joints(decoded, KIT).shape == (40, 21, 3)

    def test_our_folder_keeps_it(self, kit_tokenizer, tmp_path):
        kit_tokenizer.save_pretrained(tmp_path)
        again = MotionTokenizer.from_pretrained(tmp_path)
        assert again.representation is KIT
        np.testing.assert_array_equal(again.decode([1, 2]), kit_tokenizer.decode([1, 2]))

    def test_motion_of_the_other_width_is_refused(self, kit_tokenizer, tokenizer, walk):
        with pytest.raises(InvalidMotionError, match="263 is HumanML3D's"):
            kit_tokenizer.encode(from_joints(walk))
        with pytest.raises(InvalidMotionError, match="251 is KIT-ML's"):
            tokenizer.encode(features_like(KIT, 8))

    def test_statistics_of_the_other_width_are_refused(self):
        with pytest.raises(CheckpointError, match=r"mean must be 251 finite numbers \(kit\)"):
            MotionTokenizer(
                VQVAE(VQVAEConfig(features=251, width=8, code_dim=4)), np.zeros(263), np.ones(263)
            )

    def test_an_unknown_width_is_refused(self):
        with pytest.raises(CheckpointError, match="135 numbers"):
            MotionTokenizer(
                VQVAE(VQVAEConfig(features=135, width=8, code_dim=4)), np.zeros(135), np.ones(135)
            )


@pytest.mark.parametrize("factor", [1.0, 5.0, 25.0])
def test_the_confused_std_beside_an_official_file_is_warned_of(tokenizer, tmp_path, factor):
    torch.save(tokenizer.official_state(), tmp_path / "vqvae.pth")
    std = np.full(263, 0.3)
    std[:4] /= factor
    std[259:] /= factor

    def load():
        MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth", mean=np.zeros(263), std=std)

    if factor == 1.0:
        with pytest.warns(StatisticsWarning, match="no feature bias"):
            load()
    else:
        load()


@pytest.mark.parametrize(
    ("tokens", "message"),
    [([], "non-empty"), ([[1, 2]], "non-empty"), ([0.5], "integers"), ([-1], r"0\.\.31"), ([32], r"0\.\.31")],
)
def test_bad_tokens_name_what_is_wrong(tokenizer, tokens, message):
    with pytest.raises(InvalidRequestError, match=message):
        tokenizer.decode(tokens)


def test_bad_features_name_what_is_wrong(tokenizer):
    with pytest.raises(InvalidMotionError, match="at least 4 frames"):
        tokenizer.encode(np.zeros((3, 263), dtype=np.float32))
    with pytest.raises(InvalidMotionError, match="NaN"):
        tokenizer.encode(np.full((8, 263), np.nan, dtype=np.float32))


class TestDamagedCheckpoints:
    def test_nothing_there(self, tmp_path):
        with pytest.raises(CheckpointError, match="no motion tokenizer"):
            MotionTokenizer.from_pretrained(tmp_path / "nowhere")

    def test_missing_weights(self, tokenizer, tmp_path):
        tokenizer.save_pretrained(tmp_path)
        (tmp_path / "model.safetensors").unlink()
        with pytest.raises(CheckpointError, match="missing"):
            MotionTokenizer.from_pretrained(tmp_path)

    @pytest.mark.parametrize("keep", [0, 5, 1000])
    def test_truncated_weights(self, tokenizer, tmp_path, keep):
        tokenizer.save_pretrained(tmp_path)
        os.truncate(tmp_path / "model.safetensors", keep)
        with pytest.raises(CheckpointError, match="damaged"):
            MotionTokenizer.from_pretrained(tmp_path)

    def test_truncated_official_file(self, tokenizer, tmp_path):
        torch.save(tokenizer.official_state(), tmp_path / "vqvae.pth")
        os.truncate(tmp_path / "vqvae.pth", 4000)
        with pytest.raises(CheckpointError, match="damaged"):
            MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth", mean=np.zeros(263), std=np.ones(263))

    def test_code_in_the_file_is_not_run(self, tmp_path):
        torch.save({"net": print}, tmp_path / "vqvae.pth")
        with pytest.raises(CheckpointError, match="unsafe"):
            MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth")

    def test_another_size(self, tokenizer, tmp_path):
        tokenizer.save_pretrained(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps(config | {"width": 24}))
        with pytest.raises(CheckpointError, match="shape"):
            MotionTokenizer.from_pretrained(tmp_path)

    @pytest.mark.parametrize("change", [{"width": -1}, {"width": "wide"}, {"codes": None}, {"colour": 3}])
    def test_sizes_that_are_none(self, tokenizer, tmp_path, change):
        tokenizer.save_pretrained(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(CheckpointError, match="does not fit this version"):
            MotionTokenizer.from_pretrained(tmp_path)

    def test_an_official_file_of_other_shapes(self, tokenizer, tmp_path):
        net = tokenizer.official_state()["net"] | {"vqvae.encoder.model.0.weight": torch.ones(3)}
        torch.save({"net": net}, tmp_path / "vqvae.pth")
        with pytest.raises(CheckpointError, match="other shapes"):
            MotionTokenizer.from_pretrained(tmp_path / "vqvae.pth", mean=np.zeros(263), std=np.ones(263))

    def test_another_model(self, tokenizer, tmp_path):
        tokenizer.save_pretrained(tmp_path)
        (tmp_path / "config.json").write_text('{"model_type": "bert"}')
        with pytest.raises(CheckpointError, match="does not describe"):
            MotionTokenizer.from_pretrained(tmp_path)


def test_several_motions_decode_to_what_each_decodes_to(tokenizer):
    rng = np.random.default_rng(0)
    lengths = [5, 9, 5, 1, 9, 30]
    motions = [torch.as_tensor(rng.integers(0, tokenizer.codebook_size, length)) for length in lengths]
    together = tokenizer.decode_batch(motions)
    assert [len(features) for features in together] == [4 * length for length in lengths]
    for features, motion in zip(together, motions, strict=True):
        np.testing.assert_allclose(features, tokenizer.decode(motion), rtol=1e-4, atol=1e-4)
    assert tokenizer.decode_batch([]) == []


def test_motions_of_one_length_decode_in_one_pass(tokenizer, monkeypatch):
    passes, decode = [], tokenizer.vqvae.decode

    def watched(codes):
        passes.append(tuple(codes.shape))
        return decode(codes)

    monkeypatch.setattr(tokenizer.vqvae, "decode", watched)
    tokenizer.decode_batch([torch.zeros(6, dtype=torch.long)] * 3 + [torch.ones(2, dtype=torch.long)])
    assert sorted(passes) == [(1, 2), (3, 6)]


def test_one_bad_motion_among_several_is_refused(tokenizer):
    with pytest.raises(InvalidRequestError):
        tokenizer.decode_batch([torch.zeros(6, dtype=torch.long), torch.tensor([10**6])])
