"""Clients of the server that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from servers import KEYS, Server


def client_of(server: Server, person: str) -> httpx.Client:
    """A client with a person's key."""
    return httpx.Client(
        base_url=server.address, timeout=60, headers={"Authorization": f"Bearer {KEYS[person]}"}
    )


@pytest.fixture
def ada(server: Server) -> Iterator[httpx.Client]:
    with client_of(server, "ada") as client:
        yield client


@pytest.fixture
def ben(server: Server) -> Iterator[httpx.Client]:
    with client_of(server, "ben") as client:
        yield client
