"""Named recipes: those of the paper (Motion-Agent, sections 3 and 4, tables 2 and 3) and the compact ones.

The paper's MotionLLM: LoRA of rank 64 for generation and 32 for captioning, alpha equal to the rank (section
4.1; its appendix has 32 for both), dropout .1; learning rate 1e-5, batches of 6. Table 3 varies backbone and
generation rank. Its tokenizer is T2M-GPT's: 300,000 steps of 256 windows of 64 frames. What the paper leaves
open is set by its released code: Adam at a constant rate, 500 epochs of generation, then 10 of captioning
over the same motion rows, an epoch showing every clip with one of its captions. What both leave open (which
Llama 3 and Gemma 2 9B, a captioning rank for table 3) is set here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

import torch
from transformers import AutoModelForCausalLM

from ..decoding.decoding import Sampling
from ..english.lexicon import Reading
from ..errors import InvalidRequestError
from ..language.adapters import AdapterSpec, add_adapters
from ..language.llm_config import PUBLISHED_CONFIGS, GenerationDefaults
from ..motion.statistics import Weighting
from ..tokenizer.vqvae import VQVAEConfig
from .language import ADAPTER_RECIPE, NewBackbone
from .recipe import Overrides
from .sequences import LanguageRecipe
from .tokenizer import TokenizerRecipe

#: In the place of a backbone's name: a new small one, trained here from nothing.
COMPACT = "compact"


@dataclass(frozen=True)
class MotionLLMPreset:
    """What a MotionLLM is trained on and how.

    backbone: hub name or folder of a causal LM, or "compact" for a new one, of `new`'s sizes and recipe.
    adapters: by their names in checkpoints. reading: how requests are read afterwards.
    """

    name: str
    backbone: str
    adapters: Mapping[str, AdapterSpec]
    generation: LanguageRecipe
    captioning: LanguageRecipe
    template: str = "alpaca"
    reading: Reading = "language"
    generating: GenerationDefaults = field(default_factory=GenerationDefaults)
    new: NewBackbone | None = None

    def __post_init__(self) -> None:
        if (self.backbone == COMPACT) != (self.new is not None):
            raise InvalidRequestError(f"the backbone {self.backbone} needs sizes if, and only if, it is new")


#: One epoch of HumanML3D is about 3,900 steps of it.
PAPER_RECIPE = LanguageRecipe(
    steps=None,
    epochs=500,
    batch_size=6,
    learning_rate=1e-5,
    warmup_steps=0,
    weight_decay=0.0,
    optimizer="adam",
    beta2=0.999,
    max_grad_norm=0.0,
    schedule="constant",
    dropout=0.0,
    corruption=0.0,
    save_steps=4000,
)


def paper(name: str, backbone: str, rank: int) -> MotionLLMPreset:
    """The paper's MotionLLM with this backbone and rank for generation."""
    return MotionLLMPreset(
        name=name,
        backbone=backbone,
        adapters=MappingProxyType({"t2m": AdapterSpec(rank), "m2t": AdapterSpec(32)}),
        generation=PAPER_RECIPE,
        captioning=replace(PAPER_RECIPE, epochs=10),
    )


#: Adapters are fitted to a backbone that knows both tasks already, so little rank is needed. How it generates
#: was chosen with the open suite of prompts, run with seeds of its own.
_COMPACT = MotionLLMPreset(
    name=COMPACT,
    backbone=COMPACT,
    adapters=MappingProxyType({"t2m": AdapterSpec(16), "m2t": AdapterSpec(8)}),
    generation=ADAPTER_RECIPE,
    captioning=ADAPTER_RECIPE,
    template="compact",
    reading="words",
    generating=GenerationDefaults(
        sampling=Sampling(temperature=0.8, guidance=2.0), candidates=3, min_seconds=1.2
    ),
    new=NewBackbone(),
)
_PAPER = (
    paper("gemma2-2b-r16", "google/gemma-2-2b-it", 16),
    paper("gemma2-2b-r32", "google/gemma-2-2b-it", 32),
    paper("gemma2-2b-r64", "google/gemma-2-2b-it", 64),
    paper("gemma2-9b-r32", "google/gemma-2-9b-it", 32),
    paper("llama3-8b-r32", "meta-llama/Meta-Llama-3-8B-Instruct", 32),
)
#: The default that ships is the compact one; its captions are labelled, so that requests are read by action.
DEFAULT = "default"
MOTION_LLM_PRESETS: dict[str, MotionLLMPreset] = {
    **{preset.name: preset for preset in _PAPER},
    COMPACT: _COMPACT,
    DEFAULT: replace(
        _COMPACT,
        name=DEFAULT,
        reading="actions",
        # The captioner gives none of 64 motions of known actions less than this, and half of wrong captions.
        generating=replace(_COMPACT.generating, weak_below=-2.2),
    ),
}
PAPER_PRESET = "gemma2-2b-r64"

