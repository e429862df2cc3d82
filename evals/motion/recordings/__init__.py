"""Recorded clips as a yardstick: the held-out corpus, an index of its captions, retrieval as a backend."""
