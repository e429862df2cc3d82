"""One way to run the transformers Trainer: resumable, validated, on one process or on several.

Start the same command under `torchrun --nproc-per-node N -m motion_agent.agent_graph.cli train ...` for one
process a GPU. Batch n of a run goes to process n mod N, so a run on N processes and one on a single process
with N times the accumulation see the same sequences in the same steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Dataset
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from ..errors import InvalidRequestError, TrainingStoppedError
from .processes import join_processes, processes
from .recipe import Recipe, RunOptions
from .records import claim, last_checkpoint
from .stopping import StopOnSignal

Item = dict[str, Tensor]
Report = Callable[[str], None]

#: Where "drop" lowers the learning rate, as a share of the steps, and by what (T2M-GPT: 200k of 300k).
_DROP_AT, _DROP_TO = 2 / 3, 0.05


class Items(Protocol):
    """The sequences of an endless run: item k depends on k alone. per_epoch: items of one pass."""

    @property
    def per_epoch(self) -> int: ...

    def __getitem__(self, index: int, /) -> Item: ...


@dataclass(frozen=True)
class TrainingOutcome:
    """What became of a run; the step whose weights were kept for their validation loss, if they were."""

    steps: int
    best_step: int | None = None
    best_loss: float | None = None

    def __str__(self) -> str:
        if self.best_step is None:
            return f"trained {self.steps} steps; kept are the last weights"
        return (
            f"trained {self.steps} steps; kept are the weights of step {self.best_step}, "
            f"validation loss {self.best_loss:.4f}"
        )


def supports_bf16() -> bool:
    """Whether bf16 arithmetic is native here: on CUDA since Ampere, on CPUs with AVX512-BF16 (so with AMX).

    oneDNN answers yes on any AVX512, where it emulates.
    """
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and torch.cpu._is_avx512_bf16_supported()


def run_trainer(
    objective: nn.Module,
    items: Items,
    folder: Path,
    recipe: Recipe,
    options: RunOptions | None = None,
    *,
    validation: Dataset[Item] | None = None,
    labels: str = "labels",
    collate: Callable[[list[Item]], Item] | None = None,
    data: str = "",
) -> TrainingOutcome:
    """Train `objective` (its forward returns {"loss": ...}) in place; resume from `folder` when it has
    checkpoints.

    With a `validation` set the weights of the lowest loss on it are loaded at the end, unless the options say
    otherwise. labels: the input that the loss is of. data: a name for what the items are made of. Raises
    TrainingStoppedError, after a checkpoint, when the run was interrupted, and InvalidRequestError for a
    folder whose checkpoints another recipe or other data made.
    """
    options = options or RunOptions()
    require_reporter(options)
    join_processes()
    steps = recipe.steps_over(items.per_epoch, processes())
    claim(folder, recipe, items.per_epoch, data)
    settings = _arguments(folder, recipe, options, steps, labels, validated=validation is not None)
    stop = StopOnSignal()
    trainer = _Trainer(
        recipe.schedule,
        model=objective,
        args=settings,
        train_dataset=First(items, steps * recipe.batch_size * recipe.accumulation * processes()),
        eval_dataset=validation,
        data_collator=collate,
        callbacks=[stop, _FindBest(folder), *_early_stopping(options, validation)],
        optimizer_cls_and_kwargs=_adam(recipe) if recipe.optimizer == "adam" else None,
    )
    # Processes start from the same weights, but each must draw a dropout of its own.
    torch.manual_seed(recipe.seed + settings.process_index)
    with stop.listening():
        trainer.train(resume_from_checkpoint=last_checkpoint(folder))
    if stop.stopped:
        raise TrainingStoppedError(trainer.state.global_step, steps, str(folder))
    best = trainer.state.best_global_step if settings.load_best_model_at_end else None
    return TrainingOutcome(trainer.state.global_step, best, trainer.state.best_metric if best else None)


class _FindBest(TrainerCallback):
    """Finds the best checkpoint of a run that goes on, whose folder may have been moved meanwhile.

    The Trainer remembers a path; where that is gone it keeps other weights and still names this step.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if state.best_global_step is None:
            return
        best = self._folder / f"checkpoint-{state.best_global_step}"
        if best.is_dir():
            state.best_model_checkpoint = str(best)
        else:
            state.best_model_checkpoint = state.best_global_step = state.best_metric = None


