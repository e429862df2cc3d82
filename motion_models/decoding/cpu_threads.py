"""How many threads a piece of work on the CPU is worth, where the process allows that to be decided here.

Threads meet after every operation. For a small model that is many thousand times a second, which gains
little on idle cores and, where another process holds one of them, makes everybody wait for the thread that
does not run: generation was seen to take twenty times as long.

The number of threads belongs to the whole process, so a library leaves it alone: nothing changes it until
`allow_fewer_threads` is called. The command line, whose process is its own, calls it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

#: Multiplications between two meetings (rows times weights) below which one thread does it all.
WORTH_SHARING = 64_000_000


class _Limit:
    """The process's number of threads while some of its threads work alone; only where that is allowed."""

    def __init__(self) -> None:
        self.allowed = False
        self._lock = threading.Lock()
        self._holders, self._before = 0, 1

    @contextmanager
    def one_thread(self) -> Iterator[None]:
        """The setting belongs to the calling thread, but a new thread starts with what was set last: so the
        one that was there before the first came in is what everyone leaves behind."""
        import torch

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


def allow_fewer_threads(allowed: bool) -> None:
    """Whether work on the CPU may lower torch's number of threads, in the whole process, while it runs."""
    _limit.allowed = allowed


def share_cores(processes: int) -> None:
    """Lower torch's number of threads in this process to its share of the cores, one at least.

    processes: how many do the same work side by side on this machine.
    """
    import torch

    share = max(1, (os.cpu_count() or 1) // processes)
    torch.set_num_threads(min(torch.get_num_threads(), share))


@contextmanager
def fitting_threads(device: torch.device, work: int) -> Iterator[None]:
    """One thread for little work and on a busy machine, where allowed; else as many as torch was given.

    work: multiplications of a step or a pass, rows times weights.
    """
    import torch

    alone = _limit.allowed and device.type == "cpu" and (work < WORTH_SHARING or is_busy())
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
