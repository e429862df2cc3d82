"""A batch that fails costs no job but the one that is to blame."""

from __future__ import annotations

from collections.abc import Sequence

from motion_agent.evals.batching import together_or_alone
from motion_agent.motion_models.errors import BackendError


def test_only_the_job_to_blame_fails() -> None:
    sizes: list[int] = []

    def run(jobs: Sequence[str]) -> list[str]:
        sizes.append(len(jobs))
        if "bad" in jobs:
            raise BackendError("no such motion")
        return [job.upper() for job in jobs]

    assert together_or_alone(["a", "bad", "b"], run, lambda job, error: f"{job}: {error}") == [
        "A", "bad: no such motion", "B",
    ]  # fmt: skip
    assert sizes == [3, 1, 1, 1]
    assert together_or_alone(["a", "b"], run, lambda job, error: "") == ["A", "B"]
    assert sizes[4:] == [2]
