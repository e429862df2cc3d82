"""The command line, `motion-agent`."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Entry point of the `motion-agent` command; without the extra `cli`, one line that names it."""
    from .interrupts import listening

    with listening():
        _run()


def _run() -> None:
    from ...motion_models.errors import MissingExtraError
    from ...motion_models.extras import needing

    try:
        with needing("cli", "the command line"):
            from .commands import main
    except MissingExtraError as error:
        sys.exit(f"error: {error}")
    main()


def __getattr__(name: str) -> Any:
    """`app`, the commands themselves, for programs that run them in their own process."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .commands import app

    return app
