"""Whole sets of captions against references: one table a protocol, in the units of published tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ....motion_models.arrays import FloatArray
from ....motion_models.data.clips import Caption
from ....motion_models.errors import BackendError, InvalidRequestError
from ...aggregate import Estimate, bootstrap_mean, bootstrap_sums
from ...report import table
from .items import CaptioningSet
from .text import BertScorer, bleu_counts, bleu_of_counts, cider, normalise, rouge_l
from .text.normalise import Protocol

METRICS = ("BLEU@1", "BLEU@4", "ROUGE-L", "CIDEr", "BERTScore")
NOT_RUN = "not run"


@dataclass(frozen=True)
class Row:
    """Captions of one origin. values, samples: by metric, times 100; a metric that was not run is missing."""

    origin: str
    references: str
    values: dict[str, Estimate]
    samples: dict[str, list[float]]
    captions: list[str]


def score(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[Caption]],
    protocol: Protocol,
    trials: Sequence[str],
    scorer: BertScorer | None = None,
) -> tuple[dict[str, Estimate], dict[str, list[float]]]:
    """Estimates with a bootstrap over trials, and samples, of every metric that can be run."""
    made = [normalise(text, protocol) for text in hypotheses]
    right = [[normalise(c.text, protocol, c.words) for c in some] for some in references]
    both: dict[str, Any] = {"hypotheses": made, "references": right}
    values, samples = {}, {}
    for order in (1, 4):
        counts = bleu_counts(**both, order=order)
        values[f"BLEU@{order}"] = bootstrap_sums(counts, _percent_bleu, trials)
        samples[f"BLEU@{order}"] = _percent_bleu(counts).tolist()
    means = {"ROUGE-L": rouge_l(**both).samples, "CIDEr": cider(**both).samples}
    if scorer is not None:
        texts = [" ".join(words) for words in made]
        others = [[" ".join(words) for words in some] for some in right]
        means["BERTScore"] = scorer(hypotheses=texts, references=others).f1
    for name, per_sample in means.items():
        samples[name] = (100 * per_sample).tolist()
        values[name] = bootstrap_mean(samples[name], trials)
    return values, samples


def _percent_bleu(counts: npt.NDArray[np.number]) -> FloatArray:
    return 100 * bleu_of_counts(counts)


def dealt(count: int, seed: int = 0) -> list[int]:
    """For each of `count` places another one, drawn at random; every place is used once."""
    if count < 2:
        raise InvalidRequestError("captions can only be dealt to other clips where there are at least 2")
    order = np.random.default_rng(seed).permutation(count)
    others = np.empty(count, dtype=int)
    others[order] = np.roll(order, 1)
    return others.tolist()


def compare(
    captions: Sequence[str],
    clips: CaptioningSet,
    name: str,
    protocol: Protocol,
    scorer: BertScorer | None = None,
) -> list[Row]:
    """Against all references: the model's captions, those of the nearest training clips, captions of other
    clips. Then what a right description scores, which must be left out of the references: each one in turn,
    and the last alone, with the model against the same references."""
    items = list(clips.items)
    several = [place for place, item in enumerate(items) if len(item.references) > 1]
    turns = [(place, turn) for place in several for turn in range(len(items[place].references))]
    last = [(place, len(items[place].references) - 1) for place in several]

    def row(origin: str, against: str, texts: Sequence[str], places: Sequence[tuple[int, int | None]]) -> Row:
        kept = [_without(items[place].references, left_out) for place, left_out in places]
        trials = [items[place].trial for place, _ in places]
        return Row(origin, against, *score(texts, kept, protocol, trials, scorer), list(texts))

    everything = [(place, None) for place in range(len(items))]
    others = [captions[other] for other in dealt(len(items))]
    rows = [row(name, "all", captions, everything)]
    if clips.nearest:
        rows.append(row("nearest training clip's caption", "all", clips.nearest, everything))
    rows.append(row(f"{name}, dealt to other clips", "all", others, everything))
    for against, places in (("all but one, in turn", turns), ("all but the last", last)):
        if places:
            rows.append(row(name, against, [captions[place] for place, _ in places], places))
            right = [items[place].references[left_out].text for place, left_out in places]
            rows.append(row("the description left out", against, right, places))
    return rows


def _without(references: Sequence[Caption], left_out: int | None) -> list[Caption]:
    return [caption for number, caption in enumerate(references) if number != left_out]


def to_table(protocol: Protocol, rows: Sequence[Row]) -> str:
    """Markdown; the header names the protocol."""
    headers = [f"{protocol} references: captions from", "references", *METRICS, "captions"]
    return table(
        headers,
        [
            [
                row.origin,
                row.references,
                *(row.values[m].number() if m in row.values else NOT_RUN for m in METRICS),
                len(row.captions),
            ]
            for row in rows
        ],
    )


def tables(
    protocols: Sequence[Protocol], make: Callable[[Protocol], list[Row]]
) -> tuple[list[str], dict[str, list[Row]]]:
    """Each protocol's table, or the reason why it could not be run."""
    parts, made = [], {}
    for protocol in protocols:
        try:
            made[protocol] = make(protocol)
            parts.append(to_table(protocol, made[protocol]))
        except BackendError as error:
            parts.append(f"{protocol} references: {NOT_RUN}, {error}")
    return parts, made
