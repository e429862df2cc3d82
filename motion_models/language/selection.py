"""Best of several: keep the candidate whose motion the captioner would most readily describe as asked.

Scoring a motion by log p(caption | motion) makes the captioning adapter the judge of the generation adapter:
noisy-channel reranking, as in machine translation (Yee, Dauphin and Auli, EMNLP 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .requests import check_seeds

if TYPE_CHECKING:
    from torch import LongTensor

    from .motion_llm import MotionLLM

#: Separates the seed streams of candidates, and of rounds; candidate 0 keeps the caller's seed.
_SEED_STRIDE, _ROUND_STRIDE = 1_000_003, 15_485_863


@dataclass(frozen=True)
class Verdict:
    """What a motion costs as an answer to its caption; kept: whether nothing would be gained by another."""

    cost: float
    kept: bool = True


#: Verdicts on motions: of captions, motions, and log p of the captions given the motions.
Judge = Callable[[Sequence[str], Sequence["LongTensor"], Sequence[float]], list[Verdict]]


def by_caption(
    _captions: Sequence[str], _motions: Sequence[LongTensor], scores: Sequence[float]
) -> list[Verdict]:
    """The likelier the caption, the better."""
    return [Verdict(-score) for score in scores]


def generate_best(
    llm: MotionLLM,
    captions: Sequence[str],
    candidates: int,
    *,
    seconds: float | Sequence[float | None] | None = None,
    seed: int | Sequence[int | None] | None = None,
    prefixes: Sequence[LongTensor | None] | None = None,
    judge: Judge = by_caption,
    rounds: int = 1,
    **options: Any,
) -> list[LongTensor]:
    """`llm.generate` with the best of `candidates` motions per caption, all made in one batch.

    rounds: how often at most it is tried again for captions of which no motion is kept. The same seed gives
    the same motion, whatever else is in the batch. Raises what `llm.generate` raises.
    """
    if candidates <= 1 or options.get("greedy") or not captions:
        return llm.generate(captions, seconds=seconds, seed=seed, prefixes=prefixes, **options)
    best: dict[int, tuple[Verdict, LongTensor]] = {}
    left, seeds = list(range(len(captions))), check_seeds(seed, len(captions))
    for number in range(rounds):
        asked = [captions[item] for item in left for _ in range(candidates)]
        motions = llm.generate(
            asked,
            seconds=_repeat(_of(seconds, left), candidates),
            seed=_candidate_seeds([seeds[item] for item in left], number, candidates),
            prefixes=_repeat(_of(prefixes, left), candidates),
            **options,
        )
        scores = llm.log_likelihood(asked, motions, task="captioning").tolist()
        for place, found in enumerate(zip(judge(asked, motions, scores), motions, strict=True)):
            item = left[place // candidates]
            best[item] = min((best[item], found) if item in best else (found,), key=lambda one: one[0].cost)
        left = [item for item in left if not best[item][0].kept]
        if not left:
            break
    return [best[item][1] for item in range(len(captions))]


def _of(values: Any, items: Sequence[int]) -> Any:
    """The values of some items; single values stand for all items anyway."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return values
    return [values[item] for item in items]


def _repeat(values: Any, times: int) -> Any:
    """Each item of a sequence `times` times in a row; single values stand for all items anyway."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return values
    return [value for value in values for _ in range(times)]


def _candidate_seeds(seeds: Sequence[int | None], number: int, candidates: int) -> list[int | None]:
    """Of one round, for every candidate of every item."""
    return [
        None if base is None else (base + _SEED_STRIDE * k + _ROUND_STRIDE * number) % 2**63
        for base in seeds
        for k in range(candidates)
    ]
