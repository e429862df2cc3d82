"""Continuous batching across calls: the same results in any company, and nobody harmed by another's fault."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
import torch
from motion_agent.motion_models.decoding import slots
from motion_agent.motion_models.decoding.batch import Batch
from motion_agent.motion_models.decoding.decoding import Decoding
from motion_agent.motion_models.decoding.given_up import GIVEN_UP
from motion_agent.motion_models.errors import BackendError, InvalidRequestError
from motion_agent.motion_models.language.engine import Engine
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.requests import CaptionRequest, GenerateRequest, Request
from tiny_llm import CAPTIONS, tiny_llm

POLICIES = pytest.mark.parametrize("policy", ["merged", "grouped", "switched"])


def shared(policy: str = "merged", **options: float) -> MotionLLM:
    model = tiny_llm(policy=policy)
    model.engine = Engine(model.network, **options)  # type: ignore[arg-type]
    return model


def calls() -> list[list[Request]]:
    """Ten calls of different kind, size and length."""
    made: list[list[Request]] = []
    for n in range(10):
        guidance = (None, 3.0)[n % 2]
        lengths = [(None, 0.6, 3.0)[(n + k) % 3] for k in range(1 + n % 4)]
        made.append(
            [GenerateRequest(CAPTIONS[k % 3], s, seed=n, guidance=guidance) for k, s in enumerate(lengths)]
        )
        if n % 3 == 0:
            made[-1].append(CaptionRequest([n, 2, 3], max_new_tokens=9))
    return made


def plain(results: list[torch.LongTensor | str]) -> list[object]:
    return [result if isinstance(result, str) else result.tolist() for result in results]


@POLICIES
@pytest.mark.parametrize("fixed", [False, True])
def test_results_do_not_depend_on_the_company(policy: str, fixed: bool) -> None:
    alone = [plain(tiny_llm(policy=policy).run(call)) for call in calls()]
    model = shared(policy, room=6)
    model.network.decoding = Decoding(fixed=fixed)
    with model.engine or pytest.fail(), ThreadPoolExecutor(5) as pool:
        for _ in range(2):
            assert [plain(r) for r in pool.map(model.run, calls())] == alone


def test_calls_at_once_share_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared()
    sizes: list[int] = []
    advance = Batch.advance

    def watched(self: Batch) -> None:
        sizes.append(len(self.live))
        advance(self)

    monkeypatch.setattr(Batch, "advance", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: model.generate(CAPTIONS[:1], seconds=8.0, seed=n), range(4)))
    assert max(sizes) > 1


def test_a_bad_request_is_its_callers_own() -> None:
    model = shared()
    with ThreadPoolExecutor(4) as pool:
        good = [pool.submit(model.generate, CAPTIONS, seconds=2.0, seed=n) for n in range(3)]
        bad = pool.submit(model.generate, ["jump " * 2000])
        with pytest.raises(InvalidRequestError):
            bad.result()
        assert all(len(motion) == 10 for future in good for motion in future.result())


def failing_for(seed: int, admit: Callable[..., None]) -> Callable[..., None]:
    def check(self: Batch, entries: list) -> None:
        if any(item.seed == seed for _, item in entries):
            raise RuntimeError("out of memory")
        admit(self, entries)

    return check


def test_who_cannot_be_let_in_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared()
    monkeypatch.setattr(Batch, "admit", failing_for(13, Batch.admit))
    with ThreadPoolExecutor(4) as pool:
        futures = {n: pool.submit(model.generate, CAPTIONS, seconds=2.0, seed=n) for n in (1, 13, 2)}
        with pytest.raises(BackendError, match="out of memory"):
            futures[13].result()
        assert all(len(motion) == 10 for n in (1, 2) for motion in futures[n].result())


def test_after_a_failed_step_the_next_call_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared()
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "advance", lambda self: (_ for _ in ()).throw(RuntimeError("broken")))
        with pytest.raises(BackendError, match="broken"):
            model.generate(CAPTIONS, seconds=1.0)
    assert len(model.generate(CAPTIONS, seconds=1.0)[0]) == 5


@pytest.mark.parametrize("broken", ["decoder", "decoding.start"])
def test_who_waits_is_told_that_no_batch_can_be_made(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    model = shared()
    with monkeypatch.context() as patch:
        patch.setattr(
            model.network if broken == "decoder" else model.network.decoding,
            broken.rpartition(".")[2],
            lambda *_: (_ for _ in ()).throw(RuntimeError("no memory")),
        )
        for _ in range(2):
            with pytest.raises(BackendError, match="no memory"):
                model.generate(CAPTIONS, seconds=1.0)
    assert len(model.generate(CAPTIONS, seconds=1.0)[0]) == 5


@pytest.mark.parametrize("method", ["_draw", "_regroup"])
def test_a_failed_admission_leaves_no_trace(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    model, failures = shared(), []
    expected = tiny_llm().generate(CAPTIONS, seconds=2.0, seed=3)
    plain_method = getattr(Batch, method)

    def fails_once(self: Batch, *arguments: object) -> None:
        if len(self.live) > 1 and not failures:
            failures.append(len(self.live))
            raise RuntimeError("out of memory")
        plain_method(self, *arguments)

    monkeypatch.setattr(Batch, method, fails_once)
    found = model.generate(CAPTIONS, seconds=2.0, seed=3)
    assert failures == [3] and all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_who_needs_more_room_than_there_is_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared()
    expected = tiny_llm().generate(CAPTIONS, seconds=20.0, seed=3)
    inside, advance, resize = threading.Event(), Batch.advance, slots.enlarged

    def watched(self: Batch) -> None:
        inside.set()
        advance(self)

    def full(values: torch.Tensor, *sizes: int) -> torch.Tensor:
        if len(sizes) == 3 and sizes[2] > 300:
            raise RuntimeError("out of memory")
        return resize(values, *sizes)

    monkeypatch.setattr(Batch, "advance", watched)
    monkeypatch.setattr(slots, "enlarged", full)
    with ThreadPoolExecutor(1) as pool:
        good = pool.submit(model.generate, CAPTIONS, seconds=20.0, seed=3)
        assert inside.wait(10)
        with pytest.raises(BackendError, match="out of memory"):
            model.generate(CAPTIONS[:1], seconds=80.0)
        assert all(torch.equal(a, b) for a, b in zip(good.result(), expected, strict=True))


_ENDING = """
import contextlib, threading, time
from motion_agent.motion_models.language.engine import Engine
from motion_agent.motion_models.errors import BackendError
from tiny_llm import CAPTIONS, tiny_llm
model = tiny_llm()
model.engine = Engine(model.network)
def call():
    with contextlib.suppress(BackendError):
        model.generate(CAPTIONS * 20, seconds=90.0)
