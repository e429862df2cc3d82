"""Scripted dialogues: what is said and what is expected of each turn, and how one is held with an agent."""
