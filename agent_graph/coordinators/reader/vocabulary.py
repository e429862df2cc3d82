"""The reader's word pieces: those of MiniLM that requests are made of, a quarter of its table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece

TOKENIZER = "tokenizer.json"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
#: Longest message and state together, in tokens; what is longer is not read.
MAX_TOKENS = 128


def pieces_of(file: Path) -> list[str]:
    """The word pieces of a tokenizer.json, by id. Raises OSError or ValueError."""
    table: dict[str, int] = json.loads(file.read_text("utf-8"))["model"]["vocab"]
    return sorted(table, key=lambda piece: table[piece])


def chosen_pieces(pieces: list[str], texts: Iterable[str], size: int) -> list[str]:
    """The pieces to keep, in their old order: special ones, letters, those of the texts, then the commonest.

    BERT's table is ordered by frequency behind its special pieces and letters.
    """
    whole = tokenizer(pieces)
    used = {token for text in texts for token in whole.encode(text, add_special_tokens=False).tokens}
    letters = {piece for piece in pieces if len(piece.removeprefix("##")) == 1 and piece.isascii()}
    kept = {*SPECIAL, *letters, *used}
    for piece in pieces:
        if len(kept) >= size:
            break
        if piece.isascii() and not piece.startswith("[unused"):
            kept.add(piece)
    return [piece for piece in pieces if piece in kept]


def tokenizer(pieces: list[str]) -> Tokenizer:
    """A WordPiece tokenizer of some pieces, in BERT's way; pairs are message and state."""
    table = {piece: index for index, piece in enumerate(pieces)}
    made = Tokenizer(WordPiece(table, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", table["[CLS]"]), ("[SEP]", table["[SEP]"])],
    )
    return made
