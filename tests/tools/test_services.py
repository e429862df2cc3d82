"""What tools need of a backend is asked for together where it can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes import FakeBackend
from motion_agent.motion_models.errors import BackendError
from motion_agent.tools.batching import Job
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.transitions import PATHS, connecting
from motion_agent.tools.services import Services


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
