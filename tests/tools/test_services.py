"""What tools need of a backend is asked for together where it can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from motion_agent.motion_models.errors import BackendError
from motion_agent.tools.batching import Job
from motion_agent.tools.caption import import_motion
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.transitions import PATHS, connecting
from motion_agent.tools.schemas import CaptionMotionArgs
from motion_agent.tools.services import Call, Services


class Together(FakeBackend):
    """Says how many motions it was given at once, and decodes each as it would alone."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: list[int] = []

    def decode_batch(self, motions):
        self.counts.append(len(motions))
        return [self.decode(tokens) for tokens in motions]


def test_a_transition_decodes_its_neighbours_at_once_and_then_all_its_ways():
    backend = Together()
    services, alone = (Services(b, MotionMemory()) for b in (backend, FakeBackend()))
    way = connecting(services, (1, 2, 3), (4, 5, 6), 2)
    assert backend.counts[0] == 2 and len(backend.counts) == 2
    assert 1 <= backend.counts[1] <= len(PATHS)
    assert way == connecting(alone, (1, 2, 3), (4, 5, 6), 2)


def test_several_motions_are_decoded_one_by_one_where_the_backend_knows_no_better():
    services = Services(FakeBackend(), MotionMemory())
    asked = [(1, 2), (3, 4, 5)]
    for features, tokens in zip(services.decode_all(asked), asked, strict=True):
        np.testing.assert_array_equal(features, services.decode(tokens))


def test_a_failing_batch_is_one_typed_error():
    class Broken(Together):
        def decode_batch(self, motions: Any) -> Any:
            return 1 / 0

    backend = Broken()
    with pytest.raises(BackendError, match="ZeroDivisionError"):
        Services(backend, MotionMemory()).decode_all([(1, 2)])


def test_each_motion_of_a_batch_is_made_in_its_own_context_or_in_none():
    backend = FakeBackend()
    services = Services(backend, MotionMemory())
    services.generate([Job(prompt="a person walks", prefix=(4, 5)), Job(prompt="a person jumps")])
    assert backend.prefixes == [[4, 5], []]


class Searching(FakeBackend):
    """Encodes what is shown again by other ids than what is captioned."""

    def encode_closely(self, features: np.ndarray) -> torch.LongTensor:
        ids = self.encode(features)
        return torch.full_like(ids, 3)  # pyright: ignore[reportReturnType]


def test_a_file_is_described_by_plain_ids_and_kept_by_close_ones(tmp_path: Path, walk: np.ndarray) -> None:
    np.save(tmp_path / "walk.npy", walk)
    plain, close = (Services(b, MotionMemory(), input_folder=tmp_path) for b in (FakeBackend(), Searching()))
    opened = [
        import_motion(
            services, Call("u", "thread/1"), tmp_path / "walk.npy", CaptionMotionArgs(path="walk.npy")
        )
        for services in (plain, close)
    ]
    assert opened[0].description == opened[1].description
    assert set(opened[1].tokens) == {3} and set(opened[0].tokens) != {3}


def test_ids_of_a_search_are_checked_like_any_others() -> None:
    class Broken(FakeBackend):
        def encode_closely(self, features: np.ndarray) -> torch.LongTensor:
            raise RuntimeError("no search today")

    with pytest.raises(BackendError, match="no search today"):
        Services(Broken(), MotionMemory()).encode_closely(np.zeros((8, 263), np.float32))
