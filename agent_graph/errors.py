"""Errors of the agent: plans that cannot run, coordinators that cannot be reached."""

from __future__ import annotations

from collections.abc import Sequence

from ..motion_models.errors import MotionAgentError
from ..tools.errors import StorageError


class PlanError(MotionAgentError, ValueError):
    """A plan that may not run. problems: (step number from 1, or 0 for the plan as a whole; reason)."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.of_step(step) for step in dict(problems)))

    def of_step(self, step: int) -> str:
        """The reasons one step is at fault, as one line."""
        reasons = "; ".join(reason for number, reason in self.problems if number == step)
        return f"step {step} {reasons}" if step else reasons


class CoordinatorError(MotionAgentError):
    """A coordinator that is unknown, not set up, or cannot be reached."""


class ConfigError(MotionAgentError, ValueError):
    """Settings that contradict each other or cannot be read."""


class ThreadBusyError(StorageError):
    """A conversation in which another process is in the middle of a turn."""
