"""A whole motion backend of random weights on disk, in our layout and in the official one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from motion_agent.motion_models.english.lexicon import Lexicon
from motion_agent.motion_models.language.backbones import load_backbone_model
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.tokenizer.quantizer import EMAQuantizer
from motion_agent.motion_models.tokenizer.tokenizer import MotionTokenizer
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from tiny_llm import ADAPTERS, CAPTIONS, save_backbone, shake_adapters, tiny_llm


def quantizer_of(vqvae: VQVAE) -> EMAQuantizer:
    """The quantizer of a network with one code a step."""
    assert isinstance(vqvae.quantizer, EMAQuantizer)
    return vqvae.quantizer


def tiny_tokenizer(codes: int = 512) -> MotionTokenizer:
    torch.manual_seed(3)
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=codes))
    quantizer_of(vqvae).codebook.normal_()
    quantizer_of(vqvae).restart_averages()
    return MotionTokenizer(vqvae, np.linspace(-0.1, 0.1, 263), np.linspace(0.1, 1.0, 263))


def save_tiny_backend(folder: Path, kind: str = "gemma2", template: str = "alpaca") -> Path:
    """A folder for `load_backend`."""
    tiny_tokenizer().save_pretrained(folder / "tokenizer")
    tiny_llm(kind, template=template).save_pretrained(folder / "motion_llm")
    Lexicon.from_captions(CAPTIONS, "language").save(folder / "lexicon.json")
    return folder


def save_tiny_official(folder: Path, kind: str = "gemma2") -> tuple[Path, Path]:
    """Official files, and the folder of their backbone beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    backbone = save_backbone(folder.with_name(f"{folder.name}-backbone"), kind)
    model = MotionLLM(*load_backbone_model(backbone), template="alpaca").add_adapters(ADAPTERS)
    shake_adapters(model).save_official(folder / "motionllm.pth")
    tokenizer = tiny_tokenizer()
    torch.save(tokenizer.official_state(), folder / "vqvae.pth")
    np.save(folder / "mean.npy", tokenizer.mean.numpy())
    np.save(folder / "std.npy", tokenizer.std.numpy())
    return folder, backbone
