"""The server that all tests share."""

from servers import server

__all__ = ["server"]
