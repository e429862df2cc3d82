"""The field's protocol over the evaluator's space (HumanML3D: Guo et al., CVPR 2022; facts as in T2M-GPT's
code).

A repetition takes every clip once, in random order, with one of its captions; R-precision is counted in
batches of 32. Values are means over repetitions with 1.96 std / sqrt(repetitions). A motion that could not be
made counts as not found in R-precision, and its caption's share is reported; FID, MM-Dist and Diversity are
of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...motion_models.data.clips import Caption
from ..aggregate import Estimate, bootstrap_mean
from ..progress import track
from .evaluator.reference import ReferenceSet
from .metrics import (
    diversity,
    frechet_distance,
    matching_distances,
    multimodality,
    over_repetitions,
    r_precision,
)
from .sources import Source

FloatArray = npt.NDArray[np.float32]

MEASURES = ("R@1", "R@2", "R@3", "FID", "MM-Dist", "Diversity", "failed")


class EmbedsTexts(Protocol):
    """What the protocol needs of an evaluator."""

    def embed_texts(self, texts: Sequence[str | Sequence[str]], batch_size: int = 256) -> FloatArray: ...


@dataclass(frozen=True)
class EvaluationProtocol:
    """How often and how much. mm_texts, mm_samples: captions and motions of each for MultiModality.

    HumanML3D's are 20 repetitions, 100 texts of 30 samples and 10 pairs, 300 pairs for Diversity.
    """

    repetitions: int = 20
    mm_texts: int = 50
    mm_samples: int = 20
    pairs: int = 10
    seed: int = 0


def evaluate(
    source: Source,
    reference: ReferenceSet,
    evaluator: EmbedsTexts,
    protocol: EvaluationProtocol,
    *,
    progress: bool = True,
) -> dict[str, Estimate]:
    """Every measure of MEASURES over the repetitions, and "MultiModality" where the source varies."""
    runs = [
        _repetition(source, reference, evaluator, protocol.seed + number)
        for number in track(range(protocol.repetitions), source.name, show=progress)
    ]
    found = {name: over_repetitions([run[name] for run in runs]) for name in MEASURES}
    if source.varies and protocol.mm_texts:
        found["MultiModality"] = _multimodality(source, reference, protocol)
    return found


def _repetition(
    source: Source, reference: ReferenceSet, evaluator: EmbedsTexts, seed: int
) -> dict[str, float]:
    rng = np.random.default_rng((seed, 32))
    order = rng.permutation(len(reference))
    captions = [_any(reference.captions[place], rng) for place in order]
    texts = evaluator.embed_texts([caption.words or caption.text for caption in captions])
    motions = source.embed([caption.text for caption in captions], order.tolist(), seed)
    made = ~_failures(motions)
    hits = r_precision(texts, np.where(made[:, None], motions, np.inf)).mean(axis=0)
    return {
        **{f"R@{k + 1}": float(hit) for k, hit in enumerate(hits)},
        "FID": frechet_distance(reference.real, motions[made]),
        "MM-Dist": float(matching_distances(texts[made], motions[made]).mean()),
        "Diversity": float(diversity(motions[made], rng).mean()),
        "failed": float(1 - made.mean()),
    }


def _multimodality(source: Source, reference: ReferenceSet, protocol: EvaluationProtocol) -> Estimate:
    """Over texts, with a bootstrap interval: one set of samples is made, as it costs most of all."""
    rng = np.random.default_rng((protocol.seed, 33))
    places = rng.permutation(len(reference))[: protocol.mm_texts]
    texts = [_any(reference.captions[place], rng).text for place in places]
    samples = np.stack([source.embed(texts, places.tolist(), 10_000 + k) for k in range(protocol.mm_samples)])
    failed = _failures(samples).any(axis=0)
    return bootstrap_mean(multimodality(samples.transpose(1, 0, 2)[~failed], rng, protocol.pairs).tolist())


def _failures(motions: FloatArray) -> npt.NDArray[np.bool_]:
    """Which of (..., E) are rows of NaN."""
    return np.isnan(motions[..., 0])


def _any(captions: Sequence[Caption], rng: np.random.Generator) -> Caption:
    return captions[int(rng.integers(len(captions)))]
