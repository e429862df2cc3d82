"""What sharing a batch gains: callers in threads, and both tasks at once, beside the same work in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .clock import Timing, clock

if TYPE_CHECKING:
    from ...motion_models.backends.protocol import MotionBackend
    from ...motion_models.language.motion_llm import MotionLLM
    from ...motion_models.language.network import AdapterPolicy

THREADS = 8
#: Words of the captions of a mixed batch; motions and captions are as many.
WORDS, EACH = 20, 4


def time_threads(
    llm: MotionLLM, backend: MotionBackend, captions: Sequence[str], seconds: float, repeats: int
) -> list[Timing]:
    """One motion for each of so many threads: in turn, and through an engine."""
    motion_seconds, turn = seconds * len(captions), threading.Lock()

    def make(number: int, seed: int) -> None:
        backend.generate([captions[number]], seconds=seconds, seed=seed)

    def make_in_turn(number: int, seed: int) -> None:
        with turn:
            make(number, seed)

    def all_at_once(work: Callable[[int, int], None]) -> Callable[[int], None]:
        return lambda seed: list(pool.map(work, range(len(captions)), [seed] * len(captions)))  # type: ignore[return-value]

    name = f"{len(captions)} threads"
    with ThreadPoolExecutor(len(captions)) as pool:
        in_turn = clock(f"{name}, one after another", motion_seconds, all_at_once(make_in_turn), repeats)
        with _engine(llm):
            shared = clock(f"{name}, one running batch", motion_seconds, all_at_once(make), repeats)
    return [in_turn, shared]


def time_mixed(llm: MotionLLM, captions: Sequence[str], seconds: float, repeats: int) -> list[Timing]:
    """Motions and captions, as many of each: one after another, a batch for each task, one batch for both."""
    import torch

    from ...motion_models.language.requests import CaptionRequest, GenerateRequest, Request
    from ...motion_models.motion.features import TOKENS_PER_SECOND

    motion = torch.arange(round(seconds * TOKENS_PER_SECOND)) % llm.vocabulary.codebook_size
    if llm.vocabulary.levels > 1:
        motion = motion[:, None].repeat(1, llm.vocabulary.levels)

    def requests(seed: int) -> list[Request]:
        texts = [captions[n % len(captions)] for n in range(EACH)]
        wanted = [GenerateRequest(text, seconds, seed + n) for n, text in enumerate(texts)]
        return [*wanted, *(CaptionRequest(motion + n, WORDS) for n in range(EACH))]

    def in_turn(seed: int) -> None:
        for request in requests(seed):
            llm.run([request])

    name, motion_seconds = f"{EACH} motions and {EACH} captions", seconds * EACH
    timings = [
        clock(f"{name}, one after another", motion_seconds, in_turn, repeats),
        clock(f"{name}, a batch for each", motion_seconds, lambda s: llm.run(requests(s)), repeats),
    ]
    with policy(llm, "grouped"):
        timings.append(clock(f"{name}, one batch", motion_seconds, lambda s: llm.run(requests(s)), repeats))
    return timings


@contextmanager
def policy(llm: MotionLLM, name: AdapterPolicy) -> Iterator[None]:
    """The same weights with their adapters applied in another way."""
    before = llm.network.policy
    llm.network.policy = name
    try:
        yield
    finally:
        llm.network.policy = before


@contextmanager
def _engine(llm: MotionLLM) -> Iterator[None]:
    from ...motion_models.language.engine import Engine

    before = llm.engine
    try:
        with Engine(llm.network) as llm.engine:
            yield
    finally:
        llm.engine = before
