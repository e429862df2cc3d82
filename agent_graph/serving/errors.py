"""Errors as a client of the server sees them: a status, a code and one line; never a traceback."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ...motion_models.errors import BackendError, MotionAgentError
from ...motion_models.secrets import redacted
from ...tools.errors import ForbiddenPathError, StorageError, UnknownMotionError, one_line, shortened
from ..errors import ConfigError, CoordinatorError, ThreadBusyError
from .answers import Answer


class TooBusyError(MotionAgentError):
    """More requests than the server, or one person, may have in work and waiting."""


class TooLongError(MotionAgentError):
    """A request that was given up because it took too long."""


class NotFoundError(MotionAgentError, LookupError):
    """A thread or a file that is not there."""


#: The first that fits counts; every other error of ours is the request's own fault.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (UnknownMotionError, 404),
    (NotFoundError, 404),
    (ForbiddenPathError, 403),
    (ThreadBusyError, 409),
    (TooBusyError, 429),
    (TooLongError, 504),
    (CoordinatorError, 502),
    (StorageError, 503),
    (BackendError, 503),
    (ConfigError, 422),
)
#: When a refused client may ask again, in seconds.
RETRY_AFTER = 5


def status_of(error: Exception) -> int:
    """The HTTP status that tells what went wrong."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 422)


def told(error: Exception) -> dict[str, str]:
    """An error as JSON: what kind, and one line that names cause and remedy."""
    if isinstance(error, ValidationError):
        return {"code": "invalid_request", "message": one_line(error)}
    if isinstance(error, MotionAgentError):
        return {"code": _code(type(error).__name__), "message": redacted(str(error))}
    return {
        "code": "internal_error",
        "message": "something unforeseen went wrong; the server's log says what",
    }


def answer_with_errors(app: FastAPI) -> None:
    """Have every error leave the app in the one form."""
    app.add_exception_handler(MotionAgentError, _ours)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def refusal(status: int, code: str, message: str, **headers: str) -> Response:
    """One error as a response."""
    return Answer({"error": {"code": code, "message": message}}, status, headers)


async def _ours(_: Request, error: Exception) -> Response:
    status = status_of(error)
    headers = {"Retry-After": str(RETRY_AFTER)} if status in (429, 503) else {}
    return Answer({"error": told(error)}, status, headers)


async def _invalid(_: Request, error: Exception) -> Response:
    return Answer({"error": told(error)}, 422)


async def _unfit(_: Request, error: Exception) -> Response:
    """What FastAPI refuses: every field that is wrong, and why, but not what was sent."""
    assert isinstance(error, RequestValidationError)
    problems = [
        shortened(
            f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}".removeprefix(": ")
        )
        for problem in error.errors()[:8]
    ]
    return refusal(422, "invalid_request", "; ".join(problems))


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    code = "content_too_large" if error.status_code == 413 else _code(str(error.detail))
    return refusal(error.status_code, code, str(error.detail), **headers)


async def _unforeseen(_: Request, error: Exception) -> Response:
    return Answer({"error": told(error)}, 500)


def _code(name: str) -> str:
    """UnknownMotionError -> unknown_motion; "Not Found" -> not_found."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in name.removesuffix("Error"))
    return "_".join(words.lower().split())
