"""Exact operations on frames: what is done to a motion after it was decoded, without any model."""
