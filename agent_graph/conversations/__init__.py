"""Conversations that last: one turn after another, the database behind them, and the list of threads."""
