"""A BERT of random weights in a hub model's folder: 3 layers of width 16 and a handful of words."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertModel, BertTokenizer

WORDS = (
    *("a", "person", "man", "walks", "forward", "turns", "left", "right", "waves", "both", "hands", "jumps"),
    *("slowly", "up", "down", "someone"),
)


def save_tiny_bert(folder: Path) -> Path:
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    BertTokenizer(vocab={word: i for i, word in enumerate(vocabulary)}).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        # Wide enough for the layers to do something.
        initializer_range=0.8,
    )
    BertModel(config).save_pretrained(folder)
    return folder
