"""Errors of the agent: plans that cannot run, coordinators that cannot be reached.

Each that can end a run is also a ValueError or RuntimeError: a LangGraph server shows the message of these to
its clients, and hides those of types it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..motion_models.errors import MotionAgentError
from ..tools.errors import TOLD_FAULTS, StorageError


class PlanError(MotionAgentError, ValueError):
    """A plan that may not run. problems: (step number from 1, or 0 for the plan as a whole; reason)."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = tuple(problems)
        steps = list(dict(problems))
        more = [f"and {len(steps) - TOLD_FAULTS} more steps"] if len(steps) > TOLD_FAULTS else []
        super().__init__("; ".join([self.of_step(step) for step in steps[:TOLD_FAULTS]] + more))

    def of_step(self, step: int) -> str:
        """The reasons one step is at fault, as one line."""
        reasons = "; ".join(reason for number, reason in self.problems if number == step)
        return f"step {step} {reasons}" if step else reasons


class CoordinatorError(MotionAgentError, RuntimeError):
    """A coordinator that is unknown, not set up, or cannot be reached."""


class ConfigError(MotionAgentError, ValueError):
    """Settings that contradict each other or cannot be read."""


class WorkerError(MotionAgentError, RuntimeError):
    """A process of a server of several that cannot start, or has ended by itself."""


class ThreadBusyError(StorageError):
    """A conversation in which another process is in the middle of a turn."""
