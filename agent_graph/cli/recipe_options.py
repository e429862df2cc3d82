"""Options of all trainings: what they change of a recipe, and how they run."""

from __future__ import annotations

from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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


_RECIPE, _MACHINE = "The recipe, instead of the preset's", "How it runs"

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        exists=True,
        file_okay=False,
        help="Folder as HumanML3D and KIT-ML are published, or as `motion-agent data prepare` writes it.",
    ),
]
Out = Annotated[
    Path, typer.Option("--out", "-o", file_okay=False, help="Folder for the weights and the checkpoints.")
]
SkipMissing = Annotated[
    bool, typer.Option("--skip-missing", help="Leave out clips of a split whose files are not there.")
]
Steps = Annotated[
    int | None, typer.Option("--steps", min=1, help="Optimiser steps.", rich_help_panel=_RECIPE)
]
Epochs = Annotated[
    float | None,
    typer.Option(
        "--epochs",
        callback=_positive,
        help="Passes over the data, in steps' place.",
        rich_help_panel=_RECIPE,
    ),
]
BatchSize = Annotated[
    int | None, typer.Option("--batch-size", min=1, help="Items of one process.", rich_help_panel=_RECIPE)
]
Accumulation = Annotated[
    int | None,
    typer.Option("--accumulation", min=1, help="Batches summed up to one step.", rich_help_panel=_RECIPE),
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
        "--schedule", help="drop: to a twentieth after two thirds of the steps.", rich_help_panel=_RECIPE
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, rich_help_panel=_RECIPE)]
SaveSteps = Annotated[
    int | None,
    typer.Option(
        "--save-steps", min=1, help="Steps between checkpoints, and validations.", rich_help_panel=_RECIPE
    ),
]
Bf16 = Annotated[
    bool | None,
    typer.Option("--bf16/--no-bf16", help="By default where the hardware has it.", rich_help_panel=_MACHINE),
]
ReportTo = Annotated[
    Reporters, typer.Option("--report-to", help="Where curves go.", rich_help_panel=_MACHINE)
]
GradientCheckpointing = Annotated[
    bool,
    typer.Option(
        "--gradient-checkpointing",
        help="Less memory, a third more time: for large backbones.",
        rich_help_panel=_MACHINE,
    ),
]
Keep = Annotated[
    Kept,
    typer.Option(
        "--keep", help="Weights of the lowest validation loss, or the last.", rich_help_panel=_MACHINE
    ),
]
Patience = Annotated[
    int,
    typer.Option(
        "--patience",
        min=0,
        help="End after so many validations without a better one.",
        rich_help_panel=_MACHINE,
    ),
]


def overrides_of(**fields: Any) -> Overrides:
    """The recipe's fields that were given."""
    if fields["steps"] is not None and fields["epochs"] is not None:
        raise typer.BadParameter("a training lasts for --steps or for --epochs", param_hint="--epochs")
    from ...motion_models.training.recipe import Overrides

    return Overrides({name: getattr(value, "value", value) for name, value in fields.items()})


def options_of(**fields: Any) -> RunOptions:
    """How it runs."""
    from ...motion_models.training.recipe import RunOptions

    return RunOptions(**{name: getattr(value, "value", value) for name, value in fields.items()})
