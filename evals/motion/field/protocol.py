"""The field's protocol over the evaluator's space (HumanML3D: Guo et al., CVPR 2022; as in T2M-GPT's code).

A repetition takes every clip once and draws anew: their order, a caption of each, the generated motions, the
pairs for Diversity. R-precision is counted in batches of 32, without the clips left over. (T2M-GPT leaves
these out of the other measures too, and one time in three cuts four frames off a real clip.) Values are means
over repetitions with 1.96 std / sqrt(repetitions).

A motion that could not be made is never found in R-precision, and the share of such captions is reported;
FID, MM-Dist and Diversity are of the others. A measure that needs more motions than there are is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ....motion_models.arrays import Float32Array
from ....motion_models.data.clips import Caption
from ...aggregate import Estimate, bootstrap_mean, over_repetitions
from ...progress import track
from .evaluator.reference import ReferenceSet
from .metrics import BATCH, diversity, frechet_distance, matching_distances, multimodality, r_precision
from .sources import Source

MEASURES = ("R@1", "R@2", "R@3", "FID", "MM-Dist", "Diversity", "failed")


class EmbedsCaptions(Protocol):
    """What the protocol needs of an evaluator."""

    def embed_captions(self, captions: Sequence[Caption]) -> Float32Array: ...


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
    evaluator: EmbedsCaptions,
    protocol: EvaluationProtocol,
    *,
    progress: bool = True,
) -> dict[str, Estimate]:
    """What of MEASURES every repetition has, and "MultiModality" where the source varies."""
    title = f"{source.name} on {reference.name}"
    runs = [
        _repetition(source, reference, evaluator, protocol.seed + number)
        for number in track(range(protocol.repetitions), title, show=progress)
    ]
    found = {
        name: over_repetitions([run[name] for run in runs])
        for name in MEASURES
        if all(name in run for run in runs)
    }
    if source.varies and protocol.mm_texts:
        found["MultiModality"] = _multimodality(
            source, reference, protocol, f"{title}, MultiModality", progress
        )
    return found


def _repetition(
    source: Source, reference: ReferenceSet, evaluator: EmbedsCaptions, seed: int
) -> dict[str, float]:
    rng = np.random.default_rng((seed, 32))
    order = rng.permutation(len(reference))
    captions = [_any(reference.captions[place], rng) for place in order]
    texts = evaluator.embed_captions(captions)
    motions = source.embed([caption.text for caption in captions], order.tolist(), seed)
    made = ~_failures(motions)
    found = {"failed": float(1 - made.mean())}
    if len(texts) >= BATCH:
        hits = r_precision(texts, np.where(made[:, None], motions, np.inf)).mean(axis=0)
        found |= {f"R@{k + 1}": float(hit) for k, hit in enumerate(hits)}
    texts, motions = texts[made], motions[made]
    if len(motions):
        found["MM-Dist"] = float(matching_distances(texts, motions).mean())
    if min(len(reference), len(motions)) > motions.shape[1]:
        found["FID"] = frechet_distance(reference.real, motions)
    if len(motions) > 1:
        found["Diversity"] = float(diversity(motions, rng).mean())
    return found


def _multimodality(
    source: Source, reference: ReferenceSet, protocol: EvaluationProtocol, title: str, progress: bool
) -> Estimate:
    """Over texts of which every sample could be made, with a bootstrap interval: one set of samples is made,
    as it costs most of all."""
    rng = np.random.default_rng((protocol.seed, 33))
    places = rng.permutation(len(reference))[: protocol.mm_texts]
    texts = [_any(reference.captions[place], rng).text for place in places]
    seeds = range(10_000, 10_000 + protocol.mm_samples)
    samples = np.stack(
        [source.embed(texts, places.tolist(), seed) for seed in track(seeds, title, show=progress)]
    )
    failed = _failures(samples).any(axis=0)
    return bootstrap_mean(multimodality(samples.transpose(1, 0, 2)[~failed], rng, protocol.pairs).tolist())


def _failures(motions: Float32Array) -> npt.NDArray[np.bool_]:
    """Which of (..., E) are rows of NaN."""
    return np.isnan(motions[..., 0])


def _any(captions: Sequence[Caption], rng: np.random.Generator) -> Caption:
    return captions[int(rng.integers(len(captions)))]
