"""Captured steps without a GPU: a stand-in for torch.cuda captures nothing and replays what it was given.

What it shows: that steps tried before a capture leave no trace, and that replayed steps find every tensor
where it stood when they were captured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest
import torch
from motion_agent.motion_models.decoding.batch import Batch
from motion_agent.motion_models.decoding.decoding import Decoding
from motion_agent.motion_models.decoding.graphs import Steps
from motion_agent.motion_models.language.engine import Engine
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.requests import CaptionRequest, GenerateRequest, Request
from tiny_llm import CAPTIONS, tiny_llm

POLICIES = pytest.mark.parametrize("policy", ["merged", "grouped", "switched"])


class Stream:
    def __init__(self, device: object = None) -> None:
        pass

    def wait_stream(self, other: Stream) -> None:
        pass


class Graph:
    """Replays the step that was called while it was captured."""

    recording: Graph | None = None

    def __init__(self) -> None:
        self.step: Callable[[], object] | None = None

    def replay(self) -> None:
        assert self.step is not None, "nothing was captured"
        self.step()


@contextmanager
def capture(graph: Graph, *, stream: Stream, capture_error_mode: str) -> Iterator[None]:
    Graph.recording = graph
    yield
    Graph.recording = None


def addresses(batch: Batch) -> list[int]:
    """Where all that a step reads and writes lies."""
    tensors = [*batch.places._all, *batch._state, batch._owner, batch.slots.adapters]
    tensors += [states for layer in batch.slots._layers for states in (layer.keys, layer.values)]
    return [tensor.data_ptr() for tensor in tensors]


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often steps were captured, one entry for each."""
    found: list[int] = []
    for name, value in {
        "Stream": Stream, "current_stream": Stream, "device": nullcontext, "stream": nullcontext,
        "CUDAGraph": Graph, "graph": capture,
    }.items():  # fmt: skip
        monkeypatch.setattr(torch.cuda, name, value)
    plain_step = Batch._step

    def step(self: Batch, count: int, groups: list) -> None:
        here = addresses(self), [group.index.data_ptr() for group in groups]

        def replayed() -> None:
            assert (addresses(self), [group.index.data_ptr() for group in groups]) == here
            plain_step(self, count, groups)

        if Graph.recording is None:
            plain_step(self, count, groups)
        else:
            Graph.recording.step = replayed

    def get(self: Steps, key: object, step: Callable[[], object], state: list) -> Callable[[], object]:
        if key not in self._known:
            found.append(1)
            self._known[key] = self._capture(step, state)  # type: ignore[index]
        return self._known[key]  # type: ignore[index]

    monkeypatch.setattr(Batch, "_step", step)
    monkeypatch.setattr(Steps, "get", get)
    return found


def requests() -> list[Request]:
    texts = [f"{caption} {n}" for n in range(3) for caption in CAPTIONS]
    wanted: list[Request] = [
        GenerateRequest(text, (None, 1.0, 5.0)[n % 3], seed=n, guidance=(None, 3.0)[n % 2], max_seconds=4.0)
        for n, text in enumerate(texts)
    ]
    return wanted + [CaptionRequest([n, 2, 3], max_new_tokens=4 + 5 * n) for n in range(4)]


def plain(model: MotionLLM) -> list[object]:
    return [made if isinstance(made, str) else made.tolist() for made in model.run(requests())]


@POLICIES
@pytest.mark.parametrize("shared", [False, True])
def test_captured_steps_give_what_single_steps_give(captures: list[int], policy: str, shared: bool) -> None:
    expected = plain(tiny_llm(policy=policy))
    model = tiny_llm(policy=policy)
    model.network.decoding = Decoding(fixed=True, room=4)
    model.engine = Engine(model.network, room=4) if shared else None
    assert plain(model) == expected
    first = len(captures)
    assert plain(model) == expected
    assert first > 0
    if not shared:  # there the order in which calls come decides
        assert len(captures) == first
