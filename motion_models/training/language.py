"""Train MotionLLM: the compact backbone on both tasks at once, or one LoRA adapter on its task.

Two ways into a working model:

- a new backbone: `train_backbone` (all weights, both tasks mixed), then `train_adapter` for each task;
- the paper's: a pretrained backbone, then `train_adapter` for each task, the motion rows with the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Gemma2ForCausalLM, PreTrainedModel

from ..errors import InvalidRequestError
from ..language.adapters import ADAPTER_OF_TASK
from ..language.llm_config import compact_config
from ..language.motion_llm import MotionLLM
from ..language.network import MotionNetwork
from ..language.templates import Codes
from ..language.text_tokenizer import train_text_tokenizer
from ..language.vocabulary import Task
from .recipe import RunOptions
from .sequences import CaptionedMotions, LanguageRecipe, RunDataset, ValidationDataset, padded
from .trainer import TrainingOutcome, run_trainer

Pairs = Sequence[tuple[str, Codes]]

#: Adapters of the compact default: gentler and shorter, the backbone already knows both tasks.
ADAPTER_RECIPE = LanguageRecipe(steps=300, learning_rate=3e-4, warmup_steps=50, weight_decay=0.0)
_BACKBONE_RECIPE = LanguageRecipe(steps=4500, batch_size=64, tasks=("generation", "captioning", "generation"))


@dataclass(frozen=True)
class NewBackbone:
    """Sizes and recipe of a backbone that is trained from nothing; the defaults are those that ship."""

    recipe: LanguageRecipe = _BACKBONE_RECIPE
    text_vocabulary: int = 2048
    width: int = 256
    layers: int = 4
    heads: int = 4


def new_compact_model(
    captions: Iterable[str], sizes: NewBackbone, *, codebook_size: int, levels: int = 1, template: str
) -> MotionLLM:
    """A compact model with random weights, and a text tokenizer trained on captions as shown and written."""
    torch.manual_seed(sizes.recipe.seed)
    tokenizer = train_text_tokenizer(captions, sizes.text_vocabulary)
    config = compact_config(len(tokenizer), width=sizes.width, layers=sizes.layers, heads=sizes.heads)
    return MotionLLM(
        Gemma2ForCausalLM(config), tokenizer, template=template, codebook_size=codebook_size, levels=levels
    )


class LanguageObjective(nn.Module):
    """The network with its loss, in the form the Trainer drives; its state is what it trains.

    Frozen weights stay out of training checkpoints, and tied ones appear once.
    """

    #: The Trainer then counts the targets of a whole step, over all its batches and processes.
    accepts_loss_kwargs = True

    def __init__(self, network: MotionNetwork, label_smoothing: float) -> None:
        super().__init__()
        self.network, self.label_smoothing = network, label_smoothing

    def forward(
        self, input_ids: Tensor, labels: Tensor, num_items_in_batch: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Training: the mean loss of a target; of num_items_in_batch targets, where a step has more batches.

        Otherwise: the mean over items of the mean loss of their targets.
        """
        if self.training:
            return self.network(input_ids, labels, self.label_smoothing, num_items_in_batch)
        decoder = self.network.plain_backbone.get_decoder()
        losses, items = self.network.target_losses(decoder, input_ids, labels)
        sums = torch.zeros(len(labels), device=losses.device).index_add_(0, items, losses)
        return {"loss": (sums / (labels[:, 1:] != -100).sum(1)).mean()}

    def state_dict(self, *_args: Any, **_kwargs: Any) -> dict[str, Tensor]:
        return {name: p.detach() for name, p in self.named_parameters() if p.requires_grad}

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        own = self.state_dict().keys()
        if own != state_dict.keys():
            raise InvalidRequestError(
                "the training checkpoint is of another model or stage: use another folder"
            )
        keys = super().load_state_dict(state_dict, strict=False)
        keys.missing_keys.clear()
        return keys


