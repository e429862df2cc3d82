"""Secrets are hidden by their value, wherever a text is on its way out.

A key may come back in places nobody thought of: a server quotes it, an address carries a password, a settings
file has it under a misspelt name. So whatever leaves (errors, warnings, tracebacks, tables) passes through
`redacted`, which knows the values given to this process, the variables that hold keys by their name, and the
two forms in which an address carries a password.
"""

from __future__ import annotations

import os
import re
from threading import Lock

#: What stands where a secret stood.
HIDDEN = "***"
#: Values shorter than this are words of everyday text, not keys.
_SHORTEST = 6
_NAMES_A_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)S?$", re.IGNORECASE)
#: user:password@ of an address; password=... of a query or a libpq string; a setting written as a key.
_IN_ADDRESS = re.compile(
    r"(?P<before>[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:)(?P<secret>[^\s@'\"]+)(?=@)", re.IGNORECASE
)
_IN_SETTING = re.compile(
    r"(?P<before>\b(?:password|passwd|pwd|api[-_ ]?key|secret|token)\b['\"]?\s*[=:]\s*)"
    r"(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&'\",;]+)",
    re.IGNORECASE,
)

_values: set[str] = set()
_lock = Lock()


def hide(value: str | None) -> None:
    """From now on this value is hidden from all that passes through `redacted`."""
    if value and len(value) >= _SHORTEST:
        with _lock:
            _values.add(value)


def redacted(text: str) -> str:
    """The text without the secrets this process knows of; longer ones first, as one may hold another."""
    held = {value for name, value in os.environ.items() if _NAMES_A_SECRET.search(name)}
    with _lock:
        held |= _values
    for value in sorted(held, key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = text.replace(value, HIDDEN)
    text = _IN_ADDRESS.sub(rf"\g<before>{HIDDEN}", text)
    return _IN_SETTING.sub(rf"\g<before>{HIDDEN}", text)
