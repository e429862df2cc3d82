"""Options of all trainings: what they change of a recipe, and how they run."""

from __future__ import annotations

from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

if TYPE_CHECKING:
    from ...motion_models.training.recipe import Overrides, RunOptions


class Optimizers(StrEnum):
    adamw = "adamw"
    adam = "adam"


class Schedules(StrEnum):
    cosine = "cosine"
    constant = "constant"
    drop = "drop"


class Reporters(StrEnum):
    none = "none"
    tensorboard = "tensorboard"
    wandb = "wandb"


class Kept(StrEnum):
    best = "best"
    last = "last"


def _positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < inf:
        raise typer.BadParameter(f"{value:g} is not more than 0.")
    return value


_RECIPE, _MACHINE = "Changes to the preset's recipe", "How it runs"

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        exists=True,
        file_okay=False,
        help="Folder in the layout of HumanML3D and KIT-ML, which `motion-agent data prepare` also writes; "
        "for a tokenizer also one of .npz archives of joints, each with a .json that describes its clips.",
    ),
]
Out = Annotated[
    Path, typer.Option("--out", "-o", file_okay=False, help="Folder for the weights and the checkpoints.")
]
SkipMissing = Annotated[bool, typer.Option("--skip-missing", help="Leave out clips whose files are missing.")]
Steps = Annotated[
    int | None, typer.Option("--steps", min=1, help="Optimiser steps.", rich_help_panel=_RECIPE)
]
Epochs = Annotated[
    float | None,
    typer.Option(
        "--epochs",
        callback=_positive,
        help="Passes over the data, instead of --steps.",
        rich_help_panel=_RECIPE,
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", min=1, help="Sequences in a batch of one process.", rich_help_panel=_RECIPE),
]
Accumulation = Annotated[
    int | None,
    typer.Option(
        "--accumulation",
        min=1,
        help="Batches whose gradients are summed for one step.",
        rich_help_panel=_RECIPE,
    ),
]
LearningRate = Annotated[
    float | None, typer.Option("--learning-rate", callback=_positive, rich_help_panel=_RECIPE)
]
Warmup = Annotated[int | None, typer.Option("--warmup-steps", min=0, rich_help_panel=_RECIPE)]
WeightDecay = Annotated[float | None, typer.Option("--weight-decay", min=0, rich_help_panel=_RECIPE)]
Optimizer = Annotated[Optimizers | None, typer.Option("--optimizer", rich_help_panel=_RECIPE)]
Schedule = Annotated[
    Schedules | None,
    typer.Option(
        "--schedule",
        help="Of the learning rate; drop: a twentieth after two thirds of the steps.",
        rich_help_panel=_RECIPE,
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, rich_help_panel=_RECIPE)]
SaveSteps = Annotated[
    int | None,
    typer.Option(
        "--save-steps", min=1, help="Steps between checkpoints, which also validate.", rich_help_panel=_RECIPE
    ),
]
Bf16 = Annotated[
    bool | None,
    typer.Option(
        "--bf16/--no-bf16",
        help="Train in bfloat16; by default where the hardware supports it.",
        rich_help_panel=_MACHINE,
    ),
]
ReportTo = Annotated[
    Reporters, typer.Option("--report-to", help="Where training curves are sent.", rich_help_panel=_MACHINE)
]
GradientCheckpointing = Annotated[
    bool,
    typer.Option(
        "--gradient-checkpointing",
        help="Use less memory and a third more time, for large backbones.",
        rich_help_panel=_MACHINE,
    ),
]
Keep = Annotated[
    Kept,
    typer.Option(
        "--keep",
        help="Keep the weights with the lowest validation loss, or the last.",
        rich_help_panel=_MACHINE,
    ),
]
Patience = Annotated[
    int,
    typer.Option(
        "--patience",
        min=0,
        help="Stop after so many validations without a better one; 0: never.",
        rich_help_panel=_MACHINE,
    ),
]


class RecipeOptions(TypedDict):
    """What a recipe leaves to choose, by the names it has there."""

    steps: Steps
    epochs: Epochs
    batch_size: BatchSize
    accumulation: Accumulation
    learning_rate: LearningRate
    warmup_steps: Warmup
    weight_decay: WeightDecay
    optimizer: Optimizer
    schedule: Schedule
    seed: Seed
    save_steps: SaveSteps


def overrides_of(**fields: Any) -> Overrides:
    """The recipe's fields that were given."""
    if fields.get("steps") is not None and fields.get("epochs") is not None:
        raise typer.BadParameter("a training lasts for --steps or for --epochs", param_hint="--epochs")
    from ...motion_models.training.recipe import Overrides

    return Overrides({name: getattr(value, "value", value) for name, value in fields.items()})


def options_of(**fields: Any) -> RunOptions:
    """How it runs."""
    from ...motion_models.training.recipe import RunOptions

    return RunOptions(**{name: getattr(value, "value", value) for name, value in fields.items()})
