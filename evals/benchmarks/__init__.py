"""How fast the models run and what the agent adds, each against a baseline of the same process."""
