"""Best of several: keep the candidate whose motion the captioner would most readily describe as asked.

Scoring a motion by log p(caption | motion) makes the captioning adapter the judge of the generation adapter:
noisy-channel reranking, as in machine translation (Yee, Dauphin and Auli, EMNLP 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .requests import check_seeds

if TYPE_CHECKING:
    from torch import LongTensor

    from .motion_llm import MotionLLM

#: What each motion costs: of captions, motions, and log p of the captions given the motions.
Costs = Callable[[Sequence[str], Sequence["LongTensor"], Sequence[float]], list[float]]
#: Separates the seed streams of candidates; candidate 0 keeps the caller's seed.
_SEED_STRIDE = 1_000_003


def generate_best(
    llm: MotionLLM,
    captions: Sequence[str],
    candidates: int,
    *,
    seconds: float | Sequence[float | None] | None = None,
    seed: int | Sequence[int | None] | None = None,
    prefixes: Sequence[LongTensor | None] | None = None,
    costs: Costs | None = None,
    **options: Any,
) -> list[LongTensor]:
    """`llm.generate` with the best of `candidates` motions per caption, all made in one batch.

    costs: what else counts against a motion than an unlikely caption. The same seed gives the same motion.
    Raises what `llm.generate` raises.
    """
    if candidates <= 1 or options.get("greedy") or not captions:
        return llm.generate(captions, seconds=seconds, seed=seed, prefixes=prefixes, **options)
    motions = llm.generate(
        _repeat(captions, candidates),
        seconds=_repeat(seconds, candidates),
        seed=_candidate_seeds(seed, len(captions), candidates),
        prefixes=_repeat(prefixes, candidates),
        **options,
    )
    scores = llm.log_likelihood(_repeat(captions, candidates), motions, task="captioning")
    if costs is not None:
        scores = -scores.new_tensor(costs(_repeat(captions, candidates), motions, scores.tolist()))
    best = scores.view(len(captions), candidates).argmax(dim=1)
    return [motions[item * candidates + int(choice)] for item, choice in enumerate(best)]


def _repeat(values: Any, times: int) -> Any:
    """Each item of a sequence `times` times in a row; single values stand for all items anyway."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return values
    return [value for value in values for _ in range(times)]


def _candidate_seeds(seed: int | Sequence[int | None] | None, items: int, candidates: int) -> Any:
    return [
        base if base is None or k == 0 else (base + _SEED_STRIDE * k) % 2**63
        for base in check_seeds(seed, items)
        for k in range(candidates)
    ]
