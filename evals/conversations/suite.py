"""`motion-agent eval conversations`: choose, run, report."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ..report import Report, machine
from .dialogues.schema import CASES, load_cases
from .page import write_page
from .runner import LOG, Job, run_jobs
from .subjects import agent, coordinator
from .summary import body, dialogues, passed
from .upload import upload


def run(
    *,
    coordinators: Sequence[str] = (),
    agents: Sequence[str] = (),
    trials: int = 1,
    backend: str | None = None,
    cases: str | Path | None = None,
    categories: Sequence[str] = (),
    fast: bool = False,
    sample: int | None = None,
    seed: int = 0,
    judge: str | None = None,
    langsmith: str | None = None,
    processes: int | None = None,
    out: str | Path | None = None,
    progress: bool = True,
) -> Report:
    """Examine coordinators and agents; with `out` the log, the page and what is needed to resume stay there.

    sample: only so many dialogues, in an order that `seed` draws, so that those a stopped run held are a fair
    choice too. judge: a coordinator whose opinion is asked beside the checks. langsmith: project to send the
    run to.
    data["success"] of the report is the share of dialogues that succeeded, per coordinator.
    """
    if out is None:
        with TemporaryDirectory() as folder:
            return run(
                coordinators=coordinators, agents=agents, trials=trials, backend=backend, cases=cases,
                categories=categories, fast=fast, sample=sample, seed=seed, judge=judge, langsmith=langsmith,
                processes=processes, out=folder, progress=progress,
            )  # fmt: skip
    folder = Path(out)
    subjects = [*map(coordinator, coordinators or ([] if agents else ["offline"])), *map(agent, agents)]
    chosen = load_cases(cases or CASES, categories=categories, fast=fast)
    if sample is not None:
        random.Random(seed).shuffle(chosen)
        del chosen[sample:]
    jobs = [
        Job(subject, case, trial, folder / "files", backend, judge)
        for subject in subjects
        for trial in range(1, trials + 1)
        for case in chosen
    ]
    started = time.perf_counter()
    lines = run_jobs(jobs, folder / LOG, processes=processes or os.cpu_count() or 1, progress=progress)
    held = dialogues(lines)
    share = {s.label: [passed(d) for d in held if d[0]["subject"] == s.label] for s in subjects}
    write_page(lines, folder / "report.html", backend)
    if langsmith is not None:
        upload(lines, langsmith)
    return Report(
        title="Conversations",
        command=_command(
            subjects=[s.label for s in subjects], trials=trials, fast=fast, sample=sample, seed=seed
        ),
        subject=f"{len(chosen)} dialogues; {machine()}; {time.perf_counter() - started:.0f} s",
        body=body(lines),
        data={"success": {name: sum(done) / len(done) for name, done in share.items()}},
    )


def _command(subjects: Sequence[str], trials: int, fast: bool, sample: int | None, seed: int) -> str:
    who = " ".join(f"--coordinator {name}" for name in subjects)
    drawn = "" if sample is None else f" --sample {sample} --seed {seed}"
    return f"motion-agent eval conversations {who} --trials {trials}" + (" --fast" if fast else "") + drawn
