"""The built-in coordinator: a chat model of our own that needs no weights and no network.

How a message is read: text (clean) -> quantities -> clauses -> directives -> reading (typed requests) ->
plan (tool calls, with the state of the thread from dialogue) -> answers (from what the tools gave).
"""

from .coordinator import OfflineCoordinator

__all__ = ["OfflineCoordinator"]
