"""Does a motion keep what was said? The floor, and stated quantities, through the agent."""
