"""Steps as CUDA graphs: captured once for each combination of sizes, replayed from then on.

On other devices a step is called as it is, so that all around it is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import torch
from torch import Tensor

#: Graphs kept by one batch, for as many combinations of group sizes.
GRAPHS = 32


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
        before = [tensor.clone() for tensor in state]
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(side):  # libraries set themselves up, and kernels are compiled, outside of it
            for _ in range(2):
                step()
        torch.cuda.current_stream(self.device).wait_stream(side)
        for tensor, old in zip(state, before, strict=True):
            tensor.copy_(old)
        graph = torch.cuda.CUDAGraph()
        # What other threads do on the device meanwhile is none of this graph's business.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            step()
        return graph.replay
