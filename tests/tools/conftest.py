"""Tools over a fake backend."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.tools import MotionMemory
from motion_agent.tools.services import Services


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def services(backend: FakeBackend, tmp_path: Path) -> Services:
    return Services(backend, MotionMemory(), output_folder=tmp_path / "out", input_folder=tmp_path)


@pytest.fixture
def hand(services: Services) -> Hand:
    return Hand(services)