class _Trainer(Trainer):
    """The Trainer with the one schedule it lacks, and a validation loss that no batching changes."""

    def __init__(self, schedule: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._schedule = schedule

    def create_scheduler(
        self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None
    ) -> Any:
        if self._schedule != "drop" or self.lr_scheduler is not None:
            return super().create_scheduler(num_training_steps, optimizer)
        warmup = self.args.get_warmup_steps(num_training_steps)

        def factor(step: int) -> float:
            risen = min(1.0, (step + 1) / (warmup + 1))
            return risen if step < _DROP_AT * num_training_steps else _DROP_TO

        self.lr_scheduler = LambdaLR(optimizer or self.optimizer, factor)  # type: ignore[arg-type]
        return self.lr_scheduler

    def prediction_step(
        self, model: nn.Module, inputs: Item, prediction_loss_only: bool, ignore_keys: Any = None
    ) -> tuple[Tensor, None, None]:
        """The mean over the batch's items, which the Trainer averages by their number."""
        with torch.no_grad(), self.compute_loss_context_manager():
            loss = model(**self._prepare_inputs(inputs))["loss"]
        return loss.detach(), None, None


class First(Dataset[Item]):
    """The first `length` of endless items, as a data set."""

    def __init__(self, items: Items, length: int) -> None:
        self._items, self._length = items, length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Item:
        return self._items[index]


def _arguments(
    folder: Path, recipe: Recipe, options: RunOptions, steps: int, labels: str, *, validated: bool
) -> TrainingArguments:
    best = validated and options.keep == "best"
    settings = TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=recipe.batch_size,
        per_device_eval_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulation,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="constant_with_warmup" if recipe.schedule == "constant" else "cosine",
        warmup_steps=recipe.warmup_steps,
        weight_decay=recipe.weight_decay,
        adam_beta2=recipe.beta2,
        max_grad_norm=recipe.max_grad_norm,
        bf16=supports_bf16() if options.bf16 is None else options.bf16,
        use_cpu=not torch.cuda.is_available(),
        save_steps=recipe.save_steps,
        save_total_limit=2,
        eval_strategy="steps" if validated else "no",
        eval_steps=recipe.save_steps,
        prediction_loss_only=True,
        load_best_model_at_end=best,
        metric_for_best_model="loss" if best else None,
        restore_callback_states_from_checkpoint=bool(options.patience),
        logging_steps=min(100, max(1, steps // 10)),
        report_to=[options.report_to],
        run_name=folder.resolve().name,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        # Items come in the order they are to be seen in; shuffling is theirs.
        train_sampling_strategy="sequential",
        ddp_find_unused_parameters=False,
        seed=recipe.seed,
        label_names=[labels],
    )
    # One process drives one device: without this the Trainer would split batches over all GPUs by itself.
    settings._n_gpu = min(settings.n_gpu, 1)
    return settings


def _adam(recipe: Recipe) -> tuple[type[torch.optim.Optimizer], dict[str, Any]]:
    return torch.optim.Adam, {"lr": recipe.learning_rate, "betas": (0.9, recipe.beta2)}


def _early_stopping(options: RunOptions, validation: object) -> list[EarlyStoppingCallback]:
    if not options.patience:
        return []
    if validation is None:
        raise InvalidRequestError("stopping early needs a validation set, and the data has none")
    return [EarlyStoppingCallback(options.patience)]


def require_reporter(options: RunOptions) -> None:
    """Raise InvalidRequestError where what the curves are to be reported to is not installed."""
    if options.report_to != "none" and find_spec(options.report_to) is None:
        extra = _EXTRAS[options.report_to]
        raise InvalidRequestError(
            f"reporting to {options.report_to} needs: pip install 'motion-agent[{extra}]'"
        )


#: The extra of this package that brings each reporter.
_EXTRAS = {"tensorboard": "train", "wandb": "wandb"}
