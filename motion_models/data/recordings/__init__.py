"""Archives of recorded motion beside CMU's: what is read, what is refused and why, and what is made of it."""
