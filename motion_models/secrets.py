"""Secrets are hidden by their value, wherever a text is on its way out.

A key may come back in places nobody thought of: a server quotes it, an address carries a password, a settings
file has it under a misspelt name. So whatever leaves (errors, warnings, tracebacks, tables) passes through
`redacted`, which knows the values given to this process, the variables that hold keys by their name, and the
forms in which an address, a header or a setting carries one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from threading import Lock
from urllib.parse import unquote

#: What stands where a secret stood.
HIDDEN = "***"
#: What of a strange error's text is told.
LONGEST_LINE = 300
#: Values shorter than this are words of everyday text, not keys.
_SHORTEST = 6
#: Variables by their name: a word of its own at the end (MONKEY is none, MAX_TOKENS counts something, and PWD
#: alone is where a shell is).
_NAMES_A_SECRET = re.compile(
    r"(?:(?:^|_)(?:(?:API|ACCESS|PRIVATE|SECRET)?KEYS?|TOKEN|CREDENTIALS?)|_PWD|PASSWORDS?|PASSWD|SECRETS?)$",
    re.IGNORECASE,
)
#: What settings, parameters and headers that carry a secret are called.
_NAME = (
    r"(?:[\w-]{0,40}[_-])?(?:api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|password|passwd|passphrase|pwd|"
    r"secret|token|credentials?)"
)
#: The forms in which text carries a secret; the part to hide is the group `secret`.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # user:password@ of an address. A password may hold "@"; a port number is none.
        r"[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"]*:"
        r"(?P<secret>[^\s/?#'\"]{1,2000}(?=@)|(?!\d{1,5}[/?#])[^\s'\"]{1,2000}(?=@))",
        # token@ of a web address; the user of a database is no secret.
        r"https?://(?P<secret>[^\s/:@?#'\"]+)(?=@)",
        # ?key=... of an address.
        r"[?&](?:[\w-]{0,40}[_-])?(?:key|apikey|accesstoken|sig|signature|auth)=(?P<secret>[^\s&#'\"]+)",
        # Authorization: Bearer ..., and a bearer that looks like a key wherever it stands.
        r"\bauthorization['\"]?\s*[:=]\s*['\"]?(?:(?:bearer|basic|token|digest)\s+)?(?P<secret>[^\s'\",;}]+)",
        r"\bbearer\s+(?P<secret>(?=[^\s'\"]*\d)[\w.~+/=-]{6,})",
        # password=..., api_key="...", OPENAI_API_KEY=...; after a colon not the words of an error.
        rf"\b{_NAME}['\"]?\s*=\s*(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&'\",;}}]+)",
        r"\b\w{1,40}_key['\"]?\s*=\s*(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&'\",;}]+)",
        rf"\b{_NAME}['\"]?\s*:\s*(?P<secret>'[^']*'|\"[^\"]*\"|(?=[^\s&'\",;}}]*\d)[^\s&'\",;}}]+"
        r"|[^\s&'\",;}]+(?=[ \t]*(?:[,;}\n]|$)))",
    )
)

_values: set[str] = set()
_lock = Lock()


def hide(value: str | None) -> None:
    """From now on this value is hidden from all that passes through `redacted`."""
    if value and len(value) >= _SHORTEST:
        with _lock:
            _values.add(value)


def hide_those_in(text: str) -> None:
    """Hide the secrets that a setting carries, such as the password of an address, as they are read too."""
    for start, end in _found_in(text):
        secret = text[start:end].strip("'\"")
        hide(secret)
        hide(unquote(secret))


def redacted(text: str) -> str:
    """The text without the secrets this process knows of.

    All are looked for in the text as it came: a key "secret" must not hide what names another.
    """
    held = {value for name, value in os.environ.items() if _NAMES_A_SECRET.search(name)}
    with _lock:
        held |= _values
    spans = [*_found_in(text)]
    for value in held:
        if len(value) >= _SHORTEST:
            spans += (match.span() for match in re.finditer(re.escape(value), text))
    parts, shown = [], 0
    for start, end in sorted(spans):
        if start > shown or not parts:
            parts.append(text[shown:start])
        shown = max(shown, end)
    return HIDDEN.join([*parts, text[shown:]])


def line_of(error: BaseException) -> str:
    """What an error says, as one line. Secrets are hidden before it is cut: no piece of one is left."""
    return redacted(" ".join(str(error).split()))[:LONGEST_LINE]


def as_cause(error: BaseException) -> BaseException | None:
    """The error, to raise another from; None for one that quotes a secret, which a traceback would show."""
    return error if redacted(str(error)) == str(error) else None


def _found_in(text: str) -> Iterator[tuple[int, int]]:
    for form in _FORMS:
        yield from (match.span("secret") for match in form.finditer(text))