threading.Thread(target=call, daemon=True).start()
while not model.engine._batches:
    time.sleep(0.01)
"""

_FORKED = """
import os
from motion_agent.motion_models.language.engine import Engine
from tiny_llm import CAPTIONS, tiny_llm
model = tiny_llm()
model.engine = Engine(model.network)
before = model.generate(CAPTIONS, seconds=1.0, seed=1)
child = os.fork()
after = model.generate(CAPTIONS, seconds=1.0, seed=1)
assert all(map(lambda a, b: a.equal(b), before, after))
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize("program", [_ENDING, _FORKED], ids=["ending", "forked"])
def test_a_process_may_end_and_fork(program: str) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_queue_is_bounded_and_closing_wakes_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared(room=1, waiting=2)
    engine = model.engine or pytest.fail()
    inside, gate = threading.Event(), threading.Event()
    advance = Batch.advance

    def held(self: Batch) -> None:
        inside.set()
        gate.wait(10)
        advance(self)

    monkeypatch.setattr(Batch, "advance", held)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(model.generate, CAPTIONS, seconds=1.0)
        assert inside.wait(10)
        with pytest.raises(BackendError, match="waiting already"):
            model.generate(CAPTIONS[:1], seconds=1.0)
        closing = pool.submit(engine.close)
        while not engine._closed:
            pass
        gate.set()
        closing.result()
        with pytest.raises(BackendError, match="closed"):
            waiting.result()
    with pytest.raises(BackendError, match="closed"):
        model.generate(CAPTIONS[:1], seconds=1.0)


