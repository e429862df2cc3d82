"""motion-agent train: the motion tokenizer, MotionLLM, and the default that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .report import errors, output, show_line

if TYPE_CHECKING:
    from ...motion_models.training.recipe import RunOptions

app = typer.Typer(
    no_args_is_help=True,
    help="Train motion models. A run that was stopped (Ctrl-C is fine) goes on when it is started again. "
    "Several GPUs: torchrun --nproc-per-node N -m motion_agent.agent_graph.cli train ...",
)

#: What a shell gives a program that Ctrl-C ended.
INTERRUPTED = 130


class Stages(StrEnum):
    """What of MotionLLM can be trained."""

    generation = "generation"
    captioning = "captioning"
    backbone = "backbone"


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
    typer.Option("--epochs", help="Passes over the data, in steps' place.", rich_help_panel=_RECIPE),
]
BatchSize = Annotated[
    int | None, typer.Option("--batch-size", min=1, help="Items of one process.", rich_help_panel=_RECIPE)
]
Accumulation = Annotated[
    int | None,
    typer.Option("--accumulation", min=1, help="Batches summed up to one step.", rich_help_panel=_RECIPE),
]
LearningRate = Annotated[float | None, typer.Option("--learning-rate", rich_help_panel=_RECIPE)]
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


@app.command("tokenizer")
def train_tokenizer(
    data: Data,
    out: Out = Path("weights/tokenizer"),
    *,
    preset: Annotated[str, typer.Option("--preset", help="paper: width 512; compact: width 192.")] = "paper",
    skip_missing: SkipMissing = False,
    steps: Steps = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    accumulation: Accumulation = None,
    learning_rate: LearningRate = None,
    warmup_steps: Warmup = None,
    weight_decay: WeightDecay = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    seed: Seed = None,
    save_steps: SaveSteps = None,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
    keep: Keep = Kept.best,
    patience: Patience = 0,
) -> None:
    """The motion tokenizer (VQ-VAE), on the recordings of a folder."""
    own = _overrides(steps=steps, epochs=epochs, batch_size=batch_size, accumulation=accumulation,
                     learning_rate=learning_rate, warmup_steps=warmup_steps, weight_decay=weight_decay,
                     optimizer=optimizer, schedule=schedule, seed=seed, save_steps=save_steps)  # fmt: skip
    options = _options(bf16=bf16, report_to=report_to, keep=keep, patience=patience)
    from ...motion_models.training.presets import tokenizer_preset
    from ...motion_models.training.stages import train_tokenizer_on_folder

    with _training() as report:
        train_tokenizer_on_folder(
            data,
            out,
            own.on(tokenizer_preset(preset)),
            options=options,
            skip_missing=skip_missing,
            report=report,
        )
        report(f"written to {out}")


@app.command("motion-llm")
def train_motion_llm(
    data: Data,
    task: Annotated[
        Stages,
        typer.Option(
            "--task",
            help="generation or captioning: one adapter, the second beside the first in the same --out; "
            "backbone: all of a new one, on both tasks.",
        ),
    ],
    out: Out = Path("weights/motion-llm"),
    *,
    tokenizer: Annotated[
        Path | None,
        typer.Option(
            "--tokenizer", exists=True, help="Folder or vqvae.pth of the tokenizer; later the one in --out."
        ),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            help="Folder or hub name of any causal LM with its text tokenizer, or compact: a new small one, "
            "trained from nothing on this data, with no download.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option("--preset", help="See `motion-agent train presets`; gemma2-2b-r64 by default."),
    ] = None,
    train_rows: Annotated[
        bool | None,
        typer.Option("--train-rows/--keep-rows", help="By default motion rows train with the first adapter."),
    ] = None,
    skip_missing: SkipMissing = False,
    steps: Steps = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    accumulation: Accumulation = None,
    learning_rate: LearningRate = None,
    warmup_steps: Warmup = None,
    weight_decay: WeightDecay = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    seed: Seed = None,
    save_steps: SaveSteps = None,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
    gradient_checkpointing: GradientCheckpointing = False,
    keep: Keep = Kept.best,
    patience: Patience = 0,
) -> None:
    """MotionLLM: adapters and motion rows on a language model. --out is a --backend for other commands."""
    own = _overrides(steps=steps, epochs=epochs, batch_size=batch_size, accumulation=accumulation,
                     learning_rate=learning_rate, warmup_steps=warmup_steps, weight_decay=weight_decay,
                     optimizer=optimizer, schedule=schedule, seed=seed, save_steps=save_steps)  # fmt: skip
    options = _options(bf16=bf16, report_to=report_to, keep=keep, patience=patience,
                       gradient_checkpointing=gradient_checkpointing)  # fmt: skip
    from ...motion_models.training import stages

    with _training() as report:
        stages.train_motion_llm(
            data, out, task.value, stages.preset_of(out, preset, backbone),
            tokenizer=tokenizer, overrides=own, options=options, train_rows=train_rows,
            skip_missing=skip_missing, report=report,
        )  # fmt: skip
        report(f'written to {out}; try: motion-agent run "a person walks" --backend {out}')


@app.command("default")
def train_default(
    data: Annotated[Path, typer.Option("--data", exists=True, help="Folder of CMU motion capture.")],
    out: Out = Path("weights"),
    *,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
) -> None:
    """The compact default that ships, all of it, from CMU motion capture."""
    options = _options(bf16=bf16, report_to=report_to)
    from ...motion_models.training.default import train_default

    with _training() as report:
        train_default(data, out, options=options, report=report)
        report(f"written to {out}")


@app.command("presets")
def show_presets() -> None:
    """The named recipes, and what each trains, counted on the configs alone."""
    from rich.table import Table

    from ...motion_models.training.presets import MOTION_LLM_PRESETS, PAPER_CONFIGS, count_parameters

    table = Table()
    table.add_column("--preset", no_wrap=True)
    table.add_column("backbone", overflow="fold")
    for heading in ("parameters", "LoRA, generation", "LoRA, captioning", "lasts"):
        table.add_column(heading)
    for title, preset in MOTION_LLM_PRESETS.items():
        counts = ["-"] * 3
        if preset.backbone in PAPER_CONFIGS:
            total, of_rank_1 = count_parameters(preset.backbone)
            sizes = (total, *(of_rank_1 * preset.adapters[name].rank for name in ("t2m", "m2t")))
            counts = [f"{size / 1e6:,.1f} M" for size in sizes]
        recipe = preset.generation
        lasts = f"{recipe.epochs:g} epochs" if recipe.epochs else f"{recipe.steps} steps"
        table.add_row(title, preset.backbone, *counts, lasts)
    output.print(table)


def _overrides(**fields: Any) -> Any:
    """The recipe's fields that were given."""
    if fields["steps"] is not None and fields["epochs"] is not None:
        raise typer.BadParameter("a training lasts for --steps or for --epochs", param_hint="--epochs")
    from ...motion_models.training.stages import Overrides

    return Overrides({name: getattr(value, "value", value) for name, value in fields.items()})


def _options(**fields: Any) -> RunOptions:
    from ...motion_models.training.recipe import RunOptions

    return RunOptions(**{name: getattr(value, "value", value) for name, value in fields.items()})


@contextmanager
def _training() -> Iterator[Callable[[str], None]]:
    """What says things once, however many processes train; an interruption ends with one line."""
    from ...motion_models.errors import TrainingStoppedError
    from ...motion_models.training.processes import is_main

    def report(text: str) -> None:
        if is_main():
            show_line(text)

    try:
        yield report
    except TrainingStoppedError as stopped:
        if is_main():
            errors.print(str(stopped), markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from stopped
