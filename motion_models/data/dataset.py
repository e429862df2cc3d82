"""Pairs of caption and motion tokens for training the language model.

`MotionTextDataset` draws, per access, a fresh stretch of a token stream (streams.py) from what can be shown
(items.py) and a fresh wording of its caption (augment.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..english.captions import CaptionedSegment, load_captions
from ..english.mirroring import mirror_text
from ..errors import InvalidMotionError
from ..motion.features import FRAMES_PER_TOKEN, TOKENS_PER_SECOND
from .augment import augment, augment_third, compose
from .corpus_items import CorpusItem, Mixture, collect_items, segment_items
from .describe import locomotion_caption
from .following import following_items
from .streams import ALL_VARIANTS, PLAIN, SupportsEncode, TokenStreams, Variant

if TYPE_CHECKING:
    from torch import LongTensor

    from .cmu import Split, Trial


#: The shortest trial that is shown, frames: what the fastest variant makes of it still fills two tokens.
_LEAST_FRAMES = 4 * FRAMES_PER_TOKEN
#: Kinds of items whose captions are written, not made of measurements.
_TOLD = ("segments", "human", "rested", "together", "drawn")
#: Kinds of items that show an action from its beginning to its end, and pairs that are made of them.
_WHOLE, _FOLLOWING = ("segments", "rested", "drawn"), 3000
Tokens = npt.NDArray[np.int32]


class MotionTextDataset:
    """Caption and motion tokens, freshly worded and cut per access; a map-style dataset.

    Item i of an epoch depends on (seed, epoch, i) alone. `augmented=False` gives every segment once, in its
    plain variant, with one of its own captions.
    """

    def __init__(
        self,
        streams: TokenStreams,
        items: Mapping[str, Sequence[CorpusItem]],
        *,
        mixture: Mixture | None = None,
        augmented: bool = True,
        length: int | None = None,
        seed: int = 0,
    ) -> None:
        self.streams = streams
        self.mixture = mixture or Mixture()
        self.augmented = augmented
        self.seed = seed
        self.items = {kind: [i for i in found if self._fits(i)] for kind, found in items.items()}
        self._length = (
            length if length and augmented else len(self.items["segments"]) * (4 if augmented else 1)
        )
        self.set_epoch(0)

    @classmethod
    def build(
        cls,
        trials: Sequence[Trial],
        tokenizer: SupportsEncode,
        *,
        split: Split = "train",
        segments: Sequence[CaptionedSegment] | None = None,
        further: Mapping[str, Sequence[CaptionedSegment]] | None = None,
        mixture: Mixture | None = None,
        augmented: bool | None = None,
        length: int | None = None,
        seed: int = 0,
        cache: str | Path | None = None,
        progress: bool = True,
    ) -> MotionTextDataset:
        """Tokenize the trials of one split and collect what can be shown of them.

        Trials of the other split are left out, whatever is passed. further: segments of other kinds, see
        `collect_items`. `augmented` defaults to whether the split is "train". Raises InvalidMotionError when
        no captioned trial of the split is among `trials`.
        """
        chosen = {trial.id: trial for trial in trials if trial.split == split and _is_long_enough(trial)}
        captions = [s for s in (load_captions() if segments is None else segments) if s.trial in chosen]
        if not captions:
            raise InvalidMotionError(
                f"none of the {len(trials)} trials is a captioned trial of the split {split!r}"
            )
        others = {kind: [s for s in told if s.trial in chosen] for kind, told in (further or {}).items()}
        shown = {s.trial for told in (captions, *others.values()) for s in told}
        augmented = split == "train" if augmented is None else augmented
        streams = TokenStreams.build(
            [chosen[name] for name in sorted(shown)],
            tokenizer,
            variants=ALL_VARIANTS if augmented else (PLAIN,),
            cache=Path(cache) if cache else None,
            progress=progress,
        )
        mixture = mixture or Mixture()
        items = {"segments": segment_items(captions, chosen)}
        if augmented:
            items = collect_items(captions, chosen, mixture, others)
            whole = [item for kind in _WHOLE for item in items.get(kind, ())]
            items["following"] = following_items(whole, chosen, _FOLLOWING)
        return cls(streams, items, mixture=mixture, augmented=augmented, length=length, seed=seed)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> tuple[str, LongTensor, LongTensor]:
        """Caption, motion token ids (N,) int64, ids (P,) of the motion right before, mostly P = 0."""
        import torch

        if not 0 <= index < len(self):
            raise IndexError(index)
        rng = np.random.default_rng((self.seed, self.epoch, index))
        item = self._order[index]
        caption, *parts = self._augmented(item, rng) if self.augmented else self._plain(item, index)
        tokens, context = (torch.from_numpy(part.astype(np.int64)) for part in parts)
        return caption, tokens, context  # type: ignore[return-value]

    def set_epoch(self, epoch: int) -> None:
        """Draw the list of items anew; the same for the same seed and epoch."""
        self.epoch = epoch
        self._order = self._draw_order() if self.augmented else list(self.items["segments"])

    def references(self, index: int) -> tuple[str, ...]:
        """All captions of the item that index stands for, to compare generated ones with."""
        return self._order[index].captions

    def family(self, index: int) -> str:
        """The action family of the item that index stands for."""
        return self._order[index].family

    def texts(self) -> list[str]:
        """Every caption as written, before augmentation: what the text tokenizer and lexicon may learn."""
        told = [kind for kind in _TOLD if kind in self.items]
        return [caption for kind in told for item in self.items[kind] for caption in item.captions]

    def is_brief(self, index: int) -> bool:
        """Whether what is shown is shorter than its caption lets expect, so that its length must be said."""
        item = self._order[index]
        return item.is_brief(0.0) and item.is_brief(len(self[index][1]) / TOKENS_PER_SECOND)

    def pairs(self) -> list[tuple[str, LongTensor]]:
        """Captions as this epoch words them, each with its tokens (N,) int64."""
        return [self[index][:2] for index in range(len(self))]

    def _fits(self, item: CorpusItem) -> bool:
        """Whether there are tokens to show: a segment may lie outside a shortened recording."""
        return len(self.streams.cut(item.trial, item.start, item.end, PLAIN)) >= 2

    def _draw_order(self) -> list[CorpusItem]:
        rng = np.random.default_rng((self.seed, self.epoch))
        shares = {kind: getattr(self.mixture, kind) for kind, found in self.items.items() if found}
        total, order = sum(shares.values()), []
        for kind, share in shares.items():
            found = self.items[kind]
            counts = round(len(self) * share / total)
            chosen = rng.choice(len(found), size=counts, p=_weights(found, self.mixture.balance))
            order += [found[i] for i in chosen]
        order += [self.items["segments"][0]] * (len(self) - len(order))
        return [order[i] for i in rng.permutation(len(order))[: len(self)]]

    def _plain(self, item: CorpusItem, index: int) -> tuple[str, Tokens, Tokens]:
        tokens = self.streams.cut(item.trial, item.start, item.end, PLAIN)
        limit = int(self.mixture.max_seconds * TOKENS_PER_SECOND)
        return item.captions[index % len(item.captions)], tokens[:limit], tokens[:0]

    def _augmented(self, item: CorpusItem, rng: np.random.Generator) -> tuple[str, Tokens, Tokens]:
        variants = self.streams.variants
        variant = variants[int(rng.random() * len(variants))]
        start, end = self._cut_times(item, variant, rng)
        tokens = self.streams.cut(item.trial, start, end, variant)
        if item.then is not None and not item.goes_on:
            second = self.streams.cut(item.then.trial, item.then.start, item.then.end, variant)
            tokens = np.concatenate([tokens, second])
        if len(tokens) < 2:
            tokens = self.streams.cut(item.trial, item.start, item.end, PLAIN)
        if item.times > 1:
            tokens = np.concatenate([tokens] * item.times)
        limit = int(self.mixture.max_seconds * TOKENS_PER_SECOND)
        return self._caption(item, variant, rng), tokens[:limit], self._context(item, variant, start, rng)

    def _context(self, item: CorpusItem, variant: Variant, start: float, rng: np.random.Generator) -> Tokens:
        """The tokens right before a moment; none most of the time, or where the recording starts there."""
        wanted = rng.uniform(*self.mixture.context_seconds) if rng.random() < self.mixture.context else 0.0
        before = max(start - wanted * variant.speed, self.streams.skipped[item.trial])
        return self.streams.cut(item.trial, before, max(start, before), variant)

    def _cut_times(self, item: CorpusItem, variant: Variant, rng: np.random.Generator) -> tuple[float, float]:
        """Where to cut: the whole stretch, a random part of a sub-clip, at most the longest motion."""
        end = item.then.end if item.then and item.goes_on else item.end
        longest = self.mixture.max_seconds * variant.speed
        if not item.subclip:
            return item.start, min(end, item.start + longest)
        length = rng.uniform(1.5, min(item.seconds, longest))
        start = rng.uniform(item.start, end - length)
        return start, start + length

    def _caption(self, item: CorpusItem, variant: Variant, rng: np.random.Generator) -> str:
        if item.measured is not None:
            measured = item.measured.at_speed(variant.speed)
            measured = measured.mirrored() if variant.mirrored else measured
            text = locomotion_caption(measured, item.family, rng) or f"a person {item.family}s"
            return augment(text, rng)
        text = self._wording(item, rng)
        if variant.mirrored:
            text = mirror_text(text)
        if item.then is None:
            return augment(text, rng)
        second = self._wording(item.then, rng)
        return compose(
            augment_third(text, rng),
            augment_third(mirror_text(second) if variant.mirrored else second, rng),
            rng,
        )

    def _wording(self, item: CorpusItem, rng: np.random.Generator) -> str:
        captions = item.captions[:2] if item.then is not None else item.captions
        return captions[int(rng.random() * len(captions))]


def _is_long_enough(trial: Trial) -> bool:
    """Whether a trial fills some tokens in every variant."""
    return len(trial.joints) >= _LEAST_FRAMES


def _weights(items: Sequence[CorpusItem], balance: float) -> npt.NDArray[np.float64]:
    """Sampling probabilities (N,): rarer families, directions and trials count more."""
    keys = [_rarity_key(item) for item in items]
    counts = Counter(keys)
    weights = np.array([counts[key] ** -balance for key in keys])
    return weights / weights.sum()


def _rarity_key(item: CorpusItem) -> tuple[str, str]:
    """What is counted to find what is rare: the family, and the way a measured stretch goes."""
    if item.measured is not None:
        way = "back" if item.measured.backward > 0.8 else str(round(abs(item.measured.turn) / 45))
        return item.family, way
    return item.family, ""