TOKENIZER_PRESETS: dict[str, TokenizerRecipe] = {
    "paper": TokenizerRecipe(
        vqvae=VQVAEConfig(),
        steps=300_000,
        batch_size=256,
        learning_rate=2e-4,
        warmup_steps=1000,
        weight_decay=0.0,
        max_grad_norm=0.0,
        schedule="drop",
        smooth_below=1.0,
        rotation_weight=1.0,
        position_weight=0.5,
        joint_weight=0.0,
        path_weight=0.0,
        weighting=Weighting.twice,
        save_steps=5000,
    ),
    COMPACT: TokenizerRecipe(),
    "parts": TokenizerRecipe(
        vqvae=VQVAEConfig(width=192, code_dim=32, by_parts=True),
        steps=6000,
        save_steps=250,
    ),
}


def motion_llm_preset(name: str | None, backbone: str | None = None) -> MotionLLMPreset:
    """A preset by name, on another backbone where one is given. Raises InvalidRequestError.

    Without a name: the compact one for the backbone "compact", the paper's for any other.
    """
    name = name or (COMPACT if backbone == COMPACT else PAPER_PRESET)
    if name not in MOTION_LLM_PRESETS:
        raise InvalidRequestError(f"no preset {name!r}; there is {', '.join(MOTION_LLM_PRESETS)}")
    preset = MOTION_LLM_PRESETS[name]
    if backbone is None or backbone == preset.backbone:
        return preset
    if COMPACT in (backbone, preset.backbone):
        raise InvalidRequestError(
            f"the preset {name} is not for the backbone {backbone}: leave one of them out"
        )
    return replace(preset, backbone=backbone)


def default_presets(*, gpu: bool) -> tuple[TokenizerRecipe, MotionLLMPreset]:
    """How the default that ships is trained: on two cores, or as long as a GPU affords."""
    tokenizer, language = TOKENIZER_PRESETS["parts"], MOTION_LLM_PRESETS[DEFAULT]
    if not gpu or language.new is None:
        return tokenizer, language
    return replace(tokenizer, steps=60_000), replace(
        language,
        new=replace(language.new, recipe=replace(language.new.recipe, steps=30_000)),
        generation=replace(language.generation, steps=3_000),
        captioning=replace(language.captioning, steps=3_000),
    )


def with_backbone(preset: MotionLLMPreset, own: Overrides) -> MotionLLMPreset:
    """The preset of a new backbone with fields of that backbone's recipe changed."""
    assert preset.new is not None
    return replace(preset, new=replace(preset.new, recipe=own.on(preset.new.recipe)))


def tokenizer_preset(name: str) -> TokenizerRecipe:
    """A tokenizer's recipe by name. Raises InvalidRequestError."""
    if name not in TOKENIZER_PRESETS:
        raise InvalidRequestError(f"no preset {name!r}; there is {', '.join(TOKENIZER_PRESETS)}")
    return TOKENIZER_PRESETS[name]


@cache
def count_parameters(backbone: str) -> tuple[int, int]:
    """Parameters of one of the paper's backbones, and of an adapter of rank 1 on it, from its config alone.

    Those of rank r are r times as many.
    """
    with torch.device("meta"):
        plain = AutoModelForCausalLM.from_config(PUBLISHED_CONFIGS[backbone]())
        total = sum(p.numel() for p in plain.parameters())
        model = add_adapters(plain, {"t2m": AdapterSpec(1)})
    return total, sum(p.numel() for p in model.parameters() if p.requires_grad)
