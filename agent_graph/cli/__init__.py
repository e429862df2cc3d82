"""The command line, `motion-agent`."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Entry point of the `motion-agent` command; without the extra `cli`, one line that names it."""
    from ...motion_models.errors import MissingExtraError
    from ...motion_models.extras import needing

    try:
        with needing("cli", "the command line"):
            from .commands import main as run
    except MissingExtraError as error:
        sys.exit(f"error: {error}")
    run()


def __getattr__(name: str) -> Any:
    """`app`, the commands themselves, for programs that run them in their own process."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .commands import app

    return app
