"""The reader's network: MiniLM with three heads on every token of a message.

Of each token it says whether a request starts there, which intent that request has, and which slot the token
belongs to. Weights are kept as int8 with one scale a row, and computed with in float32.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

WEIGHTS, SETTINGS = "reader.safetensors", "config.json"


@dataclass(frozen=True)
class ReaderConfig:
    """intents and tags: what the heads choose from, in order. labels: "O", then B and I of each tag."""

    intents: tuple[str, ...]
    tags: tuple[str, ...]
    vocabulary: int
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 128

    @property
    def labels(self) -> tuple[str, ...]:
        return ("O", *(f"{place}-{tag}" for tag in self.tags for place in "BI"))

    def encoder(self) -> BertConfig:
        return BertConfig(
            vocab_size=self.vocabulary, hidden_size=self.width, num_hidden_layers=self.layers,
            num_attention_heads=self.heads, intermediate_size=self.inner,
            max_position_embeddings=self.positions, type_vocab_size=2,
        )  # fmt: skip


class Logits(NamedTuple):
    """starts (B, L); intents (B, L, intents); labels (B, L, labels)."""

    starts: Tensor
    intents: Tensor
    labels: Tensor


class ReaderNetwork(nn.Module):
    """Encoder and heads."""

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = BertModel(config.encoder(), add_pooling_layer=False)
        width = config.width
        self.starts = nn.Linear(width, 1)
        self.intents = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, len(config.intents))
        )
        self.labels = nn.Linear(width, len(config.labels))

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor) -> Logits:
        """ids, mask, kinds (B, L): token ids, 1 where there is one, 0 for the message and 1 for the state."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        return self._heads(hidden)

    def lower(self, ids: Tensor, mask: Tensor, kinds: Tensor, *, layers: int) -> Tensor:
        """What the first `layers` layers make of a batch, (B, L, width)."""
        hidden = self.encoder.embeddings(input_ids=ids, token_type_ids=kinds)
        for layer in self.encoder.encoder.layer[:layers]:
            hidden = layer(hidden, _added(mask))
        return hidden

    def upper(self, hidden: Tensor, mask: Tensor, *, layers: int) -> Logits:
        """The logits from what `lower` gave."""
        for layer in self.encoder.encoder.layer[layers:]:
            hidden = layer(hidden, _added(mask))
        return self._heads(hidden)

    def _heads(self, hidden: Tensor) -> Logits:
        starts, intents, labels = self.starts(hidden)[..., 0], self.intents(hidden), self.labels(hidden)
        return Logits(starts.float(), intents.float(), labels.float())


def _added(mask: Tensor) -> Tensor:
    """A mask as it is added to attention scores: 0 where a token is, a huge negative number elsewhere."""
    return (1 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min


def save(network: ReaderNetwork, folder: Path) -> None:
    """Write config.json and the weights, matrices as int8 with a scale a row."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS).write_text(json.dumps(asdict(network.config), indent=1) + "\n", "utf-8")
    kept: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        if value.dim() == 2:
            scale = value.abs().amax(dim=1).clamp_min(1e-8) / 127
            kept[name] = (value / scale[:, None]).round().to(torch.int8)
            kept[f"{name}.scale"] = scale.half()
        elif value.is_floating_point():
            kept[name] = value.half()
    save_file(kept, folder / WEIGHTS)


def load(folder: Path) -> ReaderNetwork:
    """The network of a folder, in float32. Raises OSError or ValueError where it is not whole."""
    settings: dict[str, Any] = json.loads((folder / SETTINGS).read_text("utf-8"))
    config = ReaderConfig(**{key: tuple(v) if isinstance(v, list) else v for key, v in settings.items()})
    network = ReaderNetwork(config)
    network.load_state_dict(_unpacked(load_file(folder / WEIGHTS), network.state_dict()))
    return network.eval()


def _unpacked(kept: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    values = {}
    for name, like in wanted.items():
        if not like.is_floating_point():
            values[name] = like
            continue
        if name not in kept:
            raise ValueError(f"the reader's weights lack {name}: restore them, or train the reader again")
        value = kept[name].float()
        values[name] = value * kept[f"{name}.scale"].float()[:, None] if f"{name}.scale" in kept else value
    return values


def batches(encodings: Sequence[Any]) -> tuple[Tensor, Tensor, Tensor]:
    """(ids, mask, kinds) of encodings of one length."""
    return (
        torch.tensor([encoding.ids for encoding in encodings]),
        torch.tensor([encoding.attention_mask for encoding in encodings]),
        torch.tensor([encoding.type_ids for encoding in encodings]),
    )
