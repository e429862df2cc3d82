"""Trains the reader: MiniLM with a smaller word table, on examples drawn from the wordings.

`motion-agent train reader --minilm FOLDER --out OUT`; FOLDER holds model.safetensors and tokenizer.json of
all-MiniLM-L6-v2 (Apache-2.0).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from torch.nn import functional as F

from .examples import TAGS, Example, Examples
from .network import ReaderConfig, ReaderNetwork, batches, save
from .vocabulary import MAX_TOKENS, TOKENIZER, chosen_pieces, pieces_of, tokenizer
from .wordings import split, wordings

Report = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """minutes: when to stop. frozen: encoder layers left as they are. size: word pieces kept."""

    minutes: float = 15.0
    batch: int = 32
    seed: int = 0
    frozen: int = 1
    size: int = 8000
    encoder_rate: float = 1.5e-4
    head_rate: float = 2e-3
    held_out: bool = True


def train(minilm: Path, out: Path, recipe: Recipe, report: Report = print) -> ReaderNetwork:
    """Fine-tune for `recipe.minutes` and write the reader's folder. Raises OSError for missing files."""
    torch.manual_seed(recipe.seed)
    learned = split()[0] if recipe.held_out else wordings()
    pieces = _pieces(minilm, recipe)
    reading = tokenizer(pieces)
    network = started(minilm, pieces, recipe)
    _fit(network, reading, Examples(learned, recipe.seed + 1), recipe, report)
    save(network, out)
    reading.save(str(out / TOKENIZER), pretty=False)
    return network


def _pieces(minilm: Path, recipe: Recipe) -> list[str]:
    drawn = Examples(wordings(), recipe.seed)
    texts = [part for example in (drawn.draw() for _ in range(12000)) for part in (example.text, example.state)]
    return chosen_pieces(pieces_of(minilm / TOKENIZER), texts, recipe.size)


def started(minilm: Path, pieces: list[str], recipe: Recipe) -> ReaderNetwork:
    """A network with MiniLM's weights, the word table cut to `pieces`."""
    old = pieces_of(minilm / TOKENIZER)
    rows = torch.tensor([index for piece, index in _indices(old) if piece in set(pieces)])
    config = ReaderConfig(tuple(wordings()), tuple(dict.fromkeys(TAGS.values())), len(pieces))
    network = ReaderNetwork(config)
    weights = load_file(minilm / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][rows]
    places = "embeddings.position_embeddings.weight"
    weights[places] = weights[places][: config.positions]
    wanted = network.encoder.state_dict()
    network.encoder.load_state_dict({name: weights.get(name, wanted[name]).clone() for name in wanted})
    for module in (network.encoder.embeddings, *list(network.encoder.encoder.layer)[: recipe.frozen]):
        module.requires_grad_(False)
    return network


def _indices(pieces: Sequence[str]) -> list[tuple[str, int]]:
    return [(piece, index) for index, piece in enumerate(pieces)]


def _fit(network: ReaderNetwork, reading: Tokenizer, source: Examples, recipe: Recipe, report: Report) -> None:
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    rates = [recipe.encoder_rate, recipe.head_rate]
    optimizer = torch.optim.AdamW([{"params": encoder}, {"params": heads}], lr=1e-3, weight_decay=0.01)
    begun, step, supply = time.monotonic(), 0, _batches_of(source, recipe)
    network.train()
    while (gone := (time.monotonic() - begun) / (60 * recipe.minutes)) < 1:
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1, (step + 1) / 60) * max(0.02, 1 - gone)
        loss = loss_of(network, reading, next(supply))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder, *heads], 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            report(f"step {step}, {gone:.0%} of the time, loss {loss.item():.3f}")
    network.eval()


def _batches_of(source: Examples, recipe: Recipe) -> Iterator[list[Example]]:
    """Batches of examples of like length, so that little is computed for padding."""
    shuffled = random.Random(recipe.seed)
    while True:
        drawn = sorted((source.draw() for _ in range(8 * recipe.batch)), key=lambda e: len(e.text) + len(e.state))
        groups = [drawn[at : at + recipe.batch] for at in range(0, len(drawn), recipe.batch)]
        shuffled.shuffle(groups)
        yield from groups


def loss_of(network: ReaderNetwork, reading: Tokenizer, examples: Sequence[Example]) -> Tensor:
    """Starts, intents at starts, and slots, each a cross-entropy."""
    encodings = encoded(reading, [(e.text, e.state) for e in examples])
    starts, intents, labels = _targets(network.config, encodings, examples)
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(*batches(encodings))
    real = starts >= 0
    return (
        2 * F.binary_cross_entropy_with_logits(logits.starts[real], starts[real])
        + F.cross_entropy(logits.intents.flatten(0, 1), intents.flatten(), label_smoothing=0.02)
        + 1.5 * F.cross_entropy(logits.labels.flatten(0, 1), labels.flatten())
    )


def encoded(reading: Tokenizer, pairs: Sequence[tuple[str, str]]) -> list[Encoding]:
    """Encodings padded to one length; of a pair that is too long the state is cut."""
    reading.enable_truncation(MAX_TOKENS, strategy="longest_first")
    reading.enable_padding(pad_id=0, pad_token="[PAD]")
    return reading.encode_batch(list(pairs))


def _targets(config: ReaderConfig, encodings: Sequence[Encoding], examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """(starts, intents, labels), each (B, L); -1 or -100 where nothing is asked."""
    shape = (len(encodings), len(encodings[0].ids))
    starts, intents, labels = torch.full(shape, -1.0), torch.full(shape, -100), torch.full(shape, -100)
    for row, (encoding, example) in enumerate(zip(encodings, examples, strict=True)):
        places = message_tokens(encoding)
        starts[row, places] = 0
        labels[row, places] = 0
        for begin, end, tag in example.spans:
            inside = [i for i in places if encoding.offsets[i][0] < end and encoding.offsets[i][1] > begin]
            if tag.startswith("@"):
                first = next((i for i in places if encoding.offsets[i][1] > begin), None)
                if first is not None:
                    starts[row, first], intents[row, first] = 1, config.intents.index(tag[1:])
            elif inside:
                labels[row, inside] = config.labels.index(f"I-{tag}")
                labels[row, inside[0]] = config.labels.index(f"B-{tag}")
    return starts, intents, labels


def message_tokens(encoding: Encoding) -> list[int]:
    """The places of the message's own tokens."""
    return [
        i for i, (kind, (begin, end)) in enumerate(zip(encoding.type_ids, encoding.offsets, strict=True))
        if kind == 0 and encoding.attention_mask[i] and end > begin
    ]  # fmt: skip