def test_a_caller_that_is_interrupted_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared()
    expected = tiny_llm().generate(CAPTIONS, seconds=4.0, seed=2)

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if threading.current_thread().name == "impatient":
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr("motion_agent.motion_models.language.engine.threading.Event", Interrupted)
    seen: list[type] = []

    def impatient() -> None:
        try:
            model.generate(CAPTIONS, seconds=50.0, seed=1)
        except KeyboardInterrupt:
            seen.append(KeyboardInterrupt)

    thread = threading.Thread(target=impatient, name="impatient")
    thread.start()
    thread.join()
    found = model.generate(CAPTIONS, seconds=4.0, seed=2)
    assert seen == [KeyboardInterrupt]
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_a_call_that_is_given_up_leaves_nothing_in_work() -> None:
    model = shared()
    engine = model.engine or pytest.fail()
    gone = threading.Event()
    context = copy_context()
    context.run(GIVEN_UP.set, gone)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(context.run, model.generate, CAPTIONS, seconds=50.0, seed=1)
        _until(lambda: any(batch.live for _, batch in engine._batches.values()))
        gone.set()
        with pytest.raises(BackendError, match="nobody waits"):
            asking.result(60)
    _until(lambda: not any(batch.live for _, batch in engine._batches.values()))
    found = model.generate(CAPTIONS, seconds=4.0, seed=2)
    expected = tiny_llm().generate(CAPTIONS, seconds=4.0, seed=2)
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


def test_a_call_that_is_given_up_is_not_decoded_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    model, gone, steps, advance = shared(), threading.Event(), [0], Batch.advance
    engine, context = model.engine or pytest.fail(), copy_context()
    context.run(GIVEN_UP.set, gone)

    def counted(batch: Batch) -> None:
        steps[0] += 1
        advance(batch)
        if steps[0] == 3:
            gone.set()
            _until(asking.done)

    monkeypatch.setattr(Batch, "advance", counted)
    with ThreadPoolExecutor(1) as pool, engine:
        asking = pool.submit(context.run, model.generate, CAPTIONS, seconds=50.0, seed=1)
        with pytest.raises(BackendError, match="nobody waits"):
            asking.result(60)
        _until(lambda: not any(batch.live for _, batch in engine._batches.values()))
    assert steps[0] == 3


def _until(true: Callable[[], bool], patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def test_a_short_call_need_not_wait_for_a_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    model = shared(room=2)
    engine = model.engine or pytest.fail()
    order: list[int] = []
    admitted = threading.Event()
    admit = Batch.admit

    def watched(self: Batch, entries: list) -> None:
        order.extend(item.seed for _, item in entries)
        admitted.set()
        admit(self, entries)

    monkeypatch.setattr(Batch, "admit", watched)
    with ThreadPoolExecutor(2) as pool:
        with engine._news:  # the thread cannot start before both have asked
            long = pool.submit(model.generate, CAPTIONS[:1] * 12, seconds=2.0, seed=1)
            while pool._work_queue.qsize():
                pass
        short = pool.submit(model.generate, CAPTIONS[:1], seconds=1.0, seed=2)
        short.result()
        long.result()
    assert 2 in order[:8]


def test_the_thread_ends_when_nothing_is_asked() -> None:
    model = shared(linger=0.05)
    engine = model.engine or pytest.fail()
    first = model.generate(CAPTIONS[:1], seconds=1.0, seed=1)
    worker = engine._worker
    if worker is not None:
        worker.join(10)
    assert engine._worker is None and not engine._batches
    assert torch.equal(model.generate(CAPTIONS[:1], seconds=1.0, seed=1)[0], first[0])


def test_new_weights_are_used_by_later_calls() -> None:
    model = shared()
    before = model.generate(CAPTIONS[:1], seconds=4.0, greedy=True)[0]
    model.network.train()
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if ".lora_B.t2m" in name:
                parameter.mul_(3)
    model.network.eval()
    assert not torch.equal(before, model.generate(CAPTIONS[:1], seconds=4.0, greedy=True)[0])


@pytest.mark.gpu
@POLICIES
def test_callers_share_captured_steps(policy: str) -> None:
    requests = [[GenerateRequest(text, 2.0, greedy=True)] for text in CAPTIONS] + [
        [CaptionRequest([n, 5, 7], max_new_tokens=9)] for n in range(3)
    ]
    expected = [plain(tiny_llm(policy=policy).run(call)) for call in requests]
    model = shared(policy)
    model.to("cuda")
    with ThreadPoolExecutor(6) as pool:
        for _ in range(2):
            assert [plain(results) for results in pool.map(model.run, requests)] == expected
