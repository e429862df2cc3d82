"""How long and how hard anything is trained: the fields that the tokenizer's and the language recipes share.

A recipe decides what comes out of a training; `RunOptions` decide how a machine runs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, inf
from typing import Any, Literal, TypeVar, get_args

from ..errors import InvalidRequestError

Optimizer = Literal["adamw", "adam"]
Schedule = Literal["cosine", "constant", "drop"]
Reporter = Literal["none", "tensorboard", "wandb"]
Keep = Literal["best", "last"]
R = TypeVar("R", bound="Recipe")


@dataclass(frozen=True)
class Recipe:
    """Length, batch and optimiser of one training.

    steps, epochs: optimiser steps, or passes over the data; exactly one of the two. batch_size: sequences a
    process takes at once. accumulation: batches whose gradients are summed up to one step; a step sees
    batch_size x accumulation x processes sequences. optimizer: "adam" adds weight decay to the gradient,
    "adamw" takes it off the weights; without decay they are the same. beta2: decay of the squared gradients.
    max_grad_norm: longer gradients are shortened to this; 0 leaves them.
    schedule, after the warm-up: "cosine" to zero, "constant", or "drop" to a twentieth after two thirds.
    save_steps: steps from one checkpoint, and from one validation, to the next.
    """

    steps: int | None = 3000
    epochs: float | None = None
    batch_size: int = 48
    accumulation: int = 1
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    weight_decay: float = 0.05
    optimizer: Optimizer = "adamw"
    beta2: float = 0.99
    max_grad_norm: float = 1.0
    schedule: Schedule = "cosine"
    seed: int = 0
    save_steps: int = 500

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            raise InvalidRequestError(
                f"a training lasts for steps or for epochs, got steps={self.steps} and epochs={self.epochs}"
            )
        for name in ("steps", "epochs", "batch_size", "accumulation", "learning_rate", "save_steps"):
            value = getattr(self, name)
            if value is not None and not 0 < value < inf:
                raise InvalidRequestError(f"{name} must be more than 0, got {value}")
        for name in ("warmup_steps", "weight_decay", "max_grad_norm"):
            if not 0 <= (value := getattr(self, name)) < inf:
                raise InvalidRequestError(f"{name} cannot be negative, got {value}")
        if not 0 < self.beta2 < 1:
            raise InvalidRequestError(f"beta2 lies in 0..1, got {self.beta2}")
        if self.optimizer not in get_args(Optimizer) or self.schedule not in get_args(Schedule):
            raise InvalidRequestError(f"unknown optimizer or schedule: {self.optimizer}, {self.schedule}")

    @property
    def length(self) -> str:
        """How long it lasts, in words."""
        return f"{self.steps:,} steps" if self.steps is not None else f"{self.epochs:g} epochs"

    def steps_over(self, items: int, processes: int = 1) -> int:
        """Optimiser steps of this recipe over a data set of `items` sequences."""
        if self.steps is not None:
            return self.steps
        assert self.epochs is not None
        batches = max(1, items // self.batch_size)
        return max(1, ceil(self.epochs * batches / (self.accumulation * processes)))


@dataclass(frozen=True)
class Overrides:
    """Fields of a recipe that a user sets instead of the preset's; others stay."""

    fields: dict[str, Any] = field(default_factory=dict)

    def on(self, recipe: R) -> R:
        """Whichever of steps and epochs is set replaces both."""
        fields = {name: value for name, value in self.fields.items() if value is not None}
        if len(fields.keys() & {"steps", "epochs"}) == 1:
            fields = {"steps": None, "epochs": None} | fields
        return replace(recipe, **fields)


@dataclass(frozen=True)
class RunOptions:
    """How a machine runs a training, whatever the recipe.

    bf16: None means where the hardware has it. report_to: where curves go beside the terminal.
    gradient_checkpointing: compute activations twice instead of keeping them. keep: the weights of the lowest
    validation loss, where there is a validation set, or the last ones. patience: end after so many
    validations without a better one; 0 never does.
    """

    bf16: bool | None = None
    report_to: Reporter = "none"
    gradient_checkpointing: bool = False
    keep: Keep = "best"
    patience: int = 0

    def __post_init__(self) -> None:
        if self.report_to not in get_args(Reporter):
            raise InvalidRequestError(
                f"cannot report to {self.report_to!r}; there is {', '.join(get_args(Reporter))}"
            )
        if self.keep not in get_args(Keep):
            raise InvalidRequestError(f"what is kept is the best or the last weights, got {self.keep!r}")
        if self.patience < 0 or (self.patience and self.keep == "last"):
            raise InvalidRequestError(
                f"patience is 0 or more and goes with keeping the best, got {self.patience} and {self.keep}"
            )
