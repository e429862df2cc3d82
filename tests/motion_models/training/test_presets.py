"""The named recipes are the paper's, and train as many parameters as its table 3 says."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
import torch
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.adapters import PAPER_ADAPTERS, add_adapters
from motion_agent.motion_models.language.llm_config import compact_config
from motion_agent.motion_models.training.language import ADAPTER_RECIPE
from motion_agent.motion_models.training.presets import (
    COMPACT,
    DEFAULT,
    MOTION_LLM_PRESETS,
    TOKENIZER_PRESETS,
    count_parameters,
    default_presets,
    motion_llm_preset,
    tokenizer_preset,
)
from transformers import AutoModelForCausalLM


def lora(rank: int, *, layers: int, width: int, attention: int, keys: int, mlp: int) -> int:
    """A matrix of a inputs and b outputs takes rank * (a + b): q and o, k and v, gate, up and down."""
    return rank * layers * (2 * (width + attention) + 2 * (width + keys) + 3 * (width + mlp))


GEMMA_2B = {"layers": 26, "width": 2304, "attention": 8 * 256, "keys": 4 * 256, "mlp": 9216}
GEMMA_9B = {"layers": 42, "width": 3584, "attention": 16 * 256, "keys": 8 * 256, "mlp": 14336}
LLAMA_8B = {"layers": 32, "width": 4096, "attention": 32 * 128, "keys": 8 * 128, "mlp": 14336}


@pytest.mark.parametrize(
    ("name", "total", "by_hand", "in_table_3"),
    [
        ("gemma2-2b-r16", 2_614_341_888, lora(16, **GEMMA_2B), "20.8"),
        ("gemma2-2b-r32", 2_614_341_888, lora(32, **GEMMA_2B), "41.5"),
        ("gemma2-2b-r64", 2_614_341_888, lora(64, **GEMMA_2B), "83.1"),
        ("gemma2-9b-r32", 9_241_705_984, lora(32, **GEMMA_9B), "108"),
        ("llama3-8b-r32", 8_030_261_248, lora(32, **LLAMA_8B), "83.9"),
    ],
)
def test_presets_train_as_many_parameters_as_the_paper(
    name: str, total: int, by_hand: int, in_table_3: str
) -> None:
    preset = MOTION_LLM_PRESETS[name]
    counted, of_rank_1 = count_parameters(preset.backbone)
    assert (counted, of_rank_1 * preset.adapters["t2m"].rank) == (total, by_hand)
    millions = by_hand / 1e6
    assert in_table_3 == (f"{millions:.1f}" if "." in in_table_3 else f"{millions:.0f}")


def test_the_largest_preset_is_the_papers_motion_llm() -> None:
    preset = MOTION_LLM_PRESETS["gemma2-2b-r64"]
    assert dict(preset.adapters) == dict(PAPER_ADAPTERS)
    assert lora(64, **GEMMA_2B) == 83_066_880
    for recipe, epochs in ((preset.generation, 500), (preset.captioning, 10)):
        assert (recipe.epochs, recipe.steps, recipe.batch_size) == (epochs, None, 6)
        assert (recipe.learning_rate, recipe.optimizer, recipe.schedule) == (1e-5, "adam", "constant")
        assert (recipe.warmup_steps, recipe.weight_decay, recipe.dropout, recipe.corruption) == (0, 0, 0, 0)
        assert (recipe.beta2, recipe.max_grad_norm, recipe.label_smoothing) == (0.999, 0, 0)
    # HumanML3D has 23,384 ids of training.
    assert preset.generation.steps_over(23_384) == 500 * (23_384 // 6)
    assert preset.generation.steps_over(23_384, processes=4) == -(-500 * (23_384 // 6) // 4)


def test_the_papers_tokenizer() -> None:
    recipe = tokenizer_preset("paper")
    assert asdict(recipe.vqvae) | {"features": 263} == {
        "features": 263, "width": 512, "code_dim": 512, "codes": 512, "down_layers": 2, "residual_depth": 3,
        "dilation_growth": 3, "by_parts": False,
    }  # fmt: skip
    assert (recipe.commitment, recipe.position_weight) == (0.02, 0.5)
    assert (recipe.steps, recipe.batch_size, recipe.window) == (300_000, 256, 64)
    assert (recipe.learning_rate, recipe.beta2, recipe.schedule) == (2e-4, 0.99, "drop")


def test_the_default_is_the_compact_preset_on_a_tokenizer_by_parts_whose_captions_are_labelled() -> None:
    tokenizer, default = default_presets(gpu=False)
    assert tokenizer == TOKENIZER_PRESETS["parts"] and default == MOTION_LLM_PRESETS[DEFAULT]
    assert default.generating.weak_below == -2.2
    compact = MOTION_LLM_PRESETS[COMPACT]
    generating = replace(default.generating, weak_below=compact.generating.weak_below)
    assert replace(default, name=COMPACT, reading="words", generating=generating) == compact
    # What the model card of the weights that ship says.
    assert default.new is not None
    assert (tokenizer.steps, tokenizer.batch_size, tokenizer.learning_rate) == (6000, 64, 1.5e-3)
    backbone = default.new.recipe
    assert (backbone.steps, backbone.batch_size, backbone.learning_rate) == (4500, 64, 1e-3)
    assert default.generation == default.captioning == ADAPTER_RECIPE
    assert (ADAPTER_RECIPE.steps, ADAPTER_RECIPE.batch_size) == (300, 48)


def test_a_gpu_trains_the_default_longer_and_changes_nothing_else() -> None:
    tokenizer, default = default_presets(gpu=False)
    longer_tokenizer, longer = default_presets(gpu=True)
    assert replace(longer_tokenizer, steps=6000) == tokenizer
    assert default.new is not None and longer.new is not None
    pairs = (
        (default.new.recipe, longer.new.recipe, 30_000),
        (default.generation, longer.generation, 3_000),
        (default.captioning, longer.captioning, 3_000),
    )
    assert all(after == replace(before, steps=steps) for before, after, steps in pairs)


def test_any_backbone_takes_the_papers_recipe() -> None:
    preset = motion_llm_preset(None, "some/model")
    assert (preset.backbone, preset.generation.epochs, preset.adapters["t2m"].rank) == ("some/model", 500, 64)
    assert motion_llm_preset(None, COMPACT).name == COMPACT
    for name, backbone in (("nothing", None), ("gemma2-2b-r64", COMPACT), (COMPACT, "some/model")):
        with pytest.raises(InvalidRequestError):
            motion_llm_preset(name, backbone)
    with pytest.raises(InvalidRequestError, match="paper, compact"):
        tokenizer_preset("nothing")


def test_an_adapter_of_rank_r_is_r_times_one_of_rank_1() -> None:
    config = compact_config(300, width=32, layers=2, heads=4)
    with torch.device("meta"):
        model = add_adapters(AutoModelForCausalLM.from_config(config), {"m2t": PAPER_ADAPTERS["m2t"]})
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert trained == 32 * lora(1, layers=2, width=32, attention=32, keys=32, mlp=128)
