"""What is laid over a motion of the body: what a limb does meanwhile, and the shape of its path."""
