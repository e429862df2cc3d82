"""The rows of motion words beside a backbone's own tables of words, and the head for further codes of a step.

Shapes: B batch, V text tokens, M motion rows, H width of the backbone.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from .vocabulary import MotionVocabulary


class MotionRows(nn.Module):
    """Embedding and head rows (M, H) of the motion words; `head` is None where the backbone ties them."""

    def __init__(self, backbone: PreTrainedModel, n_rows: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(_new_rows(word_table(backbone), n_rows))
        self.head = None if is_tied(backbone) else nn.Parameter(_new_rows(head_table(backbone), n_rows))

    @property
    def head_weight(self) -> Tensor:
        return self.embedding if self.head is None else self.head


class DepthHead(nn.Module):
    """Hidden states for levels 1, 2, ... of a step, from that of the first level and the embedded codes.

    The decoder runs once a step whatever the number of codes: what it gives scores the first code, and here
    each further one is scored from that and the codes of the step so far. (The depth transformer of
    RQ-Transformer, Lee et al., CVPR 2022, without attention: a step has few levels.)
    """

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        self.widen = nn.ModuleList(nn.Linear(2 * width, width) for _ in range(levels - 1))
        self.narrow = nn.ModuleList(nn.Linear(width, width) for _ in range(levels - 1))
        # Every level begins as the first one's state, and learns how it differs.
        for parameter in self.narrow.parameters():
            nn.init.zeros_(parameter)

    def forward(self, hidden: Tensor, before: Tensor, level: int) -> Tensor:
        """hidden (B, H) and the sum of the embeddings of the codes before `level` (B, H) -> (B, H)."""
        widen, narrow = cast(nn.Linear, self.widen[level - 1]), self.narrow[level - 1]
        state = torch.cat((hidden, before.to(hidden.dtype)), dim=-1).to(widen.weight.dtype)
        return hidden + narrow(functional.silu(widen(state))).to(hidden.dtype)


def is_tied(backbone: PreTrainedModel) -> bool:
    return head_table(backbone) is word_table(backbone)


def word_table(backbone: PreTrainedModel) -> Tensor:
    """Embedding rows (V, H) of the backbone's words."""
    return cast(nn.Embedding, backbone.get_input_embeddings()).weight


def head_table(backbone: PreTrainedModel) -> Tensor:
    """Head rows (V, H) of the backbone's words."""
    return cast(nn.Linear, backbone.get_output_embeddings()).weight


def _new_rows(weight: Tensor, n_rows: int) -> Tensor:
    """Rows around the mean of the trained ones, with their spread, so that new words start plausible."""
    with torch.no_grad():
        mean = weight.float().mean(dim=0)
        return mean + weight.float().std() * torch.randn(n_rows, len(mean), device=weight.device)


def check_backbone(backbone: PreTrainedModel, vocabulary: MotionVocabulary) -> None:
    """Raise ValueError for a model that motion rows cannot stand beside."""
    words = len(word_table(backbone))
    if words < vocabulary.text_size:
        raise ValueError(f"the backbone knows {words} words, its text tokenizer {vocabulary.text_size}")
    if backbone.get_output_embeddings() is None:
        raise ValueError("the backbone is not a causal LM: it has no head")
    unsupported = [n for n in ("logit_scale", "logits_scaling") if getattr(backbone.config, n, None)]
    if unsupported:
        raise ValueError(f"backbones with {unsupported[0]} in their config are not supported")
