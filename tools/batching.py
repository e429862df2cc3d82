"""How tools run: each is a generator that asks for motions and is given their tokens.

A tool's work yields batches of `Job`s and receives one token tuple per job; what it returns is its
`Result`. Because asking is separate from generating, the jobs of many tools can go to the backend as ONE
batch: `perform` drives any number of works in lock step. A single tool used in somebody else's agent is the
same call with one task, so both paths share one body.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..motion_models.errors import MotionAgentError
from .errors import SkippedStepError
from .schemas import MotionRef, Trail

#: What a motion is kept as: for every step its code, or its codes where the tokenizer gives several.
Tokens = tuple[int | tuple[int, ...], ...]


@dataclass(frozen=True)
class Job:
    """One motion to generate. prompt: the backend's reading of the request; prefix: tokens right before."""

    prompt: str
    seconds: float | None = None
    seed: int | None = None
    prefix: Tokens = ()


@dataclass(frozen=True)
class Result:
    """What a tool gives: `content` for the model that called it, `artifact` for the program around it.

    made: the motions that are new and now current, newest last; empty for tools that only look.
    trail: where the conversation stands now, from tools that go back and forth in it.
    """

    content: dict[str, Any]
    artifact: MotionRef | list[MotionRef]
    made: tuple[MotionRef, ...] = ()
    trail: Trail | None = None


#: What a tool is: work that asks for motions, or, where nothing has to be generated, its result at once.
Work = Generator[list[Job], list[Tokens], Result]
Generate = Callable[[Sequence[Job]], list[Tokens]]
StepOutcome = Result | MotionAgentError


@dataclass(frozen=True)
class StepRun:
    """Work to begin once the tasks numbered in `after` and `needs` are done; `start` is given their results.

    needs: tasks whose failure makes this one pointless.
    """

    start: Callable[[Mapping[int, Result]], Work | Result]
    needs: frozenset[int] = field(default=frozenset())
    after: frozenset[int] = field(default=frozenset())


def perform(tasks: Sequence[StepRun], generate: Generate) -> list[StepOutcome]:
    """Run tasks together, one batch of jobs a round, and give each one's result or typed error.

    Tasks may only come after tasks of lower number, so every round makes progress.
    """
    outcomes: dict[int, StepOutcome] = {}
    running: dict[int, _Running] = {}
    while len(outcomes) < len(tasks):
        _start_ready(tasks, outcomes, running)
        waiting = {number: run for number, run in running.items() if number not in outcomes}
        _advance(waiting, generate)
        outcomes |= {n: run.outcome for n, run in waiting.items() if run.outcome is not None}
    return [outcomes[number] for number in range(len(tasks))]


class _Running:
    """A work that has begun: the jobs it waits for, or its outcome."""

    def __init__(self, begin: Callable[[], Work | Result]) -> None:
        self.jobs: list[Job] = []
        self.outcome: StepOutcome | None = None
        self._work: Work | None = None
        self._step(lambda: self._begin(begin()))

    def resume(self, tokens: list[Tokens]) -> None:
        work = self._work
        if work is not None:
            self._step(lambda: work.send(tokens))

    def fail(self, error: MotionAgentError) -> None:
        """End the work where it waits, with an error it may still clean up after."""
        work = self._work
        if work is None:
            self.outcome = error
        else:
            self._step(lambda: work.throw(error))

    def _begin(self, work: Work | Result) -> list[Job]:
        if isinstance(work, Result):
            self.outcome = work
            return []
        self._work = work
        return next(work)

    def _step(self, step: Callable[[], list[Job]]) -> None:
        try:
            self.jobs = step()
        except StopIteration as finished:
            self.outcome = finished.value
        except MotionAgentError as error:
            self.outcome = error


def _start_ready(
    tasks: Sequence[StepRun], outcomes: dict[int, StepOutcome], running: dict[int, _Running]
) -> None:
    """Begin every task whose predecessors are done; one whose predecessor failed fails with it."""
    for number, task in enumerate(tasks):
        if number in running or number in outcomes or not task.needs | task.after <= outcomes.keys():
            continue
        failed = min((n for n in task.needs if isinstance(outcomes[n], MotionAgentError)), default=None)
        if failed is not None:
            outcomes[number] = SkippedStepError(f"not run, because step {failed + 1} failed")
            continue
        done = {n: result for n, result in outcomes.items() if isinstance(result, Result)}
        running[number] = run = _Running(lambda task=task, done=done: task.start(done))
        if run.outcome is not None:
            outcomes[number] = run.outcome


def _advance(waiting: Mapping[int, _Running], generate: Generate) -> None:
    """Generate all waiting jobs as one batch; if that fails, apart, so that only the cause fails."""
    runs = list(waiting.values())
    if not runs:
        return
    try:
        batch = generate([job for run in runs for job in run.jobs])
    except MotionAgentError as error:
        if len(runs) == 1:
            runs[0].fail(error)
        else:
            for number, run in waiting.items():
                _advance({number: run}, generate)
        return
    parts = iter(batch)
    for run in runs:
        run.resume([next(parts) for _ in run.jobs])
