"""Who comes in through a browser: by name and key, and never from another web page.

Browsers ask for name and key themselves (HTTP Basic) and send them along with everything the page loads. They
would also do so for a page of somebody else's, so whatever has another origin is turned away.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..serve_options import ServeOptions
from ..serving.errors import refusal
from ..serving.guards import name_of

#: The page and all it shows come from this server; nothing is fetched from or sent to anywhere else.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
#: Pages of FastAPI that describe the server with scripts from elsewhere.
_DESCRIPTIONS = ("/docs", "/redoc")
_ASKS = {"WWW-Authenticate": 'Basic realm="motion-agent", charset="UTF-8"'}


class Door:
    """Lets people in, and hands the app within their key as it expects it."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self.app, self.options = app, options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._from_here(headers):
            refused = refusal(403, "forbidden", "this page may not be used by pages of other addresses")
            await refused(scope, receive, send)
            return
        given = _as_bearer(headers.get("authorization"))
        if scope["path"] != "/health" and name_of(given, self.options.keys) is None:
            refused = refusal(401, "unauthorized", "give your name and your key", **_ASKS)
            await refused(scope, receive, send)
            return
        if given is not None:
            scope = dict(scope) | {"headers": _with(scope, given)}
        await self.app(scope, receive, _held_to_policy(scope, send))

    def _from_here(self, headers: Headers) -> bool:
        """Whether a request comes from a page of this server, of one the operator lists, or from no page."""
        origin = headers.get("origin")
        if origin is None or origin in self.options.origins:
            return True
        return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == headers.get("host")


def _as_bearer(authorization: str | None) -> str | None:
    """An Authorization header with the key that a browser sent behind a name."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        key = b64decode(given.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return f"Bearer {key}"


def _with(scope: Scope, authorization: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
    return [*kept, (b"authorization", authorization.encode("utf-8", "replace"))]


def _held_to_policy(scope: Scope, send: Send) -> Send:
    """Send on, and hold pages to the policy that have none of their own."""

    async def held(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if not scope["path"].startswith(_DESCRIPTIONS):
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
        await send(message)

    return held
