"""Train MotionLLM: the compact backbone on both tasks at once, or one LoRA adapter on its task.

Two ways into a working model:

- compact default: `train_backbone` (all weights, both tasks mixed), then `train_adapter` for each task;
- the paper's: a pretrained backbone, then `train_adapter` for each task with `train_rows=True`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from ..adapters import ADAPTER_OF_TASK
from ..motion_llm import MotionLLM, collate
from ..network import MotionNetwork
from ..templates import Codes, Example, PromptRenderer, Task

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


@dataclass(frozen=True)
class LanguageRecipe:
    """How to train; the defaults are those of the compact default's backbone.

    tasks: each item is used once an epoch for each; repeat a task to weight it. corruption: up to this share
    of a generation input's motion tokens is replaced at random, targets stay clean (T2M-GPT's remedy against
    exposure bias). duration_slot: how often the prompt states the duration, where the template can.
    caption_dropout: how often generation is asked for any motion at all, where the template can: what
    classifier-free guidance needs.
    """

    steps: int = 3000
    batch_size: int = 48
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    weight_decay: float = 0.05
    label_smoothing: float = 0.0
    dropout: float = 0.1
    corruption: float = 0.1
    duration_slot: float = 0.5
    caption_dropout: float = 0.1
    tasks: tuple[Task, ...] = _BOTH
    seed: int = 0
    save_steps: int = 500

    def __post_init__(self) -> None:
        shares = (
            self.label_smoothing, self.dropout, self.corruption, self.duration_slot, self.caption_dropout,
        )  # fmt: skip
        if not self.tasks or any(not 0.0 <= share <= 1.0 for share in shares):
            raise ValueError(f"tasks must not be empty and shares lie in 0..1: {self}")


#: Adapters of the compact default: gentler and shorter, the backbone already knows both tasks.
ADAPTER_RECIPE = LanguageRecipe(steps=300, learning_rate=3e-4, warmup_steps=50, weight_decay=0.0)
#: The paper's adapters over a pretrained backbone; epochs become steps by the size of the data.
PAPER_RECIPE = LanguageRecipe(
    learning_rate=1e-5, batch_size=6, warmup_steps=0, weight_decay=0.0, dropout=0.0, corruption=0.0
)


class RunDataset(Dataset[dict[str, Tensor]]):
    """All sequences of a whole run, in order: item k is the k-th sequence the run trains on.

    Each epoch is rendered at once, sorted into batches of similar length and padded batch by batch, so that
    little is computed on padding. Item k depends on the seed and k only, so a resumed run goes on exactly.
    """

    #: Batches among which sequences are sorted by length; more saves padding, fewer shuffles better.
    SORTED_BATCHES = 32

    def __init__(self, source: CaptionedMotions, renderer: PromptRenderer, recipe: LanguageRecipe) -> None:
        if len(source) == 0:
            raise ValueError("there is nothing to train on: the dataset is empty")
        self._source, self._renderer, self._recipe = source, renderer, recipe
        self._batches_per_epoch = max(1, len(source) * len(recipe.tasks) // recipe.batch_size)
        self._epoch = -1
        self._rendered: list[dict[str, Tensor]] = []

    def __len__(self) -> int:
        return self._recipe.steps * self._recipe.batch_size

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        """input_ids (L,) and labels (L,), L common to the batch of `index`."""
        epoch, place = divmod(index, self._batches_per_epoch * self._recipe.batch_size)
        if epoch != self._epoch:
            self._rendered = self._render_epoch(epoch)
            self._epoch = epoch
        return self._rendered[place]

    def _render_epoch(self, epoch: int) -> list[dict[str, Tensor]]:
        if isinstance(self._source, _Epochal):
            self._source.set_epoch(epoch)
        rng = np.random.default_rng((self._recipe.seed, epoch))
        examples = [
            self._render(task, self._source[index], rng)
            for index in range(len(self._source))
            for task in self._recipe.tasks
        ]
        batches = self._group([len(example.ids) for example in examples], rng)
        return [item for batch in batches for item in self._pad([examples[i] for i in batch], rng)]

    def _render(self, task: Task, item: Sequence[Any], rng: np.random.Generator) -> Example:
        caption, codes, *rest = item
        prefix: Codes = rest[0] if rest and rest[0] is not None else ()
        template = self._renderer.template
        if task == "generation" and template.unconditional and rng.random() < self._recipe.caption_dropout:
            caption = template.unconditional
        stated = template.duration and rng.random() < self._recipe.duration_slot
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

    def _pad(self, examples: Sequence[Example], rng: np.random.Generator) -> Iterable[dict[str, Tensor]]:
        input_ids, labels = collate(examples, self._renderer.eos_id)
        input_ids = self._corrupt(input_ids, labels, rng)
        return ({"input_ids": ids, "labels": row} for ids, row in zip(input_ids, labels, strict=True))

    def _corrupt(self, input_ids: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
        """Replace motion tokens that are generation targets, in the inputs only; a share per sequence."""
        if not self._recipe.corruption:
            return input_ids
        first = self._renderer.vocabulary.end_id + 1
        share = rng.random((len(labels), 1)) * self._recipe.corruption
        hit = torch.from_numpy(rng.random(labels.shape) < share) & (labels >= first)
        noise = torch.from_numpy(rng.integers(first, self._renderer.vocabulary.size, labels.shape))
        return torch.where(hit, noise, input_ids)


class LanguageObjective(nn.Module):
    """The network with its loss, in the form the Trainer drives; its state is what it trains.

    Frozen weights stay out of training checkpoints, and tied ones appear once.
    """

    def __init__(self, network: MotionNetwork, label_smoothing: float) -> None:
        super().__init__()
        self.network, self.label_smoothing = network, label_smoothing

    def forward(self, input_ids: Tensor, labels: Tensor) -> dict[str, Tensor]:
        return self.network(input_ids, labels, self.label_smoothing)

    def state_dict(self, *_args: Any, **_kwargs: Any) -> dict[str, Tensor]:
        return {name: p.detach() for name, p in self.named_parameters() if p.requires_grad}

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        own = self.state_dict().keys()
        if own != state_dict.keys():
            raise ValueError("the training checkpoint is of another model or stage: use another folder")
        keys = super().load_state_dict(state_dict, strict=False)
        keys.missing_keys.clear()
        return keys


def train_backbone(
    model: MotionLLM,
    source: CaptionedMotions,
    folder: str | Path,
    recipe: LanguageRecipe | None = None,
    *,
    bf16: bool | None = None,
) -> None:
    """Train all weights of `model`, which has no adapters yet, on both tasks mixed. In place.

    A run that was killed goes on from its last checkpoint when called again with the same folder.
    """
    if model.network.adapters:
        raise ValueError("train the backbone before adding adapters")
    model.network.requires_grad_(True)
    # From now on its weights are its own and must be saved with it.
    model.backbone_reference = None
    _train(model, source, Path(folder), recipe or LanguageRecipe(), bf16)


def train_adapter(
    model: MotionLLM,
    task: Task,
    source: CaptionedMotions,
    folder: str | Path,
    recipe: LanguageRecipe | None = None,
    *,
    train_rows: bool = False,
    bf16: bool | None = None,
) -> None:
    """Train the adapter of `task`, and the motion rows with `train_rows`; all else stays as it is. In place.

    The rows serve both adapters: train them with the first one only, or the first will no longer fit.
    """
    trained = select_adapter(model, task, train_rows=train_rows)
    if not trained:
        raise ValueError(f"the model has no adapter {ADAPTER_OF_TASK[task]!r} for {task}: add adapters first")
    _train(model, source, Path(folder), replace(recipe or ADAPTER_RECIPE, tasks=(task,)), bf16)


def select_adapter(model: MotionLLM, task: Task, *, train_rows: bool) -> int:
    """Make one adapter (and the motion rows) trainable, freeze the rest; its number of LoRA parameters."""
    network = model.network
    network.activate(task)
    network.requires_grad_(False)
    mark = f".{ADAPTER_OF_TASK[task]}."
    adapter = [p for name, p in network.named_parameters() if ".lora_" in name and mark in name]
    for parameter in adapter:
        parameter.requires_grad_(True)
    network.rows.requires_grad_(train_rows)
    return sum(parameter.numel() for parameter in adapter)


def _train(
    model: MotionLLM, source: CaptionedMotions, folder: Path, recipe: LanguageRecipe, bf16: bool | None
) -> None:
    from .trainer import run_trainer

    network = model.network
    network.embedding_dropout.p = recipe.dropout
    try:
        run_trainer(
            LanguageObjective(network, recipe.label_smoothing),
            RunDataset(source, model.renderer, recipe),
            folder,
            steps=recipe.steps,
            batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            warmup_steps=recipe.warmup_steps,
            weight_decay=recipe.weight_decay,
            seed=recipe.seed,
            bf16=bf16,
            save_steps=recipe.save_steps,
            train_sampling_strategy="sequential",
        )
    finally:
        network.embedding_dropout.p = 0.0
        network.eval()
