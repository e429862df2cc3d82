"""Steps as CUDA graphs: captured once for each combination of sizes, replayed from then on.

On other devices a step is called as it is, so that all around it is the same everywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from functools import cache

import torch
from torch import Tensor

#: Graphs kept by one batch, for as many combinations of group sizes.
GRAPHS = 32
#: torch captures one graph at a time in a process.
_capturing = threading.Lock()


class Steps:
    """Steps by key; the one made first leaves first."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._known: dict[Hashable, Callable[[], object]] = {}

    def get(self, key: Hashable, step: Callable[[], object], state: Sequence[Tensor]) -> Callable[[], object]:
        """The step known by `key`, else `step`. state: what it changes and must not have changed by being
        captured."""
        if key not in self._known:
            while len(self._known) >= GRAPHS:
                del self._known[next(iter(self._known))]
            self._known[key] = self._capture(step, state) if self.device.type == "cuda" else step
        return self._known[key]

    def _capture(self, step: Callable[[], object], state: Sequence[Tensor]) -> Callable[[], object]:
        with _capturing, torch.cuda.device(self.device):
            before = [tensor.clone() for tensor in state]
            side, here = _side_stream(self.device), torch.cuda.current_stream()
            side.wait_stream(here)
            with torch.cuda.stream(side):  # libraries set themselves up and kernels are compiled outside
                for _ in range(2):
                    step()
            here.wait_stream(side)
            for tensor, old in zip(state, before, strict=True):
                tensor.copy_(old)
            graph = torch.cuda.CUDAGraph()
            # What other threads do on the device meanwhile is none of this graph's business.
            with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
                step()
        return graph.replay


@cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    """One for all captures on a device, as libraries keep memory for every stream they were used on. torch's
    own lies on the device that was current at its first capture; a graph of another would stay empty."""
    return torch.cuda.Stream(device)
