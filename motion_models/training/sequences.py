"""Captions and motion tokens as the sequences MotionLLM is trained and validated on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from ..errors import InvalidRequestError
from ..language.templates import Codes, Example, PromptRenderer, collate
from ..language.vocabulary import Task
from .recipe import Recipe

_BOTH: tuple[Task, ...] = ("generation", "captioning")


class CaptionedMotions(Protocol):
    """Items (caption, codes), or (caption, codes, prefix): codes (N,), prefix the codes right before them.

    A source whose items vary by epoch also has `set_epoch(n)`.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sequence[Any]: ...


@runtime_checkable
class _Epochal(Protocol):
    def set_epoch(self, epoch: int) -> None: ...


@runtime_checkable
class _Measured(Protocol):
    """A source that knows which of its motions are shorter than their captions let expect."""

    def is_brief(self, index: int) -> bool: ...


@dataclass(frozen=True)
class LanguageRecipe(Recipe):
    """How to train; the defaults are those of the compact default's backbone.

    tasks: each item is used once an epoch for each; repeat a task to weight it. corruption: up to this share
    of a generation input's motion tokens is replaced at random, targets stay clean (T2M-GPT's remedy against
    exposure bias). duration_slot: how often the prompt states the duration, where the template can; it
    always does for a motion that is shorter than its caption lets expect.
    caption_dropout: how often generation is asked for any motion at all, where the template can: what
    classifier-free guidance needs. dropout: of the embedded inputs; the adapters have one of their own.
    """

    label_smoothing: float = 0.0
    dropout: float = 0.1
    corruption: float = 0.1
    duration_slot: float = 0.5
    caption_dropout: float = 0.1
    tasks: tuple[Task, ...] = _BOTH

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("label_smoothing", "dropout", "corruption", "duration_slot", "caption_dropout"):
            if not 0.0 <= (share := getattr(self, name)) <= 1.0:
                raise InvalidRequestError(f"{name} is a share, in 0..1, got {share}")
        if not self.tasks:
            raise InvalidRequestError("a recipe needs a task to train")


class RunDataset(Dataset[dict[str, Tensor]]):
    """The sequences of a run, in order and without end: item k is the k-th sequence the run trains on.

    Each epoch is rendered at once and sorted into batches of similar length, so that little is computed on
    padding. Item k depends on the seed and k only, so a resumed run goes on exactly.
    """

    #: Batches among which sequences are sorted by length; more saves padding, fewer shuffles better.
    SORTED_BATCHES = 32

    def __init__(self, source: CaptionedMotions, renderer: PromptRenderer, recipe: LanguageRecipe) -> None:
        if len(source) == 0:
            raise InvalidRequestError("there is nothing to train on: the dataset is empty")
        self._source, self._renderer, self._recipe = source, renderer, recipe
        self._batches_per_epoch = max(1, len(source) * len(recipe.tasks) // recipe.batch_size)
        self._epoch = -1
        self._rendered: list[dict[str, Tensor]] = []

    @property
    def per_epoch(self) -> int:
        """Sequences of one pass over the source for every task; whole batches."""
        return self._batches_per_epoch * self._recipe.batch_size

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        """input_ids (L,) and labels (L,)."""
        epoch, place = divmod(index, self.per_epoch)
        if epoch != self._epoch:
            self._rendered = self._render_epoch(epoch)
            self._epoch = epoch
        return self._rendered[place]

    def _render_epoch(self, epoch: int) -> list[dict[str, Tensor]]:
        if isinstance(self._source, _Epochal):
            self._source.set_epoch(epoch)
        rng = np.random.default_rng((self._recipe.seed, epoch))
        examples = [
            self._render(task, self._source[index], rng, self._is_brief(index))
            for index in range(len(self._source))
            for task in self._recipe.tasks
        ]
        batches = self._group([len(example.ids) for example in examples], rng)
        return [item for batch in batches for item in self._corrupted([examples[i] for i in batch], rng)]

    def _is_brief(self, index: int) -> bool:
        return isinstance(self._source, _Measured) and self._source.is_brief(index)

    def _render(self, task: Task, item: Sequence[Any], rng: np.random.Generator, brief: bool) -> Example:
        caption, codes, *rest = item
        prefix: Codes = rest[0] if rest and rest[0] is not None else ()
        template = self._renderer.template
        if task == "generation" and template.unconditional and rng.random() < self._recipe.caption_dropout:
            caption = template.unconditional
        # The draw comes first, so that it does not depend on what else is shown.
        stated = template.duration and (rng.random() < self._recipe.duration_slot or brief)
        seconds = self._renderer.stated(len(codes)) if stated else None
        return self._renderer.example(task, caption, codes, seconds=seconds, prefix=prefix)

    def _group(self, lengths: Sequence[int], rng: np.random.Generator) -> list[list[int]]:
        """Indices in full batches of similar length, the batches in random order."""
        size, count = self._recipe.batch_size, self._batches_per_epoch
        # Cycles where one batch is more than there is; otherwise drops a remainder at random.
        order = np.resize(rng.permutation(len(lengths)), count * size)
        batches: list[list[int]] = []
        for part in np.split(
            order, range(self.SORTED_BATCHES * size, len(order), self.SORTED_BATCHES * size)
        ):
            by_length = sorted(part.tolist(), key=lengths.__getitem__)
            batches += [by_length[start : start + size] for start in range(0, len(by_length), size)]
        return [batches[i] for i in rng.permutation(len(batches))]

    def _corrupted(
        self, examples: Sequence[Example], rng: np.random.Generator
    ) -> Iterable[dict[str, Tensor]]:
        input_ids, labels = collate(examples, self._renderer.eos_id)
        input_ids = self._corrupt(input_ids, labels, rng)
        for ids, row, example in zip(input_ids, labels, examples, strict=True):
            length = len(example.ids)
            yield {"input_ids": ids[:length], "labels": row[:length]}

    def _corrupt(self, input_ids: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
        """Replace motion tokens that are generation targets, in the inputs only; a share per sequence."""
        if not self._recipe.corruption:
            return input_ids
        first = self._renderer.vocabulary.end_id + 1
        share = rng.random((len(labels), 1)) * self._recipe.corruption
        hit = torch.from_numpy(rng.random(labels.shape) < share) & (labels >= first)
        steps = self._renderer.vocabulary.steps
        noise = torch.from_numpy(rng.integers(first, first + steps, labels.shape))
        return torch.where(hit, noise, input_ids)


class ValidationDataset(Dataset[dict[str, Tensor]]):
    """Every pair once for every task, as written: no noise, nothing left out, no duration stated."""

    def __init__(
        self, pairs: Sequence[tuple[str, Codes]], renderer: PromptRenderer, tasks: Sequence[Task]
    ) -> None:
        examples = [
            renderer.example(task, caption, codes)
            for caption, codes in pairs
            for task in dict.fromkeys(tasks)
        ]
        # Neighbours make a batch: of similar length they need little padding.
        self._examples = sorted(examples, key=lambda example: len(example.ids))
        self._padding = renderer.eos_id

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        ids, labels = collate([self._examples[index]], self._padding)
        return {"input_ids": ids[0], "labels": labels[0]}


def padded(padding: int) -> Callable[[list[dict[str, Tensor]]], dict[str, Tensor]]:
    """A collator that pads sequences on the right to the longest of their batch."""

    def collated(items: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        return {
            name: pad_sequence([item[name] for item in items], batch_first=True, padding_value=fill)
            for name, fill in (("input_ids", padding), ("labels", -100))
        }

    return collated
