"""How parts become one motion: new parts, the way from one into the next, the timeline, and checks."""
