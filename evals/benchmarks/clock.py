"""Timing: a task is repeated after a warm-up, and its median counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds of each repetition of one task that makes `motion_seconds` of motion."""

    task: str
    motion_seconds: float
    seconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        return median(self.seconds)

    @property
    def real_time(self) -> float:
        """Seconds of motion made in a second."""
        return self.motion_seconds / self.typical


def clock(
    task: str, motion_seconds: float, work: Callable[[int], object], repeats: int, warm_up: int = 2
) -> Timing:
    """Time `work(repetition)` after a few untimed calls."""
    for repetition in range(warm_up):
        work(repetition)
    times = []
    for repetition in range(repeats):
        start = time.perf_counter()
        work(repetition)
        times.append(time.perf_counter() - start)
    return Timing(task, motion_seconds, tuple(times))
