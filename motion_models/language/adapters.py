"""LoRA adapters of MotionLLM: one for generation, one for captioning, side by side on one backbone."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import Linear as LoraLinear
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..decoding.lean import Joined, Product
from .vocabulary import Task

#: Names in the released checkpoints.
ADAPTER_OF_TASK: Mapping[Task, str] = MappingProxyType({"generation": "t2m", "captioning": "m2t"})
TARGET_MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class AdapterSpec:
    """Size of one adapter. alpha = rank, so that the low-rank product is added unscaled."""

    rank: int
    dropout: float = 0.1

    def to_lora(self) -> LoraConfig:
        return LoraConfig(
            r=self.rank,
            lora_alpha=self.rank,
            lora_dropout=self.dropout,
            target_modules=list(TARGET_MODULES),
            bias="none",
            task_type="CAUSAL_LM",
        )


#: The paper's: rank 64 for generation, 32 for captioning.
PAPER_ADAPTERS: Mapping[str, AdapterSpec] = MappingProxyType({"t2m": AdapterSpec(64), "m2t": AdapterSpec(32)})


def add_adapters(backbone: PreTrainedModel | PeftModel, specs: Mapping[str, AdapterSpec]) -> PeftModel:
    """Wrap `backbone` (in place) with fresh adapters, beside any it has; a fresh one changes nothing yet."""
    names = list(specs)
    if not names:
        raise ValueError("at least one adapter is needed")
    if not isinstance(backbone, PeftModel):
        with warnings.catch_warnings():
            # peft asks transformers 5 for an attribute under its old name.
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
            first = names.pop(0)
            backbone = get_peft_model(backbone, specs[first].to_lora(), adapter_name=first)  # type: ignore[assignment]
    for name in names:
        backbone.add_adapter(name, specs[name].to_lora())  # type: ignore[operator,union-attr]
    return backbone  # type: ignore[return-value]


def join_merged(name: str) -> Joined:
    """Joins linear layers to one product, the adapter `name` merged in; the layers stay as they are."""

    def join(layers: Sequence[nn.Module]) -> nn.Module:
        return Product(torch.cat([_merged_weight(layer, name) for layer in layers]))

    return join


def _merged_weight(layer: nn.Module, name: str) -> Tensor:
    if not isinstance(layer, LoraLinear):
        return cast("nn.Linear", layer).weight
    weight = cast("nn.Linear", layer.base_layer).weight
    return weight + layer.get_delta_weight(name).to(weight.dtype) if name in layer.lora_A else weight
