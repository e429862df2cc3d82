"""The built-in coordinator: a chat model of our own that needs no network.

How a message is read: spelling -> rules (typed requests) and the learned reader (heard) -> joining (one of
them, or a question back) -> plan (tool calls, with the state of the thread from dialogue) -> coverage (words
nobody used) -> answers (from what the tools gave). `deciding` is the table of contents.
"""

from .coordinator import OfflineCoordinator

__all__ = ["OfflineCoordinator"]
