"""motion-agent eval: long jobs, imported by name when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from .evaluate_options import (
    SHIPPED,
    Agents,
    BertModel,
    Beside,
    Categories,
    Coordinators,
    DrawnBy,
    EvaluatorFile,
    Fast,
    Glove,
    Jobs,
    Judge,
    LangSmith,
    Repetitions,
    Requests,
    Sample,
    Threshold,
    Trials,
    require,
)
from .interrupts import stopping
from .options import AsJson, Backend, config_of
from .output import show_json, show_line


class Evaluation(StrEnum):
    """What can be measured."""

    motion = "motion"
    tokenizer = "tokenizer"
    captions = "captions"
    speed = "speed"
    conversations = "conversations"
    overhead = "overhead"
    backbone = "backbone"
    composition = "composition"
    promises = "promises"
    reading = "reading"
    plans = "plans"


#: Where each evaluation lives. By name, because nothing in this room may import evals.
EVALUATORS = {
    Evaluation.motion: "motion_agent.evals.motion.quality:run",
    Evaluation.tokenizer: "motion_agent.evals.motion.tokenizer.reconstruction:run",
    Evaluation.captions: "motion_agent.evals.motion.captions.captioning:run",
    Evaluation.speed: "motion_agent.evals.benchmarks.speed:run",
    Evaluation.conversations: "motion_agent.evals.conversations.suite:run",
    Evaluation.reading: "motion_agent.evals.conversations.requests:run",
    Evaluation.plans: "motion_agent.evals.conversations.plans:run",
    Evaluation.composition: "motion_agent.evals.motion.composition.composition:run",
    Evaluation.promises: "motion_agent.evals.motion.promises.promises:run",
    Evaluation.backbone: "motion_agent.evals.benchmarks.backbone:run",
    Evaluation.overhead: "motion_agent.evals.benchmarks.overhead:run",
}

#: What is put to coordinators: it goes on after it was stopped, and a share of successes may be demanded.
OF_COORDINATORS = (Evaluation.conversations, Evaluation.plans)
#: Options that other measurements than that of motion take.
NOT_OF_MOTION = ("bert_model", "beside", "categories")


def evaluate(
    what: Annotated[Evaluation, typer.Argument(help="What to measure.")],
    *,
    backend: Backend = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", exists=True, help="Folder of CMU recordings, or of data in HumanML3D's layout."
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=0, help="motion, promises: motions per prompt; 0 skips the suite.")
    ] = 5,
    beside: Beside = None,
    repetitions: Repetitions = 20,
    judge_motion: EvaluatorFile = None,
    glove: Glove = None,
    bert_model: BertModel = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write the report to.")] = None,
    as_json: AsJson = False,
    coordinators: Coordinators = None,
    agents: Agents = None,
    trials: Trials = 1,
    categories: Categories = None,
    fast: Fast = False,
    sample: Sample = None,
    seed: DrawnBy = 0,
    threshold: Threshold = 0.0,
    jobs: Jobs = None,
    judge: Judge = None,
    langsmith: LangSmith = None,
    requests: Requests = None,
) -> None:
    """Measure the motion models, or whole conversations, and print a report."""
    name = config_of(backend=backend).backend
    if what is Evaluation.conversations:
        asked = {"coordinators": coordinators or [], "agents": agents or [], "categories": categories or []}
        options = asked | {"backend": name, "trials": trials, "fast": fast, "processes": jobs, "out": out}
        options |= {"judge": judge, "langsmith": langsmith, "sample": sample, "seed": seed}
    elif what is Evaluation.plans:
        asked = {"coordinators": coordinators or [], "categories": categories or []}
        options = asked | {"backend": name, "processes": jobs, "out": out}
    elif what is Evaluation.reading:
        options = {"backend": name, "requests": requests}
    else:
        measured = {"seeds": seeds, "repetitions": repetitions, "evaluator": judge_motion, "glove": glove}
        measured |= {"bert_model": bert_model, "beside": beside or [], "categories": categories or []}
        options = _options(what, name, data, measured)
    kept = what in OF_COORDINATORS and out is not None
    with stopping("stopped; the same command goes on from here" if kept else "stopped"):
        report = evaluator(what)(**options)
    if out is not None:
        report.save(out, what.value)
    if as_json:
        show_json({"title": report.title, "command": report.command, "data": report.data})
    else:
        show_line(report.markdown())
    if what in OF_COORDINATORS:
        require(report.data["success"], threshold)


def evaluator(what: Evaluation) -> Callable[..., Any]:
    """The function that measures `what`."""
    module, _, function = EVALUATORS[what].partition(":")
    return getattr(import_module(module), function)


def _options(
    what: Evaluation, backend: str | None, data: Path | None, measured: dict[str, Any]
) -> dict[str, Any]:
    """What each evaluation is to be told; `measured` holds what motion and captions know."""
    if what is Evaluation.tokenizer and data is None:
        raise typer.BadParameter(f"{what} is measured on recorded motion", param_hint="--data")
    match what:
        case Evaluation.tokenizer:
            others = [None if other == SHIPPED else _tokenizer_of(other) for other in measured["beside"]]
            return {"data": data, "tokenizer": _tokenizer_of(backend), "beside": others}
        case Evaluation.overhead | Evaluation.backbone:
            return {}
        case Evaluation.promises:
            return {"backend": backend, "seeds": measured["seeds"], "kinds": measured["categories"]}
        case Evaluation.captions:
            return {"data": data, "backend": backend, "bert_model": measured["bert_model"]}
        case Evaluation.motion:
            chosen = {name: value for name, value in measured.items() if name not in NOT_OF_MOTION}
            return {"data": data, "backend": backend, **chosen}
        case _:
            return {"backend": backend}


def _tokenizer_of(backend: str | None) -> Path | None:
    """The folder of a backend's tokenizer, or of one alone; a plug-in has none that could be measured."""
    if backend is None:
        return None
    if not Path(backend).is_dir():
        raise typer.BadParameter(f"{backend} is no folder of weights", param_hint="--backend")
    inside = Path(backend) / "tokenizer"
    return inside if inside.is_dir() else Path(backend)
