"""Parts of the project that are installed by choice: one clear line where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .errors import MissingExtraError


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Import inside this what the extra installs; `what` is not possible without it.

    Raises MissingExtraError that says what to install.
    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"{what} needs the extra {extra!r}: pip install 'motion-agent[{extra}]' ({error})"
        ) from error
