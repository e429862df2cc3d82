"""`motion-agent eval plans`: single requests, and whether a coordinator's plans do what they say.

A request is a dialogue of one turn. It fits when every check of it holds: the current motion speaks of what
was asked, in its order, and people share a scene where there are several. One that wants no motion fits when
it is answered in words.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from ..aggregate import by_group
from ..report import Report, machine, table
from .dialogues.schema import Case, load_cases
from .runner import LOG, Job, Line, run_jobs
from .subjects import coordinator
from .summary import cell, passed

#: The requests that ship, in groups by what was known of them when the prompt was written.
REQUESTS = Path(__file__).with_name("dialogues") / "requests"


@dataclass(frozen=True)
class Tally:
    """What became of a group of requests.

    wanting: those that want a motion. valid: of these, how many had a first plan that was taken as it was.
    answered: how many of the others were answered. seconds: the median of a request.
    """

    requests: int
    wanting: int
    valid: int
    fits: int
    answered: int
    replies: float
    seconds: float

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Tally:
        wanting = [line for line in lines if _wants_motion(line)]
        records = [line["record"] for line in lines]
        return cls(
            requests=len(lines),
            wanting=len(wanting),
            valid=sum(map(_first_plan_valid, wanting)),
            fits=sum(passed([line]) for line in lines),
            answered=sum(passed([line]) for line in lines if not _wants_motion(line)),
            replies=mean(record["model_calls"] for record in records),
            seconds=median(record["seconds_taken"] for record in records),
        )

    @property
    def cells(self) -> list[str]:
        return [
            f"{self.valid} of {self.wanting}",
            f"{self.fits} of {self.requests}",
            f"{self.answered} of {self.requests - self.wanting}",
            f"{self.replies:.2f}",
            f"{self.seconds:.1f}",
        ]


def run(
    *,
    coordinators: Sequence[str] = (),
    categories: Sequence[str] = (),
    backend: str | None = None,
    processes: int | None = None,
    out: str | Path | None = None,
    progress: bool = True,
) -> Report:
    """Put the requests, or some groups of them, to coordinators; with `out` a run that was stopped goes on.

    data["groups"] of the report has a `Tally` per coordinator and group, data["success"] the share of
    requests that fit, per coordinator. Raises what the set-up of a coordinator raises.
    """
    subjects = [coordinator(name) for name in coordinators or ["offline"]]
    cases = load_cases(REQUESTS, categories=categories)
    with TemporaryDirectory() if out is None else nullcontext(out) as folder:
        jobs = [
            Job(subject, case, 1, Path(folder) / "files", backend) for subject in subjects for case in cases
        ]
        lines = run_jobs(
            jobs, Path(folder) / LOG, processes=processes or os.cpu_count() or 1, progress=progress
        )
    named = " ".join(f"-c {subject.label}" for subject in subjects)
    return Report(
        title="Plans",
        command=f"motion-agent eval plans {named}",
        subject=f"{len(cases)} requests; {machine()}",
        body=_body(lines, cases),
        data={
            "groups": {
                subject: {group: asdict(Tally.of(said)) for group, said in _by_category(mine).items()}
                for subject, mine in _by_subject(lines).items()
            },
            "success": {
                subject: mean(passed([line]) for line in mine) for subject, mine in _by_subject(lines).items()
            },
        },
    )


def _body(lines: Sequence[Line], cases: Sequence[Case]) -> str:
    rows = [
        [subject, group, *Tally.of(said).cells]
        for subject, mine in _by_subject(lines).items()
        for group, said in _by_category(mine).items()
    ]
    headers = ["coordinator", "requests", "first plan valid", "fits", "answered where no motion is wanted"]
    asked = {case.id: case.turns[0].user for case in cases}
    missed = [
        [
            line["subject"],
            asked[line["case"]],
            cell("; ".join(score["comment"] for score in line["scores"] if score["comment"])),
        ]
        for line in lines
        if not passed([line])
    ]
    return "\n\n".join(
        [
            table([*headers, "replies a request", "seconds a request, median"], rows),
            "What does not fit.",
            table(["coordinator", "request", "what was missed"], missed) if missed else "None.",
        ]
    )


def _by_subject(lines: Sequence[Line]) -> dict[str, list[Line]]:
    return by_group(lines, lambda line: line["subject"])


def _by_category(lines: Sequence[Line]) -> dict[str, list[Line]]:
    return by_group(lines, lambda line: line["category"])


def _wants_motion(line: Line) -> bool:
    """Whether the request is checked for what its motion speaks of."""
    return any(score["key"] == "descriptions" for score in line["scores"])


def _first_plan_valid(line: Line) -> bool:
    attempts = line["record"]["attempts"]
    return bool(attempts) and not attempts[0]["refused"]
