"""The lean stack computes what transformers' own forward pass computes."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from motion_agent.motion_models.decoding.lean import LeanDecoder, ParallelLinears, lean_decoder
from motion_agent.motion_models.language.adapters import join_merged
from tiny_llm import tiny_backbone, tiny_llm
from torch import nn
from transformers import AutoModelForCausalLM, DynamicCache, LlamaConfig, MistralConfig

KINDS = pytest.mark.parametrize("kind", ["gemma2", "llama", "compact"])


def pair(kind: str, dtype: torch.dtype = torch.float32) -> tuple[nn.Module, LeanDecoder]:
    torch.manual_seed(0)
    decoder = cast(nn.Module, tiny_backbone(kind).eval().get_decoder()).to(dtype)
    for name, parameter in decoder.named_parameters():
        if "norm" in name:
            nn.init.normal_(parameter, std=0.3)
    return decoder, lean_decoder(decoder, ParallelLinears) or pytest.fail("not known")


@KINDS
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.bfloat16, 0.15)])
@torch.no_grad()
def test_a_whole_sequence(kind: str, dtype: torch.dtype, tolerance: float) -> None:
    decoder, lean = pair(kind, dtype)
    inputs = torch.randn(3, 11, 32).to(dtype)
    expected = decoder(inputs_embeds=inputs, use_cache=False).last_hidden_state
    found = lean(inputs_embeds=inputs).last_hidden_state
    assert found.dtype == dtype
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
@torch.no_grad()
def test_norms_keep_the_digits_of_their_weights_in_half_precision(kind: str) -> None:
    decoder, lean = pair(kind, torch.bfloat16)
    x = torch.randn(4000, 32).to(torch.bfloat16)
    # Rounded outputs differ from one another; a weight that lost digits shows in the mean.
    share = (lean.norm(x).float() / decoder.get_submodule("norm").float()(x.float())).nanmean(0)
    torch.testing.assert_close(share, torch.ones(32), rtol=0, atol=3e-4)


def test_a_cache_of_rounded_size_has_no_column_without_a_rotation() -> None:
    config = LlamaConfig(**SIZES)
    config.max_position_embeddings = 70
    lean = lean_decoder(AutoModelForCausalLM.from_config(config).get_decoder(), ParallelLinears)
    assert lean is not None and len(lean.cos) == len(lean.sin) == 128


@KINDS
@torch.no_grad()
def test_token_by_token_over_a_cache(kind: str) -> None:
    decoder, lean = pair(kind)
    inputs = torch.randn(2, 6, 32)
    expected, cache = decoder(inputs_embeds=inputs, use_cache=False).last_hidden_state, DynamicCache()
    for column in range(6):
        found = lean(
            inputs_embeds=inputs[:, column : column + 1],
            attention_mask=torch.zeros(2, 1, 1, column + 1),
            position_ids=torch.full((2, 1), column),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        torch.testing.assert_close(found[:, 0], expected[:, column], rtol=1e-4, atol=1e-4)


@KINDS
@torch.no_grad()
def test_an_adapter_is_merged_as_peft_merges_it(kind: str) -> None:
    model = tiny_llm(kind)
    merged = model.network._merged_copy("m2t").get_decoder()
    lean = lean_decoder(model.network.plain_backbone.get_decoder(), join_merged("m2t"))
    inputs = torch.randn(2, 5, 32)
    assert lean is not None
    torch.testing.assert_close(
        lean(inputs_embeds=inputs).last_hidden_state,
        merged(inputs_embeds=inputs, use_cache=False).last_hidden_state,
        rtol=1e-4,
        atol=1e-4,
    )


SIZES: dict[str, Any] = {
    "vocab_size": 50, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64,
}  # fmt: skip
UNKNOWN = {
    "another architecture": MistralConfig(**SIZES),
    "biases": LlamaConfig(**SIZES, attention_bias=True),
    "biases of the feed-forward": LlamaConfig(**SIZES, mlp_bias=True),
    "rotations that follow the length": LlamaConfig(
        **SIZES, rope_parameters={"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}
    ),
}


@pytest.mark.parametrize("config", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_known_exactly_is_left_alone(config: LlamaConfig) -> None:
    assert lean_decoder(AutoModelForCausalLM.from_config(config).get_decoder(), ParallelLinears) is None
