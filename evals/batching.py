"""Jobs that run as one batch, or one by one where the batch fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..motion_models.errors import MotionAgentError

Job = TypeVar("Job")
Result = TypeVar("Result")


def together_or_alone(
    jobs: Sequence[Job],
    run: Callable[[Sequence[Job]], list[Result]],
    failed: Callable[[Job, MotionAgentError], Result],
) -> list[Result]:
    """The results of one batch; where it fails each job runs alone, so that only the cause fails."""
    try:
        return run(jobs)
    except MotionAgentError as error:
        if len(jobs) == 1:
            return [failed(jobs[0], error)]
        return [result for job in jobs for result in together_or_alone([job], run, failed)]
