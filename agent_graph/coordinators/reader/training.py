"""Trains the reader: MiniLM with a smaller word table, on examples drawn from the wordings.

`motion-agent train reader --minilm FOLDER --out OUT`; FOLDER holds model.safetensors and tokenizer.json of
all-MiniLM-L6-v2 (Apache-2.0).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle, islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from torch.nn import functional as F

from .examples import TAGS, Example, Examples
from .network import ReaderConfig, ReaderNetwork, batches, load, save
from .vocabulary import MAX_TOKENS, TOKENIZER, chosen_pieces, pieces_of, tokenizer
from .wordings import Wordings, split, wordings, wordings_in

Report = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """minutes: how long the whole encoder is trained, upper_minutes: how long its upper layers are
    afterwards.

    The second stage draws `examples` once and keeps what the lower layers (`frozen` of them) make of them,
    so a step costs half. size: word pieces kept. held_out: whether to learn from a part of the wordings
    only, so that the others can tell how good the reader is. recent: files of wordings that every other
    example of the first stage is drawn from.
    """

    minutes: float = 14.0
    upper_minutes: float = 25.0
    batch: int = 32
    seed: int = 0
    frozen: int = 3
    examples: int = 20_000
    size: int = 8000
    encoder_rate: float = 1.5e-4
    head_rate: float = 2e-3
    held_out: bool = True
    recent: tuple[str, ...] = ()


def train(
    minilm: Path, out: Path, recipe: Recipe, *, start: Path | None = None, report: Report = print
) -> ReaderNetwork:
    """Fine-tune and write the reader's folder. start: a reader's folder to go on from, instead of MiniLM; it
    may lack intents that have wordings by now.

    Raises OSError for missing files.
    """
    torch.manual_seed(recipe.seed)
    learned = split()[0] if recipe.held_out else wordings()
    if start is None:
        pieces = _pieces(minilm, recipe)
        reading, network = tokenizer(pieces), started(minilm, pieces)
    else:
        reading, network = (
            Tokenizer.from_file(str(start / TOKENIZER)),
            widened(load(start), tuple(wordings())),
        )
    if recipe.minutes:
        sources = [Examples(learned, recipe.seed + 1)]
        if recipe.recent:
            sources.append(Examples(_kept_of(wordings_in(recipe.recent), learned), recipe.seed + 4))
        batches_of = _drawn(sources, recipe.batch, recipe.seed)
        _fit(
            network,
            (_Batch.of(network, reading, drawn) for drawn in batches_of),
            recipe.minutes,
            recipe,
            report,
        )
    if recipe.upper_minutes:
        kept = _kept(network, reading, Examples(learned, recipe.seed + 2), recipe, report)
        _fit(network, kept, recipe.upper_minutes, recipe, report)
    network.eval()
    save(network, out)
    reading.save(str(out / TOKENIZER), pretty=False)
    return network


def _kept_of(some: Wordings, learned: Wordings) -> Wordings:
    """Those of some wordings that are learned from."""
    kept = {
        intent: tuple(line for line in lines if line in learned[intent]) for intent, lines in some.items()
    }
    return {intent: lines for intent, lines in kept.items() if lines}


def _pieces(minilm: Path, recipe: Recipe) -> list[str]:
    drawn = Examples(wordings(), recipe.seed)
    examples = (drawn.draw() for _ in range(12_000))
    texts = [text for example in examples for text in (example.text, example.state)]
    return chosen_pieces(pieces_of(minilm / TOKENIZER), texts, recipe.size)


def started(minilm: Path, pieces: list[str]) -> ReaderNetwork:
    """A network with MiniLM's weights, the word table cut to `pieces`; the table itself is not trained."""
    old = pieces_of(minilm / TOKENIZER)
    kept = set(pieces)
    rows = torch.tensor([index for index, piece in enumerate(old) if piece in kept])
    config = ReaderConfig(tuple(wordings()), tuple(dict.fromkeys(TAGS.values())), len(pieces))
    network = ReaderNetwork(config)
    weights = load_file(minilm / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][rows]
    places = "embeddings.position_embeddings.weight"
    weights[places] = weights[places][: config.positions]
    wanted = network.encoder.state_dict()
    network.encoder.load_state_dict(
        {name: weights[name] if name in weights else wanted[name] for name in wanted}
    )
    network.encoder.embeddings.requires_grad_(False)
    return network


