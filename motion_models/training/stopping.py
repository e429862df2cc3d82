"""Stopping a training by Ctrl-C or SIGTERM so that it can go on: finish the step, write a checkpoint, end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch
from torch import distributed
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from .processes import processes

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopOnSignal(TrainerCallback):
    """Ends a run with a checkpoint after the step in which a signal came. A second Ctrl-C ends it at once.

    stopped: whether it did; a run whose last step that was has simply ended.
    """

    def __init__(self) -> None:
        self.asked = self.stopped = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals over; only the main thread may."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._ask) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        # torchrun passes a signal on that its processes have had from the terminal already.
        if self.asked and processes() == 1:
            raise KeyboardInterrupt
        self.asked = True

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if processes() > 1:
            self.asked = _any_process(self.asked, args.device)
        if self.asked and state.global_step < state.max_steps:
            self.stopped = control.should_save = control.should_training_stop = True


def _any_process(flag: bool, device: torch.device) -> bool:
    """Whether any process was asked: all must end after the same step."""
    asked = torch.tensor(int(flag), device=device)
    distributed.all_reduce(asked, op=distributed.ReduceOp.MAX)
    return bool(asked)
