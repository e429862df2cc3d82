"""motion-agent train: the motion tokenizer, MotionLLM, and the default that ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Unpack

import typer

from .interrupts import INTERRUPTED, interrupt_handled
from .options import Frames, spelt_out
from .output import errors, show_line
from .recipe_options import (
    Bf16,
    Data,
    GradientCheckpointing,
    Keep,
    Kept,
    LearningRate,
    Out,
    Patience,
    RecipeOptions,
    Reporters,
    ReportTo,
    SkipMissing,
    Steps,
    options_of,
    overrides_of,
)

CMUData = Annotated[Path, typer.Option("--data", exists=True, help="Folder of CMU motion capture.")]

app = typer.Typer(
    no_args_is_help=True,
    help="Train motion models. A run that was stopped (Ctrl-C is fine) goes on when it is started again. "
    "Several GPUs: torchrun --nproc-per-node N -m motion_agent.agent_graph.cli train ...",
)


class Stages(StrEnum):
    """What of MotionLLM can be trained."""

    generation = "generation"
    captioning = "captioning"
    backbone = "backbone"


@app.command("tokenizer")
@spelt_out
def train_tokenizer(
    data: Data,
    out: Out = Path("weights/tokenizer"),
    *,
    preset: Annotated[
        str,
        typer.Option(
            "--preset",
            help="paper: width 512; compact: width 192; parts: four codes a step (legs, trunk, each arm).",
        ),
    ] = "paper",
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            file_okay=False,
            help="Folder of a tokenizer to go on from, of this preset.",
        ),
    ] = None,
    keep_codes: Annotated[
        bool,
        typer.Option(
            "--keep-codes",
            help="Train only the decoder of --from: a MotionLLM trained on its tokens fits as before.",
        ),
    ] = False,
    skip_missing: SkipMissing = False,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
    keep: Keep = Kept.best,
    patience: Patience = 0,
    **changes: Unpack[RecipeOptions],
) -> None:
    """The motion tokenizer (VQ-VAE), on the recordings of a folder or of the archives in it."""
    if keep_codes and start is None:
        raise typer.BadParameter("--keep-codes needs --from")
    own = overrides_of(**changes)
    options = options_of(bf16=bf16, report_to=report_to, keep=keep, patience=patience)
    from ...motion_models.training import tokenizer
    from ...motion_models.training.presets import tokenizer_preset
    from ...motion_models.training.sources import tokenizer_source

    with _training() as report:
        source = tokenizer_source(data, skip_missing)
        recipe = replace(own.on(tokenizer_preset(preset)), keep_codes=keep_codes)
        tokenizer.train_tokenizer(source, out, recipe, start=start, options=options, report=report)


@app.command("motion-llm")
@spelt_out
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
    frames: Frames = None,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
    gradient_checkpointing: GradientCheckpointing = False,
    keep: Keep = Kept.best,
    patience: Patience = 0,
    **changes: Unpack[RecipeOptions],
) -> None:
    """MotionLLM: adapters and motion rows on a language model. --out is a --backend for other commands."""
    own = overrides_of(**changes)
    options = options_of(bf16=bf16, report_to=report_to, keep=keep, patience=patience,
                       gradient_checkpointing=gradient_checkpointing)  # fmt: skip
    from ...motion_models.training import stages
    from ...motion_models.training.begun import preset_of
    from ...motion_models.training.sources import FolderSource

    with _training() as report:
        stages.train_motion_llm(
            FolderSource(data, skip_missing, frames), out, task.value, preset_of(out, preset, backbone),
            tokenizer=tokenizer, overrides=own, options=options, train_rows=train_rows, report=report,
        )  # fmt: skip


@app.command("default")
def train_default(
    data: CMUData,
    out: Out = Path("weights"),
    *,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            file_okay=False,
            help="Folder of weights to go on from: its tokenizer is kept, its backbone trained further.",
        ),
    ] = None,
    steps: Steps = None,
    learning_rate: LearningRate = None,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
) -> None:
    """The compact default that ships, all of it, from CMU motion capture: longer where there is a GPU.

    --steps and --learning-rate are those of the backbone.
    """
    own = overrides_of(steps=steps, learning_rate=learning_rate)
    options = options_of(bf16=bf16, report_to=report_to)
    from torch.cuda import is_available

    from ...motion_models.data.recordings.limbs import Variety
    from ...motion_models.training import stages
    from ...motion_models.training.presets import default_presets, with_backbone
    from ...motion_models.training.sources import CMUSource

    with _training() as report:
        tokenizer, preset = default_presets(gpu=is_available())
        stages.train_default(
            CMUSource(data, variety=Variety()), out, tokenizer, with_backbone(preset, own),
            options=options, start=start, report=report,
        )  # fmt: skip


@app.command("evaluator")
def train_evaluator(
    data: CMUData,
    out: Out = Path("weights/evaluator"),
    *,
    bf16: Bf16 = None,
    report_to: ReportTo = Reporters.none,
) -> None:
    """The evaluator that `motion-agent eval motion --evaluator` measures with, from CMU motion capture."""
    options = options_of(bf16=bf16, report_to=report_to)
    # By name, because nothing in this room may import evals.
    training = import_module("motion_agent.evals.motion.field.evaluator.training")
    with _training() as report:
        training.make_evaluator(data, out, options=options)
        report(f"written to {out}")


@app.command("reader")
def train_reader(
    minilm: Annotated[
        Path,
        typer.Option(
            "--minilm",
            exists=True,
            file_okay=False,
            help="Folder of all-MiniLM-L6-v2: model.safetensors, tokenizer.json.",
        ),
    ],
    out: Out = Path("weights/reader"),
    *,
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="For the whole encoder.")] = 14.0,
    upper_minutes: Annotated[
        float, typer.Option("--upper-minutes", min=0, help="Afterwards, for its upper half.")
    ] = 25.0,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            file_okay=False,
            help="Folder of a reader to go on from, instead of MiniLM's weights.",
        ),
    ] = None,
    recent: Annotated[
        list[str] | None,
        typer.Option(
            "--recent", help="File of wordings that half of the examples come from; may be repeated."
        ),
    ] = None,
) -> None:
    """The reader of the offline coordinator, from the wordings that ship."""
    from ..coordinators.reader.training import Recipe, train

    with _training() as report:
        train(
            minilm,
            out,
            Recipe(minutes, upper_minutes, seed=seed, recent=tuple(recent or ())),
            start=start,
            report=report,
        )
        report(f"written to {out}")


@app.command("presets")
def show_presets() -> None:
    """The named recipes, and what each trains, counted on the configs alone."""
    from ...motion_models.language.llm_config import PUBLISHED_CONFIGS
    from ...motion_models.training.presets import MOTION_LLM_PRESETS, count_parameters

    for title, preset in MOTION_LLM_PRESETS.items():
        generation, captioning = (preset.adapters[name] for name in ("t2m", "m2t"))
        lora = f"rank {generation.rank} for generation, {captioning.rank} for captioning"
        backbone = preset.backbone if preset.new is None else "a new one, trained from nothing"
        if preset.backbone in PUBLISHED_CONFIGS:
            total, of_rank_1 = count_parameters(preset.backbone)
            sizes = [f"{spec.rank * of_rank_1 / 1e6:,.1f} M" for spec in (generation, captioning)]
            lora += f" ({' and '.join(sizes)} parameters)"
            backbone += f", {total / 1e6:,.1f} M parameters"
        show_line(f"{title}: {backbone}")
        show_line(f"    LoRA of {lora}; {preset.generation.length}")


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
        interrupt_handled()
        if is_main():
            errors.print(str(stopped), markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from stopped