def train_backbone(
    model: MotionLLM,
    source: CaptionedMotions,
    folder: str | Path,
    recipe: LanguageRecipe | None = None,
    *,
    options: RunOptions | None = None,
    validation: Pairs = (),
    data: str = "",
) -> TrainingOutcome:
    """Train all weights of `model`, which has no adapters yet, on both tasks mixed. In place.

    A run that was killed goes on from its last checkpoint when called again with the same folder. validation:
    held-out pairs of caption and codes; the weights that fit them best are kept. data: see `run_trainer`.
    """
    if model.network.adapters:
        raise InvalidRequestError("train the backbone before adding adapters")
    model.network.requires_grad_(True)
    # From now on its weights are its own and must be saved with it.
    model.backbone_reference = None
    return _train(
        model, source, Path(folder), recipe or LanguageRecipe(),
        options=options, validation=validation, data=data,
    )  # fmt: skip


def train_adapter(
    model: MotionLLM,
    task: Task,
    source: CaptionedMotions,
    folder: str | Path,
    recipe: LanguageRecipe | None = None,
    *,
    options: RunOptions | None = None,
    train_rows: bool = False,
    validation: Pairs = (),
    data: str = "",
) -> TrainingOutcome:
    """Train the adapter of `task`, and the motion rows with `train_rows`; all else stays as it is. In place.

    The rows serve both adapters: train them with the first one only, or the first will no longer fit.
    """
    trained = select_adapter(model, task, train_rows=train_rows)
    if not trained:
        raise InvalidRequestError(
            f"the model has no adapter {ADAPTER_OF_TASK[task]!r} for {task}: add adapters first"
        )
    recipe = replace(recipe or ADAPTER_RECIPE, tasks=(task,))
    return _train(model, source, Path(folder), recipe, options=options, validation=validation, data=data)


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
    if network.depth is not None:
        network.depth.requires_grad_(train_rows)
    return sum(parameter.numel() for parameter in adapter)


def what_is_trained(model: MotionLLM) -> str:
    """One line on the parameters that have gradients, for the terminal."""
    network = model.network
    sizes = {name: p.numel() for name, p in network.named_parameters() if p.requires_grad}
    adapters = sum(size for name, size in sizes.items() if ".lora_" in name)
    rows = sum(size for name, size in sizes.items() if name.startswith(("rows.", "depth.")))
    rest = sum(sizes.values()) - adapters - rows
    share = sum(sizes.values()) / sum(p.numel() for p in network.parameters())
    words = model.vocabulary
    if rest:
        return f"training all {sum(sizes.values()):,} parameters, {words.n_rows} motion rows among them"
    with_rows = f"and {rows:,} of the {words.n_rows} motion rows" if rows else "and no motion row"
    return (
        f"training {adapters:,} LoRA parameters {with_rows}, {share:.2%} of all; "
        f"frozen: the backbone with its {words.text_size:,} text rows"
    )


def _train(
    model: MotionLLM,
    source: CaptionedMotions,
    folder: Path,
    recipe: LanguageRecipe,
    *,
    options: RunOptions | None,
    validation: Pairs,
    data: str,
) -> TrainingOutcome:
    network = model.network
    network.embedding_dropout.p = recipe.dropout
    held_out = ValidationDataset(validation, model.renderer, recipe.tasks) if validation else None
    twice = _computing_twice if options is not None and options.gradient_checkpointing else nullcontext
    try:
        with twice(network.plain_backbone):
            return run_trainer(
                LanguageObjective(network, recipe.label_smoothing),
                RunDataset(source, model.renderer, recipe),
                folder,
                recipe,
                options,
                validation=held_out,
                collate=padded(model.renderer.eos_id),
                data=data,
            )
    finally:
        network.embedding_dropout.p = 0.0
        network.eval()


@contextmanager
def _computing_twice(backbone: PreTrainedModel) -> Iterator[None]:
    """Activations of the backbone's layers are computed again for the gradient instead of being kept."""
    # transformers 5 renames this on its way to 6.
    name = "activation" if hasattr(backbone, "activation_checkpointing_enable") else "gradient"
    getattr(backbone, f"{name}_checkpointing_enable")({"use_reentrant": False})
    try:
        yield
    finally:
        getattr(backbone, f"{name}_checkpointing_disable")()
