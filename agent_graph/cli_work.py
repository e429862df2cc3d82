"""motion-agent train and motion-agent eval: long jobs, found by name when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from .cli_options import AsJson, Backend
from .cli_report import show_json, show_line


class Training(StrEnum):
    """What can be trained."""

    default = "default"
    tokenizer = "tokenizer"
    motion_llm = "motion-llm"


class Evaluation(StrEnum):
    """What can be measured."""

    motion = "motion"
    tokenizer = "tokenizer"
    captions = "captions"
    speed = "speed"


#: Where each job lives: module and function. Named here, not imported: nothing in this room imports evals.
TRAINERS = {
    Training.default: "motion_agent.motion_models.training.default:run",
    Training.tokenizer: "motion_agent.motion_models.training.tokenizer:run",
    Training.motion_llm: "motion_agent.motion_models.training.language:run",
}
EVALUATORS = {
    Evaluation.motion: "motion_agent.evals.motion.suite:run",
    Evaluation.tokenizer: "motion_agent.evals.motion.tokenizer_quality:run",
    Evaluation.captions: "motion_agent.evals.motion.captioning:run",
    Evaluation.speed: "motion_agent.evals.benchmarks.speed:run",
}


def train(
    what: Annotated[Training, typer.Argument(help="What to train.")],
    data: Annotated[Path, typer.Option("--data", exists=True, help="Folder of motion capture.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for weights and checkpoints.")] = Path(
        "training"
    ),
) -> None:
    """Train motion models. A run that was stopped goes on when it is started again."""
    job(TRAINERS[what])(data=data, out=out)
    show_line(f"written to {out}")


def evaluate(
    what: Annotated[Evaluation, typer.Argument(help="What to measure.")],
    backend: Backend = None,
    data: Annotated[
        Path | None, typer.Option("--data", exists=True, help="Folder of held-out motion.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to keep the report in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the motion models and print a report."""
    report = job(EVALUATORS[what])(**{"backend": backend} | ({"data": data} if data else {}))
    if out is not None:
        report.save(out, what.value)
    if as_json:
        show_json({"title": report.title, "command": report.command, "data": report.data})
    else:
        show_line(report.markdown())


def job(entry: str) -> Callable[..., Any]:
    """The function an entry "module:function" names."""
    module, _, function = entry.partition(":")
    return getattr(import_module(module), function)
