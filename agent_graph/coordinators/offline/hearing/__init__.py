"""From what the learned reader heard to typed requests, the same that the rules give."""
