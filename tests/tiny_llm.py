"""Tiny language models for tests: random weights, real architectures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch
from motion_agent.motion_models.language.adapters import AdapterSpec
from motion_agent.motion_models.language.llm_config import compact_config
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.text_tokenizer import train_text_tokenizer
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedModel, PreTrainedTokenizerBase

CAPTIONS = ("a person walks forward", "a person jumps twice", "someone waves with the left hand")
ADAPTERS = {"t2m": AdapterSpec(4), "m2t": AdapterSpec(2)}


@cache
def tiny_tokenizer() -> PreTrainedTokenizerBase:
    return train_text_tokenizer(CAPTIONS, 300)


def tiny_backbone(kind: str = "gemma2", *, extra_rows: int = 0) -> PreTrainedModel:
    """ "gemma2" (tied head, capped logits), "llama" (own head) or "compact"; weights large enough to matter.

    extra_rows: embedding rows beyond the tokenizer's, as many published models have.
    """
    words = len(tiny_tokenizer()) + extra_rows
    if kind == "llama":
        config = LlamaConfig(
            vocab_size=words, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
            tie_word_embeddings=False, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        )  # fmt: skip
    else:
        config = compact_config(words, width=32, layers=2, heads=4, context=512)
        if kind == "gemma2":
            config.final_logit_softcapping, config.attn_logit_softcapping = 5.0, 10.0
    config.initializer_range = 0.2
    return AutoModelForCausalLM.from_config(config)


def tiny_llm(
    kind: str = "gemma2",
    *,
    adapters: bool = True,
    policy: str | None = None,
    template: str = "compact",
    extra_rows: int = 0,
    seed: int = 0,
    codebook_size: int = 512,
    levels: int = 1,
) -> MotionLLM:
    """A MotionLLM whose adapters, where it has them, really change its outputs."""
    torch.manual_seed(seed)
    backbone = tiny_backbone(kind, extra_rows=extra_rows)
    model = MotionLLM(
        backbone, tiny_tokenizer(), template=template, policy=policy,  # type: ignore[arg-type]
        codebook_size=codebook_size, levels=levels,
    )  # fmt: skip
    return shake_adapters(model.add_adapters(ADAPTERS)) if adapters else model


def shake_adapters(model: MotionLLM) -> MotionLLM:
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if ".lora_B." in name:
                parameter.normal_(std=0.2)
    return model


def save_backbone(folder: Path, kind: str = "gemma2") -> Path:
    """A plain transformers checkpoint folder with its tokenizer."""
    torch.manual_seed(7)
    tiny_backbone(kind).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder
