"""What checkpoints are said to be, for every layout, and that nothing else passes for one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models import CheckpointError, MotionTokenizer
from motion_agent.motion_models.export.merged import save_merged
from motion_agent.motion_models.export.summary import summarise
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from tiny_llm import save_backbone, tiny_llm, tiny_tokenizer
from tiny_weights import quantizer_of, save_tiny_backend, save_tiny_official
from tiny_weights import tiny_tokenizer as motion_tokenizer


def lora_parameters(model, adapter: str) -> int:
    named = model.network.named_parameters()
    return sum(p.numel() for name, p in named if ".lora_" in name and f".{adapter}." in name)


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
def test_a_backend(tmp_path: Path, kind: str):
    summary = summarise(save_tiny_backend(tmp_path, kind))
    model, motion = tiny_llm(kind), motion_tokenizer()
    assert (summary.kind, summary.repertoire) == ("motion-agent backend", 3)
    assert summary.bytes == sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    language, tokenizer = summary.language, summary.tokenizer
    assert language is not None and tokenizer is not None
    assert (language.text_tokens, language.motion_tokens) == (len(tiny_tokenizer()), 514)
    for name, rank in (("t2m", 4), ("m2t", 2)):
        assert language.adapters[name] == {"rank": rank, "parameters": lora_parameters(model, name)}
    assert (
        language.backbone_parameters == tiny_llm(kind, adapters=False).network.plain_backbone.num_parameters()
    )
    assert language.referred == ""
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "optimizer.pt").write_bytes(bytes(1000))
    assert summarise(tmp_path).bytes == summary.bytes, "what a training goes on from is no part of it"
    assert (tokenizer.width, tokenizer.codes, tokenizer.code_dim) == (16, 512, 8)
    network = sum(p.numel() for p in motion.vqvae.parameters())
    assert tokenizer.parameters == network + quantizer_of(motion.vqvae).codebook.numel()
    assert tokenizer.statistics == "stored"
    assert json.loads(json.dumps(summary.as_dict()))["language"]["template"] == "alpaca"


def test_a_tokenizer_of_body_parts(tmp_path: Path):
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=32, by_parts=True))
    MotionTokenizer(vqvae, np.zeros(263), np.ones(263)).save_pretrained(tmp_path)
    tokenizer = summarise(tmp_path).tokenizer
    assert tokenizer is not None
    sizes = (tokenizer.features, tokenizer.width, tokenizer.codes, tokenizer.code_dim, tokenizer.levels)
    assert sizes == (263, 16, 32, 8, 4)
    assert tokenizer.parameters == sum(p.numel() for p in vqvae.parameters()) + 3 * 32 * 8


def test_official_files_together_and_alone(tmp_path: Path):
    files, _ = save_tiny_official(tmp_path / "official")
    whole = summarise(files)
    assert whole.kind == "official files"
    assert whole.tokenizer is not None and whole.tokenizer.statistics == "beside"
    assert whole.language is not None and whole.language.adapters["t2m"]["rank"] == 4
    assert "vqvae.pth" in summarise(files / "vqvae.pth").kind
    assert "motionllm.pth" in summarise(files / "motionllm.pth").kind
    (files / "std.npy").unlink()
    alone = summarise(files / "vqvae.pth").tokenizer
    assert alone is not None and alone.statistics == "missing"


def test_plain_folders_merged_or_not(tmp_path: Path):
    plain = summarise(save_backbone(tmp_path / "plain"))
    assert plain.kind == "plain transformers model"
    save_merged(tiny_llm("llama"), "generation", tmp_path / "merged")
    merged = summarise(tmp_path / "merged")
    assert merged.kind.endswith("a MotionLLM merged")
    assert merged.language is not None
    assert (merged.language.motion_tokens, merged.language.text_tokens) == (514, len(tiny_tokenizer()))
    assert merged.language.backbone == "LlamaForCausalLM"


def test_parts_of_a_backend():
    assert summarise(DEFAULT_WEIGHTS / "tokenizer").kind == "motion tokenizer"
    assert summarise(DEFAULT_WEIGHTS / "motion_llm").kind == "MotionLLM"


def test_what_is_no_checkpoint_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="nothing at"):
        summarise(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match=r"config\.json is missing"):
        summarise(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="no checkpoint we know"):
        summarise(tmp_path)
    torch.save({"weights": torch.ones(1)}, tmp_path / "x.pth")
    with pytest.raises(CheckpointError, match="neither a"):
        summarise(tmp_path / "x.pth")


@pytest.mark.parametrize("size", [None, "many"])
def test_a_config_without_a_number_is_refused(tmp_path: Path, size: object):
    file = save_tiny_backend(tmp_path) / "motion_llm" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"text_size": size}))
    with pytest.raises(CheckpointError, match="number of text tokens"):
        summarise(tmp_path)


def test_damaged_weights_are_refused(tmp_path: Path):
    folder = save_tiny_backend(tmp_path)
    weights = folder / "tokenizer" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:50])
    with pytest.raises(CheckpointError, match="missing or damaged"):
        summarise(folder)