def widened(network: ReaderNetwork, intents: tuple[str, ...]) -> ReaderNetwork:
    """The same network with a head for `intents`: the rows of those it knows, fresh ones for others."""
    wider = ReaderNetwork(replace(network.config, intents=intents))
    known = {intent: row for row, intent in enumerate(network.config.intents)}
    kept = [(row, known[intent]) for row, intent in enumerate(intents) if intent in known]
    to, of = (torch.tensor(rows) for rows in zip(*kept, strict=True))
    state, weights = wider.state_dict(), network.state_dict()
    for name, value in weights.items():
        if name.startswith("intents.2."):
            state[name][to] = value[of]
        else:
            state[name] = value
    wider.load_state_dict(state)
    wider.encoder.embeddings.requires_grad_(False)
    return wider


@dataclass(frozen=True)
class _Batch:
    """Inputs and targets of one step. hidden: what the lower layers made of it, where that is kept."""

    inputs: tuple[Tensor, Tensor, Tensor]
    targets: tuple[Tensor, Tensor, Tensor]
    hidden: Tensor | None = None

    @classmethod
    def of(cls, network: ReaderNetwork, reading: Tokenizer, examples: Sequence[Example]) -> _Batch:
        encodings = encoded(reading, [(e.text, e.state) for e in examples])
        return cls(batches(encodings), _targets(network.config, encodings, examples))


def _drawn(sources: Sequence[Examples], size: int, seed: int) -> Iterator[list[Example]]:
    """Batches of like length, so that little is computed for padding; as many of each source."""
    shuffled = random.Random(seed)
    while True:
        examples = (source.draw() for source in islice(cycle(sources), 8 * size))
        drawn = sorted(examples, key=lambda e: len(e.text) + len(e.state))
        groups = [drawn[at : at + size] for at in range(0, len(drawn), size)]
        shuffled.shuffle(groups)
        yield from groups


def _kept(
    network: ReaderNetwork, reading: Tokenizer, source: Examples, recipe: Recipe, report: Report
) -> Iterator[_Batch]:
    """The same batches over and over in new orders, computed up to the layers that are trained."""
    for module in (network.encoder.embeddings, *list(network.encoder.encoder.layer)[: recipe.frozen]):
        module.requires_grad_(False)
    network.eval()
    kept, supply = [], _drawn([source], recipe.batch, recipe.seed + 3)
    for _ in range(recipe.examples // recipe.batch):
        batch = _Batch.of(network, reading, next(supply))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            kept.append(replace(batch, hidden=network.lower(*batch.inputs, layers=recipe.frozen).bfloat16()))
    report(f"kept {len(kept)} batches of the lower layers")
    order = random.Random(recipe.seed)
    while True:
        order.shuffle(kept)
        yield from kept


def _fit(
    network: ReaderNetwork, supply: Iterator[_Batch], minutes: float, recipe: Recipe, report: Report
) -> None:
    first = next(supply)
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    rates = [recipe.encoder_rate, recipe.head_rate]
    optimizer = torch.optim.AdamW([{"params": encoder}, {"params": heads}], lr=1e-3, weight_decay=0.01)
    network.train()
    begun = time.monotonic()
    for step, batch in enumerate(chain([first], supply), 1):
        gone = (time.monotonic() - begun) / (60 * minutes)
        if gone >= 1:
            break
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1, step / 60) * max(0.02, 1 - gone)
        loss = _loss(network, batch, recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder, *heads], 1.0)
        optimizer.step()
        if step % 50 == 0:
            report(f"step {step}, {gone:.0%} of the time, loss {loss.item():.3f}")


def _loss(network: ReaderNetwork, batch: _Batch, recipe: Recipe) -> Tensor:
    """Starts, intents at starts, and slots, each a cross-entropy."""
    starts, intents, labels = batch.targets
    with torch.autocast("cpu", torch.bfloat16):
        if batch.hidden is None:
            logits = network(*batch.inputs)
        else:
            logits = network.upper(batch.hidden, batch.inputs[1], layers=recipe.frozen)
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


def _targets(
    config: ReaderConfig, encodings: Sequence[Encoding], examples: Sequence[Example]
) -> tuple[Tensor, Tensor, Tensor]:
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
