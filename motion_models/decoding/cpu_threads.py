"""How many threads a piece of work on the CPU is worth.

Threads meet after every operation. For a small model that is many thousand times a second, which gains
little on idle cores and, where another process holds one of them, makes everybody wait for the thread that
does not run: generation was seen to take twenty times as long.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

#: Multiplications between two meetings (rows times weights) below which one thread does it all.
WORTH_SHARING = 64_000_000


class _Limit:
    """The process's number of threads while some of its threads work alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders, self._before = 0, 1

    @contextmanager
    def one_thread(self) -> Iterator[None]:
        """The setting belongs to the calling thread, but a new thread starts with what was set last: so the
        one that was there before the first came in is what everyone leaves behind."""
        with self._lock:
            if not self._holders:
                self._before = torch.get_num_threads()
            self._holders += 1
            torch.set_num_threads(1)
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                torch.set_num_threads(self._before)


_limit = _Limit()


@contextmanager
def fitting_threads(device: torch.device, work: int) -> Iterator[None]:
    """One thread for little work and on a busy machine, else as many as torch was given.

    work: multiplications of a step or a pass, rows times weights.
    """
    alone = device.type == "cpu" and (work < WORTH_SHARING or is_busy())
    if alone and torch.get_num_threads() > 1:
        with _limit.one_thread():
            yield
    else:
        yield


def is_busy() -> bool:
    """Whether more wants to run than there are cores, over the last minute; False where nobody can tell."""
    if not hasattr(os, "getloadavg"):
        return False
    return os.getloadavg()[0] > (os.cpu_count() or 1)
