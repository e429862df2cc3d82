"""Best of several: keep the candidate whose motion the captioner would most readily describe as asked.

Scoring a motion by log p(caption | motion) makes the captioning adapter the judge of the generation adapter:
noisy-channel reranking, as in machine translation (Yee, Dauphin and Auli, EMNLP 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..fitting.candidates import Worth, candidate_seed
from .requests import check_seeds, per_item

if TYPE_CHECKING:
    from torch import LongTensor

    from .motion_llm import MotionLLM

#: What motions are worth: of captions, motions, and log p of the captions given the motions.
Judge = Callable[[Sequence[str], Sequence["LongTensor"], Sequence[float]], list[Worth]]
#: What it costs to let the second motion of each pair follow the first.
Seams = Callable[[Sequence[tuple["LongTensor", "LongTensor"]]], list[float]]

#: Tokens of the action before that the next one goes on from: more would let it go on with that action.
_CONTEXT = 3


@dataclass(frozen=True)
class Further:
    """A second try for a caption of which no candidate is kept.

    count: how many more candidates, of each action. stages: a caption as one for each action in a row; where
    there are several, the best of each is made to follow the best of the one before.
    """

    count: int
    stages: Callable[[str], tuple[str, ...]]
    seams: Seams


def by_caption(
    _captions: Sequence[str], _motions: Sequence[LongTensor], scores: Sequence[float]
) -> list[Worth]:
    """The likelier the caption, the better."""
    return [Worth((), True, -score) for score in scores]


def generate_best(
    llm: MotionLLM,
    captions: Sequence[str],
    candidates: int,
    *,
    seconds: float | Sequence[float | None] | None = None,
    seed: int | Sequence[int | None] | None = None,
    prefixes: Sequence[LongTensor | None] | None = None,
    judge: Judge = by_caption,
    further: Further | None = None,
    **options: Any,
) -> list[LongTensor]:
    """`llm.generate` with the best of `candidates` motions per caption, all made in one batch.

    further: what is tried for captions of which no motion is kept. The same seed gives the
    same motion, whatever else is in the batch. Raises what `llm.generate` raises.
    """
    if candidates <= 1 or options.get("greedy") or not captions:
        return llm.generate(captions, seconds=seconds, seed=seed, prefixes=prefixes, **options)
    count = len(captions)
    given = zip(
        captions,
        per_item("seconds", seconds, count),
        check_seeds(seed, count),
        per_item("prefixes", None if prefixes is None else list(prefixes), count),
        strict=True,
    )
    asked = dict(enumerate(_Asked(*each) for each in given))
    chooser = _Chooser(llm, judge, options)
    best = chooser.best(asked, range(candidates))
    left = {item: asked[item] for item, (worth, _) in best.items() if not worth.kept}
    if further is not None and left:
        numbers = range(candidates, candidates + further.count)
        for item, found in chooser.best_in_stages(left, numbers, further).items():
            best[item] = _better(best[item], found)
    return [best[item][1] for item in range(count)]


@dataclass(frozen=True)
class _Asked:
    """One motion to make; the fields are those of `MotionLLM.generate`, for one caption.

    follows: the motion of another action that it comes after.
    """

    caption: str
    seconds: float | None
    seed: int | None
    prefix: LongTensor | None
    follows: LongTensor | None = None

    def candidate(self, number: int) -> _Asked:
        """Every other one without the context of another action, which can hold the model back from its own:
        whoever walks goes on standing, and does not sit down."""
        seed = None if self.seed is None else candidate_seed(self.seed, number)
        return replace(
            self, seed=seed, prefix=None if self.follows is not None and number % 2 else self.prefix
        )


#: A motion and what it is worth.
_Found = tuple[Worth, "LongTensor"]


def _better(one: _Found, other: _Found) -> _Found:
    return min(one, other, key=lambda found: found[0].cost)


@dataclass(frozen=True)
class _Chooser:
    """Makes candidates and keeps the best of them; options: those of `MotionLLM.generate`."""

    llm: MotionLLM
    judge: Judge
    options: Mapping[str, Any]

    def best(
        self, asked: Mapping[int, _Asked], numbers: Sequence[int], seams: Seams | None = None
    ) -> dict[int, _Found]:
        """The best of the candidates of these numbers for each that is asked for, made in one batch."""
        items = [item for item in asked for _ in numbers]
        candidates = [each.candidate(number) for each in asked.values() for number in numbers]
        judged = self._judged(candidates, self._made(candidates))
        best: dict[int, _Found] = {}
        for item, found in zip(items, _with_seams(candidates, judged, seams), strict=True):
            best[item] = _better(best[item], found) if item in best else found
        return best

    def best_in_stages(
        self, asked: Mapping[int, _Asked], numbers: Sequence[int], further: Further
    ) -> dict[int, _Found]:
        """The best of the first action of each, then of its second that follows that one, and so on."""
        parts = {item: self._parts(each, further.stages(each.caption)) for item, each in asked.items()}
        made: dict[int, list[_Found]] = {item: [] for item in asked}
        for number in range(max(map(len, parts.values()))):
            due = {
                item: _following(own[number], made[item]) for item, own in parts.items() if number < len(own)
            }
            for item, found in self.best(due, numbers, further.seams).items():
                made[item].append(found)
        several = [item for item, own in parts.items() if len(own) > 1]
        joined = [_joined(made[item]) for item in several]
        whole = dict(zip(several, self._judged([asked[item] for item in several], joined), strict=True))
        return {item: whole.get(item, found[0]) for item, found in made.items()}

    def _made(self, asked: Sequence[_Asked]) -> list[LongTensor]:
        return self.llm.generate(
            [each.caption for each in asked],
            seconds=[each.seconds for each in asked],
            seed=[each.seed for each in asked],
            prefixes=[each.prefix for each in asked],
            **self.options,
        )

    def _judged(self, asked: Sequence[_Asked], motions: Sequence[LongTensor]) -> list[_Found]:
        if not asked:
            return []
        captions = [each.caption for each in asked]
        scores = self.llm.log_likelihood(captions, motions, task="captioning").tolist()
        return list(zip(self.judge(captions, motions, scores), motions, strict=True))

    def _parts(self, asked: _Asked, captions: Sequence[str]) -> list[_Asked]:
        """One for each action, together as long as was asked for; the whole where they would be too short."""
        if asked.seconds is None:
            return [replace(asked, caption=caption) for caption in captions]
        defaults = self.llm.defaults
        steps, count = defaults.tokens_for(asked.seconds), len(captions)
        each, shortest = steps // count, defaults.tokens_for(defaults.min_seconds)
        if count == 1 or each < shortest:
            return [asked]
        lengths = [*[each] * (count - 1), steps - each * (count - 1)]
        return [
            replace(asked, caption=caption, seconds=length * defaults.seconds_per_token)
            for caption, length in zip(captions, lengths, strict=True)
        ]


def _joined(made: Sequence[_Found]) -> LongTensor:
    import torch

    return torch.cat([tokens for _, tokens in made])  # type: ignore[return-value]


def _following(asked: _Asked, made: Sequence[_Found]) -> _Asked:
    """What is asked for, after what is made of it already."""
    if not made:
        return asked
    before = _joined(made)
    return replace(asked, follows=before, prefix=before[-_CONTEXT:])  # type: ignore[arg-type]


def _with_seams(asked: Sequence[_Asked], judged: Sequence[_Found], seams: Seams | None) -> list[_Found]:
    """Judged motions, each with what it costs to let it follow the one before."""
    places = [place for place, each in enumerate(asked) if each.follows is not None]
    if seams is None or not places:
        return list(judged)
    pairs = [(asked[place].follows, judged[place][1]) for place in places]
    found = list(judged)
    for place, cost in zip(places, seams(pairs), strict=True):  # type: ignore[arg-type]
        worth, motion = found[place]
        found[place] = replace(worth, cost=worth.cost + cost), motion
    return found
