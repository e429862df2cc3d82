"""Recorded motion and what was said of it: clips, trials, and the examples a training draws from them."""
