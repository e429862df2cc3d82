"""Several adapters over one backbone in one batch: each row of the batch is given its own.

All adapters of a linear layer stand in one pair of matrices, and every row multiplies with all of them but
keeps, by a mask of ones and zeros over the ranks, only what its own adapter says:
W x + B (m * (A x)). Shapes never change, so a step with mixed rows is captured as a graph like any other
(grouped LoRA products: Chen et al., Punica, MLSys 2024; the mask takes the place of their kernel, which pays
where adapters are few). The backbone's tensors are shared, not copied.

Shapes: B rows, L length, R ranks of all adapters together.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

import torch
from peft.tuners.lora import Linear as LoraLinear
from torch import Tensor, nn
from torch.nn import functional

from .lean import ParallelLinears, lean_decoder


class Choice:
    """Which adapter each row of the batch uses, as a mask (B, 1, R) that all layers read."""

    def __init__(self, ranks: Sequence[int], like: Tensor) -> None:
        owner = torch.repeat_interleave(torch.arange(len(ranks)), torch.tensor(ranks))
        self.table = (owner == torch.arange(len(ranks))[:, None]).to(like.device, like.dtype)
        self.mask = self.table[:1, None]

    def select(self, adapters: Tensor) -> None:
        """adapters: index of the adapter of every row (B,), or of all rows (1,)."""
        self.mask = self.table[adapters][:, None]


class GroupedLinear(nn.Module):
    """A linear layer with all its adapters: (B, L, in) -> (B, L, out)."""

    def __init__(self, layer: LoraLinear, names: Sequence[str], choice: Choice) -> None:
        super().__init__()
        base = cast("nn.Linear", layer.base_layer)
        self.base, self.choice = base, choice
        down = [cast(Tensor, layer.lora_A[name].weight) for name in names]
        up = [cast(Tensor, layer.lora_B[name].weight) * layer.scaling[name] for name in names]
        self.down: Tensor = nn.Buffer(torch.cat(down).detach().to(base.weight.dtype))
        self.up = nn.Buffer(torch.cat(up, dim=1).detach().to(base.weight.dtype))

    def forward(self, x: Tensor) -> Tensor:
        return self.add(x, functional.linear(x, self.down) * self.choice.mask)

    def add(self, x: Tensor, kept: Tensor) -> Tensor:
        """W x + B kept, where `kept` (B, L, R) is what the mask left of A x."""
        plain = self.base(x).flatten(0, 1)
        return torch.addmm(plain, kept.flatten(0, 1), self.up.t()).unflatten(0, x.shape[:2])


class GroupedParallelLinears(nn.Module):
    """Several such layers of one input, which all A x of it are one product for."""

    def __init__(self, layers: Sequence[GroupedLinear]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.down = nn.Buffer(torch.cat([layer.down for layer in layers]))
        for layer, part in zip(layers, self.down.chunk(len(layers)), strict=True):
            layer.down = part  # the same tensor, not another copy

    def forward(self, x: Tensor) -> Tensor:
        layers = cast("list[GroupedLinear]", list(self.layers))
        parts = functional.linear(x, self.down).chunk(len(layers), dim=-1)
        mask = layers[0].choice.mask
        return torch.cat([layer.add(x, a * mask) for layer, a in zip(layers, parts, strict=True)], dim=-1)


def join_grouped(layers: Sequence[nn.Module]) -> nn.Module:
    """Joins linear layers without touching their weights."""
    grouped = [layer for layer in layers if isinstance(layer, GroupedLinear)]
    return GroupedParallelLinears(grouped) if len(layers) == len(grouped) > 1 else ParallelLinears(layers)


class GroupedDecoder(nn.Module):
    """A decoder whose rows choose among adapters; called as the decoder it was made from."""

    def __init__(self, decoder: nn.Module, names: Sequence[str]) -> None:
        """decoder: carries peft's LoRA layers, every one with all adapters of `names`, in this order."""
        super().__init__()
        adapted = [module for module in decoder.modules() if isinstance(module, LoraLinear)]
        ranks = [cast(int, adapted[0].r[name]) for name in names]
        self.choice = Choice(ranks, cast("nn.Linear", adapted[0].base_layer).weight)
        twin = _shared_copy(
            decoder, {id(layer): GroupedLinear(layer, names, self.choice) for layer in adapted}
        )
        self.stack = lean_decoder(twin, join_grouped) or twin

    def select(self, adapters: Tensor) -> None:
        """See `Choice.select`; holds until the next call."""
        self.choice.select(adapters)

    def forward(self, **inputs: Any) -> Any:
        return self.stack(**inputs)


def without_adapters(decoder: nn.Module) -> nn.Module:
    """The same stack over the same tensors, none of peft's adapters in it."""
    adapted = [module for module in decoder.modules() if isinstance(module, LoraLinear)]
    return _shared_copy(decoder, {id(layer): layer.base_layer for layer in adapted})


def _shared_copy(module: nn.Module, replaced: dict[int, Any]) -> nn.Module:
    """A copy of a tree of modules over the same tensors, with some modules replaced."""
    kept = {id(tensor): tensor for tensor in chain(module.parameters(), module.buffers())}
    kept |= {id(part.config): part.config for part in module.modules() if hasattr(part, "config")}
    return copy.deepcopy(module, kept | replaced)
