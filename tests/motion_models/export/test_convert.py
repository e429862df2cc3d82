"""Official files in and out: what is loaded behind them stays the same model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models import CheckpointError, load_backend
from motion_agent.motion_models.backends.local import LocalBackend
from motion_agent.motion_models.export.convert import OfficialFiles, from_official, to_official
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.statistics import StatisticsWarning
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from motion_agent.motion_models.tokenizer.tokenizer import MotionTokenizer
from safetensors.torch import load_file
from tiny_llm import CAPTIONS, tiny_llm
from tiny_weights import save_tiny_backend, save_tiny_official, tiny_tokenizer

MOTIONS = [[1, 2, 3], [500], [7] * 12]


def likelihood(model: MotionLLM) -> torch.Tensor:
    tasks = ("generation", "captioning")
    return torch.stack([model.log_likelihood(CAPTIONS, MOTIONS, task=task) for task in tasks])


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
def test_official_files_become_a_backend_that_works(tmp_path, walk, kind):
    files, backbone = save_tiny_official(tmp_path / "official", kind)
    notes = from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")
    assert any("no captions were given" in note for note in notes)

    backend = load_backend(tmp_path / "ours", device="cpu")
    assert isinstance(backend, LocalBackend)
    official = MotionLLM.from_pretrained(files / "motionllm.pth", backbone, device="cpu")
    torch.testing.assert_close(likelihood(backend.llm), likelihood(official), rtol=5e-3, atol=5e-2)
    assert backend.llm.renderer.template.name == "alpaca"

    request = backend.interpret("please make an animation of a person who moonwalks")
    assert request.text == "a person who moonwalks"
    [motion] = backend.generate([request.text], seconds=2, seed=1)
    assert backend.decode(motion).shape == (40, 263)
    assert len(backend.caption([backend.encode(from_joints(walk))])) == 1


def test_a_backbone_folder_is_copied_and_a_hub_name_would_be_referred_to(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")
    for file in backbone.iterdir():
        file.unlink()
    assert load_backend(tmp_path / "ours", device="cpu").generate(["a person jumps"], seconds=0.4)


def test_a_backbone_in_bfloat16_stays_in_it(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official", "llama")
    stored = MotionLLM.from_pretrained(files / "motionllm.pth", backbone, device="cpu")
    plain = stored.network.merged_backbone("generation").to(torch.bfloat16)  # type: ignore[arg-type]
    plain.resize_token_embeddings(stored.vocabulary.text_size)
    plain.save_pretrained(backbone)
    from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")
    state = load_file(tmp_path / "ours" / "motion_llm" / "backbone" / "model.safetensors")
    assert {tensor.dtype for tensor in state.values()} == {torch.bfloat16}


@pytest.mark.parametrize("template", ["alpaca", "compact"])
def test_our_folder_there_and_back_is_the_same_model(tmp_path, walk, template):
    ours = save_tiny_backend(tmp_path / "ours", template=template)
    notes = to_official(ours, tmp_path / "official")
    assert any("--template compact" in note for note in notes) == (template == "compact")
    assert {file.name for file in (tmp_path / "official").iterdir()} == {
        "vqvae.pth", "mean.npy", "std.npy", "motionllm.pth", "backbone",
    }  # fmt: skip
    captions = tmp_path / "captions.txt"
    captions.write_text("\n".join(f"{caption}#a/DET#0.0#0.0" for caption in CAPTIONS))
    from_official(
        OfficialFiles.find(tmp_path / "official"), tmp_path / "again", captions=captions, template=template
    )
    first, second = (load_backend(tmp_path / name, device="cpu") for name in ("ours", "again"))
    assert isinstance(first, LocalBackend) and isinstance(second, LocalBackend)
    torch.testing.assert_close(likelihood(second.llm), likelihood(first.llm))
    made = from_joints(walk)
    assert torch.equal(first.encode(made), second.encode(made))
    np.testing.assert_array_equal(first.decode(first.encode(made)), second.decode(second.encode(made)))
    assert second.repertoire == first.repertoire == ["walk", "jump", "wave"]


def test_a_std_that_looks_confused_is_known_to_be_the_weights_own(tmp_path):
    ours = save_tiny_backend(tmp_path / "ours")
    std = np.full(263, 0.3, np.float32)
    MotionTokenizer(tiny_tokenizer().vqvae, np.zeros(263), std).save_pretrained(ours / "tokenizer")
    to_official(ours, tmp_path / "official")
    from_official(OfficialFiles.find(tmp_path / "official"), tmp_path / "back")  # warnings are errors here
    again = MotionTokenizer.from_pretrained(tmp_path / "back" / "tokenizer")
    assert np.array_equal(again.std.numpy(), std)
    for name in ("mean", "std"):
        (tmp_path / "official" / f"{name}.npy").unlink()
    file = tmp_path / "official" / "vqvae.pth"
    assert np.array_equal(MotionTokenizer.from_pretrained(file).std.numpy(), std)
    with pytest.warns(StatisticsWarning, match="no feature bias"):
        MotionTokenizer.from_pretrained(file, std=std * 1.1)


def test_generation_is_the_same_there_and_back(tmp_path):
    to_official(save_tiny_backend(tmp_path / "ours", template="compact"), tmp_path / "official")
    from_official(OfficialFiles.find(tmp_path / "official"), tmp_path / "again", template="compact")
    first, second = (load_backend(tmp_path / name, device="cpu") for name in ("ours", "again"))
    options = {"seed": 3, "temperature": 0.8, "guidance": 2.0, "max_seconds": 2.0, "candidates": 1}
    for one, other in zip(
        first.generate(["a person walks"], **options),
        second.generate(["a person walks"], **options),
        strict=True,
    ):
        assert torch.equal(one, other)


def test_the_weights_that_ship_write_four_codes_a_step_and_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="one code a step"):
        to_official(DEFAULT_WEIGHTS, tmp_path / "official")
    assert not (tmp_path / "official").exists()


def test_what_is_missing_is_named(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    with pytest.raises(CheckpointError, match="name its backbone"):
        OfficialFiles.find(files)
    with pytest.raises(CheckpointError, match="no prompt template 'x'"):
        from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours", template="x")
    with pytest.raises(CheckpointError, match=r"mean\.npy is no array"):
        from_official(OfficialFiles.find(files, str(backbone), tmp_path), tmp_path / "ours")
    (files / "vqvae.pth").unlink()
    with pytest.raises(CheckpointError, match=r"lacks vqvae\.pth"):
        OfficialFiles.find(files / "motionllm.pth")
    with pytest.raises(CheckpointError, match=r"lacks tokenizer, motion_llm"):
        to_official(files, tmp_path / "out")


def test_parts_of_two_models_are_refused(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    torch.save(tiny_tokenizer(codes=64).official_state(), files / "vqvae.pth")
    with pytest.raises(CheckpointError, match="do not belong together"):
        from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")


def test_adapters_with_rows_of_their_own_cannot_be_official(tmp_path):
    model = tiny_llm()
    layer = model.network.plain_backbone.get_decoder().layers[0].mlp.up_proj  # type: ignore[union-attr]
    layer.trainable_tokens_delta = torch.nn.ParameterDict({"t2m": torch.zeros(514, 32)})
    with pytest.raises(CheckpointError, match="motion rows of its own"):
        model.save_official(tmp_path / "motionllm.pth")
    assert not (tmp_path / "motionllm.pth").exists()


@pytest.mark.parametrize("adapter", ["t2m", "m2t"])
def test_an_official_file_with_one_adapter_is_refused(tmp_path, adapter):
    files, backbone = save_tiny_official(tmp_path / "official")
    state = torch.load(files / "motionllm.pth", weights_only=True)
    kept = {name: tensor for name, tensor in state.items() if f".{adapter}." not in name}
    torch.save(kept, files / "motionllm.pth")
    with pytest.raises(CheckpointError, match=f"lacks the adapter {adapter}"):
        MotionLLM.from_pretrained(files / "motionllm.pth", backbone)


class Payload:
    """What a pickle may do when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("code-ran"),)  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["motionllm.pth", "vqvae.pth"])
def test_code_in_official_files_is_not_run(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    files, backbone = save_tiny_official(tmp_path / "official")
    torch.save({"net": Payload(), "embeddings": Payload()}, files / name)
    with pytest.raises(CheckpointError, match=r"unsafe \(it holds more than tensors\)"):
        from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")
    assert not (tmp_path / "code-ran").exists()


def test_tensors_are_all_an_official_file_may_hold(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    torch.save({"embeddings": [1], "lm_head": 2}, files / "motionllm.pth")
    with pytest.raises(CheckpointError, match="not a MotionLLM checkpoint"):
        MotionLLM.from_pretrained(files / "motionllm.pth", backbone)
