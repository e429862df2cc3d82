"""Fixtures every test room may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from helpers import walking
from hypothesis import settings
from places import place, postgres_server

# On a busy machine an example may take as long as it likes.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

__all__ = ["data_dir", "place", "postgres_server", "walk"]


@pytest.fixture
def walk() -> npt.NDArray[np.float32]:
    """Three seconds of walking: joints (60, 22, 3)."""
    return walking(60)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data (MOTION_AGENT_DATA, else ../shared/data beside the repository), or a skip."""
    folder = Path(os.environ.get("MOTION_AGENT_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real motion data at {folder}: set MOTION_AGENT_DATA")
    return folder


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: for tests that make hundreds of databases."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)
