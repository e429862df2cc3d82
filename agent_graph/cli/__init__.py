"""The command line, `motion-agent`."""

from .app import app, main

__all__ = ["app", "main"]
