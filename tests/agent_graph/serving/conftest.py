"""A server as the documentation starts it, with the weights that ship and two people; one for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from servers import Server, serving

KEYS = {"ada": "ada-key-0123456789", "ben": "ben-key-0123456789"}
ENVIRONMENT = {
    "MOTION_AGENT_SERVE__KEYS": '{"ada": "ada-key-0123456789", "ben": "ben-key-0123456789"}',
    "MOTION_AGENT_SERVE__MAX_BODY": "2000000",
}


def client_of(server: Server, person: str) -> httpx.Client:
    """A client with a person's key."""
    return httpx.Client(
        base_url=server.address, timeout=60, headers={"Authorization": f"Bearer {KEYS[person]}"}
    )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serving"), environment=ENVIRONMENT) as running:
        yield running


@pytest.fixture
def ada(server: Server) -> Iterator[httpx.Client]:
    with client_of(server, "ada") as client:
        yield client


@pytest.fixture
def ben(server: Server) -> Iterator[httpx.Client]:
    with client_of(server, "ben") as client:
        yield client
