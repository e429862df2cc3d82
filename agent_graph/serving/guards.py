"""What a request has to pass: who asks, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...tools.toolbox import LOCAL_USER
from ..errors import ConfigError
from ..serve_options import ServeOptions
from .errors import refusal
from .house import House, Person

#: By which names this machine is called from itself; a web page that had its own name resolved to this
#: machine (DNS rebinding) comes with another.
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]

_bearer = HTTPBearer(auto_error=False, description="The key of a person; none is needed where none is set.")


def check_binding(options: ServeOptions) -> None:
    """Raises ConfigError for a server that everybody on the network could use."""
    if not options.keys and not options.on_loopback:
        raise ConfigError(
            f"{options.host} can be reached by others: set a key for each person first ([serve.keys] in "
            'motion-agent.toml, or MOTION_AGENT_SERVE__KEYS=\'{"name": "key"}\'), or bind to 127.0.0.1'
        )


def name_of(authorization: str | None, keys: Mapping[str, SecretStr]) -> str | None:
    """Whose key an Authorization header holds; None for nobody's. Every key is compared, in constant time."""
    if not keys:
        return LOCAL_USER
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = None
    for name, key in keys.items():
        if compare_digest(given.strip().encode(), key.get_secret_value().encode()):
            found = name
    return found


def caller(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
) -> Person:
    """The person a request comes from. Raises 401."""
    house: House = request.app.state.house
    name = name_of(request.headers.get("authorization"), house.config.serve.keys)
    if name is None:
        raise HTTPException(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})
    return house.person(name)


Caller = Annotated[Person, Depends(caller)]


def guard(app: FastAPI, options: ServeOptions) -> None:
    """Put the guards around an app, outermost last."""
    app.add_middleware(BodyLimit, most=options.max_body)
    if not options.keys:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_NAMES)
    if options.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(options.origins),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept", "Idempotency-Key"],
        )


class BodyLimit:
    """Reads no more of a request than it may send."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        problem = f"a request may send {self.most} bytes at most"
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self.most:
            await refusal(413, "content_too_large", problem)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most:
                raise HTTPException(413, problem)
            return message

        await self.app(scope, counted, send)


class KeyGuard:
    """Lets only people with a key in: for apps within ours that know nothing of ours."""

    def __init__(self, app: ASGIApp, keys: Mapping[str, SecretStr]) -> None:
        self.app, self.keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("authorization")
        if name_of(given, self.keys) is None:
            refused = refusal(401, "unauthorized", "unauthorized", **{"WWW-Authenticate": "Bearer"})
            await refused(scope, receive, send)
        else:
            await self.app(scope, receive, send)
