"""Continuous batching across calls: what several threads ask for at once runs in one batch.

Items of different calls enter the running batch between steps and leave it when they are done (Yu et al.,
Orca, OSDI 2022); one batch for each decoder, so both tasks share one where adapters are grouped. What an item
becomes does not depend on its company.

One thread decodes. It starts with the first call and ends by itself when nothing was asked for a while, so an
engine that is not used holds nothing, and one that is dropped needs no farewell. A process that ends stops it
first; one that forked starts its own.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import cast, get_args

import torch
from torch import nn

from ..decoding.batch import Batch
from ..decoding.cpu_threads import fitting_threads
from ..decoding.given_up import GIVEN_UP, given_up
from ..decoding.items import Item, Size
from ..errors import BackendError
from .network import MotionNetwork
from .vocabulary import Task

#: Items in work at once, and items that may wait, before a call is refused.
ROOM, WAITING = 64, 1024
#: Seconds without work after which the thread ends.
LINGER = 5.0
#: How often a call that may be given up looks whether it was, in seconds.
LOOKING = 0.1

_Name = tuple["_Call", int]


class _Call:
    """The items of one caller, and what became of them."""

    def __init__(self, items: Sequence[Item], decoder_tasks: Sequence[Task]) -> None:
        self.items = items
        self.waiting: dict[Task, deque[int]] = {decoder_task: deque() for decoder_task in decoder_tasks}
        for number, decoder_task in enumerate(decoder_tasks):
            self.waiting[decoder_task].append(number)
        self.results: list[list[int]] = [[] for _ in items]
        self.open = len(items)
        self.error: BaseException | None = None
        self.finished = threading.Event()

    @property
    def count(self) -> int:
        return sum(map(len, self.waiting.values()))

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.waiting = {}  # another thread may be counting those of the old one
        self.finished.set()

    def take(self, decoder_task: Task) -> _Name | None:
        """Its next item for this decoder."""
        queue = self.waiting.get(decoder_task)
        return (self, queue.popleft()) if queue else None

    def keep(self, number: int, outcomes: list[int]) -> None:
        self.results[number] = outcomes
        self.open -= 1
        if not self.open:
            self.finished.set()


class Engine:
    """Decodes for several threads at once what `MotionNetwork.decode` decodes for one."""

    def __init__(
        self, network: MotionNetwork, *, room: int = ROOM, waiting: int = WAITING, linger: float = LINGER
    ) -> None:
        """room: items in work at once. waiting: how many may wait beside them. linger: see `LINGER`."""
        self.network, self.room, self.waiting, self.linger = network, room, waiting, linger
        self._news = threading.Condition()
        self._calls: deque[_Call] = deque()  # those with items that wait; the next to be served first
        self._batches: dict[Task, tuple[int, Batch]] = {}
        self._worker: threading.Thread | None = None
        self._closed = False

    # ------------------------------------------------------------------ for callers

    def decode(self, items: Sequence[Item]) -> list[list[int]]:
        """The outcomes of each item, without the stop.

        Raises BackendError where too much waits already, the engine is closed, decoding fails, or nobody
        waits for it any more (see given_up.py).
        """
        if not items:
            return []
        call = _Call(items, [self.network.decoder_task_of(item) for item in items])
        self._submit(call)
        try:
            _wait(call)
        except BaseException:  # given up, or Ctrl-C: nobody waits for the results any more
            self._withdraw(call)
            raise
        if call.error is not None:
            raise BackendError(f"decoding failed: {call.error}") from call.error
        return call.results

    def close(self) -> None:
        """Refuse further calls; those not done yet fail. Waits until the thread has ended."""
        with self._news:
            self._closed = True
            self._news.notify_all()
            worker = self._worker
        if worker is not None and worker is not threading.current_thread():
            worker.join()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, call: _Call) -> None:
        with self._news:
            if self._closed:
                raise BackendError("this engine is closed: load the backend again")
            ahead = sum(other.count for other in self._calls)
            if ahead and ahead + call.count > self.waiting:
                raise BackendError(f"{ahead} requests are waiting already: try again later")
            if self._worker is None or not self._worker.is_alive():
                self._start_worker()
            self._calls.append(call)
            self._news.notify_all()

    def _start_worker(self) -> None:
        # What a thread left behind that this process has not got: it forked.
        self._calls.clear()
        self._batches.clear()
        self._worker = threading.Thread(target=self._work, name="motion-engine", daemon=True)
        self._worker.start()
        # A thread that still computes while the interpreter is taken down brings the process down with it.
        atexit.register(self.close)

    def _withdraw(self, call: _Call) -> None:
        with self._news:
            call.fail(BackendError("withdrawn"))

    # ------------------------------------------------------------------ the thread

    @torch.inference_mode()
    def _work(self) -> None:
        try:
            while self._wait_for_work():
                for decoder_task in cast("tuple[Task, ...]", get_args(Task)):
                    self._turn(decoder_task)
        except BaseException as error:
            with self._news:
                self._end(error)
            raise

    def _wait_for_work(self) -> bool:
        """False when the thread is to end."""
        with self._news:
            while not self._closed:
                if self._worker is not threading.current_thread():
                    return False  # another took its place: who started it was interrupted meanwhile
                self._calls = deque(call for call in self._calls if call.count)
                if self._calls or any(batch.live for _, batch in self._batches.values()):
                    return True
                if not self._news.wait(self.linger):
                    break
            self._end(BackendError("the engine was closed"))
            return False

    def _end(self, error: BaseException) -> None:
        """The next call finds no thread and nothing of this one; who still waits for it is told."""
        for call in self._calls:
            call.fail(error)
        for decoder_task in tuple(self._batches):
            self._abandon(decoder_task, error)
        self._calls.clear()
        self._worker = None
        atexit.unregister(self.close)

    def _turn(self, decoder_task: Task) -> None:
        """For one decoder: let go, let in, one step. Who is in it when that fails is told."""
        entries: list[tuple[_Name, Item]] = []
        try:
            batch = self._running(decoder_task)
            entries += self._next(decoder_task, batch)
            if not entries and (batch is None or not batch.live):
                return
            with self.network.decoder(decoder_task) as decoder:
                if batch is None:
                    batch = self._start(decoder_task, decoder, entries)
                with fitting_threads(batch.device, batch.work):
                    self._admit(batch, entries)
                    for name, outcomes in batch.harvest():
                        call, number = cast(_Name, name)
                        call.keep(number, outcomes)
                    batch.advance()
        except Exception as error:
            for (call, _), _ in entries:
                call.fail(error)
            self._abandon(decoder_task, error)

    def _running(self, decoder_task: Task) -> Batch | None:
        """The batch of a decoder, without the items nobody waits for; None where one is to be started."""
        epoch, batch = self._batches.get(decoder_task, (0, None))
        if batch is not None:
            batch.drop({place.name for place in batch.live if _call(place.name).error is not None})
            if not batch.live and epoch != self.network.decoding.epoch:
                return None
        return batch

    def _start(self, decoder_task: Task, decoder: nn.Module, entries: Sequence[tuple[_Name, Item]]) -> Batch:
        decoding = self.network.decoding
        batch = decoding.start(decoder, [item for _, item in entries], self.room)
        self._batches[decoder_task] = decoding.epoch, batch
        return batch

    def _next(self, decoder_task: Task, batch: Batch | None) -> list[tuple[_Name, Item]]:
        """Waiting items there is a place for, one of every call in turn: none waits for a long one."""
        if batch is not None and self._batches[decoder_task][0] != self.network.decoding.epoch:
            return []  # new weights are for those who come when the earlier ones are done
        free = self.room - (len(batch.live) if batch else 0)
        entries: list[tuple[_Name, Item]] = []
        with self._news:
            passed = 0
            while self._calls and len(entries) < free and passed < len(self._calls):
                call = self._calls[0]
                self._calls.rotate(-1)
                name = call.take(decoder_task)
                passed = 0 if name else passed + 1
                if name:
                    entries.append((name, call.items[name[1]]))
        return entries

    def _admit(self, batch: Batch, entries: Sequence[tuple[_Name, Item]]) -> None:
        """All at once; where that fails one by one, so that only those fail whose own it is."""
        if not entries:
            return
        try:
            self._make_room(batch, [item for _, item in entries])
            batch.admit(entries)
        except Exception as error:
            if len(entries) == 1:
                entries[0][0][0].fail(error)
                return
            for entry in entries:
                self._admit(batch, [entry])

    def _make_room(self, batch: Batch, items: Sequence[Item]) -> None:
        needed = Size.of([*(place.item for place in batch.live), *items], self.room, batch.size.fixed)
        batch.resize(batch.size.with_room_for(needed.rounded()))

    def _abandon(self, decoder_task: Task, error: BaseException) -> None:
        _, batch = self._batches.pop(decoder_task, (0, None))
        for place in batch.live if batch is not None else ():
            _call(place.name).fail(error)


def _wait(call: _Call) -> None:
    """Until its results are there. Raises BackendError once it is given up."""
    pause = None if GIVEN_UP.get() is None else LOOKING
    while not call.finished.wait(pause):
        if given_up():
            raise BackendError("withdrawn: nobody waits for it any more")


def _call(name: object) -> _Call:
    """The call of an item in work."""
    return cast(_Name, name)[0]
