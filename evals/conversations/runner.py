"""Hold every dialogue with every coordinator, in parallel, and keep one JSON line per turn.

The log is the only state: a run that was stopped goes on where it ended. Dialogues whose case has changed
since are held again, and so are those in which the agent raised: a server that was away says nothing of it.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import torch

from ...agent_graph.config import AgentConfig
from ...agent_graph.coordinators.create import make_coordinator
from ...motion_models import load_backend
from ...motion_models.backends.protocol import MotionBackend
from ..progress import track
from .dialogues.drive import Record, hold
from .dialogues.schema import Case
from .files import write_files
from .scorers import Score, Scorer, plan_first_try, score_turn
from .scorers.judge import create_judge
from .subjects import Subject, coordinator

LOG = "turns.jsonl"
Line = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One dialogue to hold; backend: what `load_backend` takes. Another trial has other random seeds.

    judge: a coordinator's name, whose model is asked for its opinion of every turn.
    """

    subject: Subject
    case: Case
    trial: int
    workspace: Path
    backend: str | None = None
    judge: str | None = None

    @property
    def key(self) -> str:
        """What was asked of whom: other words or other settings are another dialogue."""
        case = hashlib.sha256(self.case.model_dump_json().encode()).hexdigest()[:12]
        return (
            f"{self.subject.label}/{self.case.id}/{self.trial}/{case}/{self.backend or ''}/{self.judge or ''}"
        )


def run_jobs(
    jobs: Sequence[Job],
    log: Path,
    *,
    processes: int = 1,
    backend: MotionBackend | None = None,
    progress: bool = True,
) -> list[Line]:
    """The lines of all jobs: those the log holds already, and those of the dialogues held now.

    backend: one that is there already, for one process. Raises, before any dialogue is held or anything is
    written, what the set-up of a coordinator, an agent or a judge raises.
    """
    kept = _kept(log)
    missing = [job for job in jobs if job.key not in kept]
    _set_up(missing, backend, keep_model=processes == 1)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        held = _dialogues(missing, processes, backend)
        for lines in track(held, "dialogues", total=len(missing), show=progress):
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            kept[lines[0]["key"]] = lines
    return [line for job in jobs for line in kept[job.key]]


def _set_up(jobs: Sequence[Job], backend: MotionBackend | None, keep_model: bool) -> None:
    """Build once what is to be examined, so that a missing key is one error and not one of every dialogue.

    The first subject is the last, so that a model that is kept is the one that is needed next.
    """
    for job in {job.subject.label: job for job in reversed(jobs)}.values():
        job.subject.build(backend or backend_of(job.backend), job.workspace, keep_model=keep_model)
        if job.judge is not None:
            _judge(job.judge)


def _dialogues(jobs: Sequence[Job], processes: int, backend: MotionBackend | None) -> Iterator[list[Line]]:
    if processes == 1 or len(jobs) < 2:
        for job in jobs:
            yield hold_job(job, backend)
        return
    before = set(active_children())
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=torch.set_num_threads,
                             initargs=(1,)) as pool:  # fmt: skip
        try:
            with _ctrl_c_held_back():  # by the processes that start here, for good
                dialogues = [pool.submit(hold_job, job) for job in jobs]
            for done in as_completed(dialogues):
                yield done.result()
        except BaseException:  # nobody waits for the others any more, and leaving the pool would
            for process in set(active_children()) - before:
                process.terminate()
            raise


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """A terminal sends Ctrl-C to every process; this one alone is to answer it, once this is over."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hold_job(job: Job, backend: MotionBackend | None = None) -> list[Line]:
    """Hold one dialogue and judge it."""
    backend = backend or backend_of(job.backend)
    files = write_files(backend, job.workspace)
    if job.subject.agent is not None:
        files = {name: str(job.workspace.resolve() / name) for name in files}
    agent = job.subject.build(backend, job.workspace, seed=job.trial - 1, keep_model=True)
    records = hold(job.case, agent, files)
    return [_line(job, number, record, backend) for number, record in enumerate(records, 1)]


def _line(job: Job, number: int, record: Record, backend: MotionBackend) -> Line:
    expect = job.case.turns[number - 1].expect
    price, used = job.subject.price, record
    cost = (
        None
        if price is None
        else (price.input * used["input_tokens"] + price.output * used["output_tokens"]) / 1e6
    )
    return {
        "key": job.key,
        "subject": job.subject.label,
        "case": job.case.id,
        "category": job.case.category,
        "trial": job.trial,
        "turn": number,
        "of": len(job.case.turns),
        "record": record,
        "scores": score_turn(record, expect, lambda tokens: _decoded(backend, tokens)),
        "opinion": _opinion(job.judge, record),
        "first_try": not record["error"] and bool(plan_first_try(outputs=record)["score"]),
        "cost": cost,
    }


def _opinion(judge: str | None, record: Record) -> Score | None:
    return None if judge is None else _judge(judge)(outputs=record, reference_outputs=None)


@cache
def _judge(name: str) -> Scorer:
    settings = coordinator(name).settings
    return create_judge(make_coordinator(AgentConfig.load(**settings), []))


def _decoded(backend: MotionBackend, tokens: Sequence[int]) -> Any:
    return backend.decode(torch.LongTensor(list(tokens)))


@cache
def backend_of(name: str | None) -> MotionBackend:
    """One backend per process."""
    return load_backend(name)


def _kept(log: Path) -> dict[str, list[Line]]:
    """The dialogues a log holds to their end: cut off in the middle or by an error, they are held again."""
    kept: dict[str, list[Line]] = {}
    for line in _readable(log.read_text("utf-8").splitlines()) if log.is_file() else ():
        turns = kept.setdefault(line["key"], [])
        if line["turn"] == 1:
            turns.clear()
        turns.append(line)
    return {key: lines for key, lines in kept.items() if _complete(lines)}


def _complete(lines: Sequence[Line]) -> bool:
    """Whether all turns are there, in order, and none ended in an error."""
    whole = [line["turn"] for line in lines] == list(range(1, lines[0]["of"] + 1))
    return whole and not any(line["record"]["error"] for line in lines)


def _readable(lines: Iterable[str]) -> Iterator[Line]:
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue
