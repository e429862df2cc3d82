"""What went wrong, as a client is told of it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from motion_agent.agent_graph.errors import ConfigError, CoordinatorError, ThreadBusyError
from motion_agent.agent_graph.serving.errors import (
    RETRY_AFTER,
    NotFoundError,
    TooBusyError,
    TooLongError,
    answer_with_errors,
)
from motion_agent.motion_models.errors import BackendError, FormatError, InvalidRequestError
from motion_agent.tools.errors import (
    BudgetError,
    EditError,
    ForbiddenPathError,
    StorageError,
    UnknownMotionError,
)

ERRORS: dict[str, tuple[Exception, int, str]] = {
    "unknown": (UnknownMotionError("m1"), 404, "unknown_motion"),
    "missing": (NotFoundError("there is no thread 'a'"), 404, "not_found"),
    "forbidden": (ForbiddenPathError("outside the folder"), 403, "forbidden_path"),
    "busy-thread": (ThreadBusyError("in the middle of a turn"), 409, "thread_busy"),
    "busy": (TooBusyError("try again later"), 429, "too_busy"),
    "long": (TooLongError("took longer than 5 s"), 504, "too_long"),
    "coordinator": (CoordinatorError("cannot be reached"), 502, "coordinator"),
    "storage": (StorageError("the disk is full"), 503, "storage"),
    "backend": (BackendError("it failed"), 503, "backend"),
    "config": (ConfigError("no such setting"), 422, "config"),
    "request": (InvalidRequestError("give a text"), 422, "invalid_request"),
    "edit": (EditError("there is no segment 3"), 422, "edit"),
    "budget": (BudgetError("at most 10 s"), 422, "budget"),
    "format": (FormatError("cannot be read"), 422, "format"),
    "unforeseen": (KeyError("a secret place"), 500, "internal_error"),
    "way": (HTTPException(405, "Method Not Allowed"), 405, "method_not_allowed"),
    "size": (HTTPException(413, "a request may send 9 bytes at most"), 413, "content_too_large"),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    answer_with_errors(app)

    @app.get("/{name}")
    def fails(name: str) -> None:
        raise ERRORS[name][0]

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_has_its_status_its_code_and_one_line(name: str, client: TestClient) -> None:
    error, status, code = ERRORS[name]
    answer = client.get(f"/{name}")
    told = answer.json()["error"]
    assert (answer.status_code, told["code"]) == (status, code)
    line = error.detail if isinstance(error, HTTPException) else str(error)
    assert told["message"] == (
        line if status != 500 else "something unforeseen went wrong; the server's log says what"
    )
    again = str(RETRY_AFTER) if status in (429, 503) else None
    assert answer.headers.get("retry-after") == again
